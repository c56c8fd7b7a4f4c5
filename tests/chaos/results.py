"""What the suite found: kept for scripts in results.json, for people in RESULTS.md."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
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
after it are rows. Rows of faults that were not run again are kept.

"""
_COLUMNS = (
    "fault", "times", "seed", "documents", "lost", "twice", "changed", "letters", "repeats",
    "recovery p50 / max, s", "seconds", "at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One fault, injected ``times`` times; times in seconds."""

    fault: str
    times: int
    seed: int
    documents: int
    lost: int
    twice: int
    changed: int
    letters_expected: int
    letters_found: int
    repeats: int
    in_flight: int
    recovery_p50: float
    recovery_max: float
    seconds: float
    at: str

    def cells(self) -> tuple[object, ...]:
        return (
            self.fault, self.times, self.seed, self.documents, self.lost, self.twice, self.changed,
            f"{self.letters_found} of {self.letters_expected}",
            f"{self.repeats} of at most {self.in_flight}",
            f"{self.recovery_p50:.1f} / {self.recovery_max:.1f}",
            f"{self.seconds:.0f}", self.at,
        )  # fmt: skip


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


def record(row: Row) -> None:
    """Keep a row; it replaces the one of its fault."""
    kept = _kept()
    kept["faults"] = {**kept["faults"], row.fault: asdict(row)}
    _write(kept)


def record_throughput(found: Throughput) -> None:
    """Keep the measure of throughput."""
    _write({**_kept(), "throughput": asdict(found)})


def _kept() -> dict[str, Any]:
    if not _JSON.exists():
        return {"faults": {}}
    kept: dict[str, Any] = json.loads(_JSON.read_text())
    return kept


def _write(kept: dict[str, Any]) -> None:
    _JSON.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    _PAGE.write_text(page(kept))


def page(kept: dict[str, Any]) -> str:
    """The page of all rows, in the order of the faults' names."""
    lines = [_line(_COLUMNS), _line(["---"] * len(_COLUMNS))]
    lines += [_line(Row(**row).cells()) for _, row in sorted(kept["faults"].items())]
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
