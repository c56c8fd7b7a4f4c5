"""What was measured: kept for scripts in results.json, for people in RESULTS.md."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

_FOLDER = Path(__file__).parent
_JSON = _FOLDER / "results.json"
_PAGE = _FOLDER / "RESULTS.md"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. ``goal`` is None where it is reported only; ``note`` says how it came about."""

    name: str
    value: float
    unit: str
    goal: float | None
    better: Literal["higher", "lower"]
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal

    def __str__(self) -> str:
        """A line for the terminal."""
        reached = {None: "", True: "reached", False: "not reached"}[self.reached]
        return f"{self.name}: {self.value:.3g} {self.unit} {reached} {self.note}"


def record(measures: list[Measure]) -> None:
    """Keep measures: each replaces the one of its name."""
    stamp = {
        "commit": _commit(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": _machine(),
    }
    known: list[dict[str, Any]] = json.loads(_JSON.read_text()) if _JSON.exists() else []
    kept = {one["name"]: one for one in known}
    kept |= {one.name: asdict(one) | stamp for one in measures}
    ordered = [kept[name] for name in sorted(kept)]
    _JSON.write_text(json.dumps(ordered, indent=2) + "\n")
    _PAGE.write_text(_page(ordered))


def _page(results: list[dict[str, Any]]) -> str:
    lines = [
        "# Measured",
        "",
        "By `make bench`, or `make bench NAME=…` for one. Ratios are measured side by side in one",
        "run. A figure that falls short of its goal says why in its note. The hour of `soak` runs",
        "only when it is named; its figures say what an hour adds to the memory of each process.",
        "",
        "| name | value | goal | reached | note | commit | at |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results:
        measure = Measure(**{name: one[name] for name in Measure.__dataclass_fields__})
        sign = "≥" if measure.better == "higher" else "≤"
        goal = "" if measure.goal is None else f"{sign} {measure.goal:g}"
        reached = {None: "", True: "yes", False: "no"}[measure.reached]
        lines.append(
            f"| {measure.name} | {measure.value:.3g} {measure.unit} | {goal} | {reached} | "
            f"{measure.note} | {one['commit']} | {one['at'][:10]} |"
        )
    machines = sorted({one["machine"] for one in results})
    return "\n".join([*lines, "", "Measured on: " + "; ".join(machines) + ".", ""])


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}"
