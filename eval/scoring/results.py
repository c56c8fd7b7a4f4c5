"""What was scored: kept for scripts in results.json, for people in RESULTS.md."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from eval.scoring.intervals import Estimate
from eval.scoring.report import Report
from eval.scoring.tables import as_json, in_percent
from schemas.errors import SetupError

FOLDER = Path(__file__).parents[1]
_JSON = "results.json"
_PAGE = "RESULTS.md"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Of which code, when and where results are."""

    commit: str
    at: datetime
    machine: str


def stamp(folder: Path = FOLDER) -> Stamp:
    """Of the code in ``folder``, now and here."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}"
    return Stamp(done.stdout.strip() or "unknown", datetime.now(UTC), machine)


def record(reports: Iterable[Report], split: str, of: Stamp, folder: Path = FOLDER) -> None:
    """Keep reports: each replaces the one of its system, corpus and split.

    Args:
        reports: of any systems and corpora.
        split: which documents they were scored on.
        of: the code, time and machine.
        folder: where ``results.json`` and ``RESULTS.md`` are.

    Raises:
        SetupError: ``results.json`` is not what was written.
    """
    kept = {_key(one): one for one in _known(folder / _JSON)}
    for reported in reports:
        about = {
            "split": split,
            "commit": of.commit,
            "at": of.at.isoformat(timespec="seconds"),
            "machine": of.machine,
        }
        one = as_json(reported) | about
        kept[_key(one)] = one
    ordered = [kept[key] for key in sorted(kept)]
    (folder / _JSON).write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")
    (folder / _PAGE).write_text(page(ordered), "utf-8")


def _known(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    try:
        known = json.loads(file.read_text("utf-8"))
        list(map(_key, known))
    except (ValueError, KeyError, TypeError):
        raise SetupError(f"{file.name} is damaged: restore it from git, or remove it") from None
    return list(known)


def _key(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["corpus"], one["split"], one["system"]


def page(results: Iterable[dict[str, Any]]) -> str:
    """``RESULTS.md`` of what ``results.json`` holds, in its order: by corpus, split and system."""
    results = list(results)
    lines = [
        "# Scores",
        "",
        "By `millrace eval`, end to end through the real stages. In percent, micro-averaged over",
        "documents, with 95 % bootstrap intervals over documents. Rates have no recall: they are",
        "the share of what was found. What each metric counts stands in `eval/scoring`.",
    ]
    for (corpus, split), of_corpus in groupby(results, key=lambda one: _key(one)[:2]):
        lines += ["", f"## {corpus}, {split}"]
        for one in of_corpus:
            lines += ["", *_section(one)]
    machines = sorted({one["machine"] for one in results})
    return "\n".join([*lines, "", "Scored on: " + "; ".join(machines) + ".", ""])


def _section(one: dict[str, Any]) -> Iterable[str]:
    speed = one["speed"]
    a_second = speed["documents"] / speed["cpu_s"] if speed["cpu_s"] else 0.0
    yield (
        f"{one['system']} at {one['commit']}, {one['at'][:10]}: {speed['documents']:,} documents, "
        f"{a_second:,.0f} a second of CPU"
        + (f", {sum(speed['refused'].values()):,} refused" if speed["refused"] else "")
        + (f", ${speed['cost_usd']:,.4g}" if speed["cost_usd"] else "")
        + "."
    )
    yield ""
    yield "| metric | documents | right | wrong | missed | P | R | F1 |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, metric in one["metrics"].items():
        counts = metric["counts"]
        shares = [
            in_percent(Estimate(**metric[share]), with_interval=True)
            for share in ("precision", "recall", "f1")
        ]
        if metric["is_rate"]:
            counts, shares = counts | {"missed": ""}, [shares[0], "", ""]
        cells = [name, metric["documents"], *counts.values(), *shares]
        yield "| " + " | ".join(map(str, cells)) + " |"
    errors = [
        f"{name} {calibration['error']:.3f}"
        for name, calibration in one["calibration"].items()
        if calibration["error"] is not None
    ]
    if errors:
        yield ""
        yield f"Expected calibration error: {', '.join(errors)}."
