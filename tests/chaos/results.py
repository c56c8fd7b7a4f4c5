"""What the suite found: kept for scripts in results.json, for people in RESULTS.md."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Any

_FOLDER = Path(__file__).parent
_JSON = _FOLDER / "results.json"
_PAGE = _FOLDER / "RESULTS.md"

_HEAD = """\
# Faults that were injected

By `make chaos`, or `python -m tests.chaos FAULT… --times N --seed N` for some. Documents are
produced all the time, faults come at random moments drawn from the seed. Then every document is
compared with what it is without a fault: lost, there twice, changed. Letters are those of inputs
that are to be refused. Repeats are records that went through a stage once more; at most those that
were in flight may. Recovery is the time from the end of a fault until documents that were produced
after it are rows. Each run of a fault has a seed of its own and adds to its row.

"""
_COLUMNS = (
    "fault", "times", "seeds", "documents", "lost", "twice", "changed", "letters", "repeats",
    "recovery p50 / max, s", "seconds", "at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    """One fault injected some times with one seed; times in seconds."""

    fault: str
    seed: int
    documents: int
    lost: int
    twice: int
    changed: int
    letters_expected: int
    letters_found: int
    repeats: int
    in_flight: int
    recoveries: Sequence[float]
    seconds: float
    at: str


def cells(series: Sequence[Series]) -> tuple[object, ...]:
    """The row of a fault: all its series together."""
    recoveries = sorted(one for each in series for one in each.recoveries)

    def total(name: str) -> int:
        return sum(getattr(one, name) for one in series)

    return (
        series[0].fault,
        len(recoveries),
        ", ".join(str(one.seed) for one in series),
        *(total(name) for name in ("documents", "lost", "twice", "changed")),
        f"{total('letters_found')} of {total('letters_expected')}",
        f"{total('repeats')} of at most {total('in_flight')}",
        f"{median(recoveries):.1f} / {recoveries[-1]:.1f}",
        f"{sum(one.seconds for one in series):.0f}",
        max(one.at for one in series),
    )


@dataclass(frozen=True, slots=True)
class Throughput:
    """Documents a second without faults and while processes are killed again and again."""

    without: float
    with_kills: float
    kills: int
    documents: int
    seed: int
    at: str

    @property
    def share(self) -> float:
        return self.with_kills / self.without


def record(series: Series) -> None:
    """Keep a series beside those with other seeds; it replaces the one with its seed."""
    kept = _kept()
    others = [one for one in kept["series"] if _key(one) != (series.fault, series.seed)]
    kept["series"] = sorted([*others, asdict(series)], key=_key)
    _write(kept)


def _key(series: Mapping[str, Any]) -> tuple[str, int]:
    return series["fault"], series["seed"]


def record_throughput(found: Throughput) -> None:
    """Keep the measure of throughput."""
    _write({**_kept(), "throughput": asdict(found)})


def _kept() -> dict[str, Any]:
    if not _JSON.exists():
        return {"series": []}
    kept: dict[str, Any] = json.loads(_JSON.read_text())
    return kept


def _write(kept: dict[str, Any]) -> None:
    _JSON.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    _PAGE.write_text(page(kept))


def page(kept: dict[str, Any]) -> str:
    """The page: a row of all series of each fault, in the order of the faults' names."""
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
    for _, series in groupby((Series(**one) for one in kept["series"]), attrgetter("fault")):
        lines.append(_line(cells(list(series))))
    words = ""
    if "throughput" in kept:
        found = Throughput(**kept["throughput"])
        words = (
            f"\nWith a random process of stages killed every 5 s: {found.with_kills:.0f} documents "
            f"a second, {found.share:.2f} of {found.without:.0f} without ({found.documents:,} "
            f"documents each, {found.kills} kills, seed {found.seed}, {found.at}).\n"
        )
    return _HEAD + "\n".join(lines) + "\n" + words


def _line(cells: Any) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
