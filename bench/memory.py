"""The memory of processes over time: how it is read, and when it counts as flat."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import combinations, groupby
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import TextIO

import psutil

_MB = 1e6
# What a process fills once (pools, caches with a bound, a heap up to its limit) is no growth.
WARM_UP = 1 / 6
# The slope is taken where all is warm without a doubt.
SLOPE_FROM = 1 / 3
# An hour that adds a tenth would take ten to double a process: a restart a day would mend it. Less
# cannot be told from what allocators keep or give back.
FLAT = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """One process at one moment.

    Attributes:
        seconds: since the load began.
        process: its name.
        pid: of a restarted process it is another.
        private_mb: its own pages, in memory or in swap, as 1,000,000 bytes.
        rss_mb: these and the pages of files that it has mapped.
        cpu_s: processor time that it has spent.
        documents: that had gone all the way.
    """

    seconds: float
    process: str
    pid: int
    private_mb: float
    rss_mb: float
    cpu_s: float
    documents: int


@dataclass(frozen=True, slots=True)
class Growth:
    """How the memory of one process went, in MB.

    Attributes:
        warm: the median of the first tenth after the warm-up.
        end: the median of the last tenth.
        peak: the most of all.
        peak_rss: the most with mapped files.
        slope: MB an hour over the last two thirds.
        restarts: how often another process took its place.
    """

    process: str
    warm: float
    end: float
    peak: float
    peak_rss: float
    slope: float
    restarts: int

    @property
    def share(self) -> float:
        """What an hour would add, as a share of what it took when it was warm."""
        return self.slope / self.warm

    @property
    def is_flat(self) -> bool:
        """Whether an hour adds less than ``FLAT``."""
        return self.share < FLAT


def measured(
    processes: Mapping[str, psutil.Process], seconds: float, documents: int
) -> list[Sample]:
    """A sample of each process; one that has just died has none.

    Growth is judged by private pages: those of files belong to the page cache, which gives them
    back, and ``pss`` and ``uss`` change whenever another process maps the same library.
    """
    found = []
    for name, process in processes.items():
        try:
            with process.oneshot():
                memory, times = process.memory_info(), process.cpu_times()
                swapped = process.memory_full_info().swap
        except psutil.NoSuchProcess:
            continue
        private = memory.rss - memory.shared + swapped
        found.append(
            Sample(
                round(seconds, 1),
                name,
                process.pid,
                round(private / _MB, 2),
                round(memory.rss / _MB, 2),
                round(times.user + times.system, 2),
                documents,
            )
        )
    return found


class SampleFile:
    """Samples as lines of CSV, each on the disk at once: a run that is cut off still tells them."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._writer = csv.DictWriter(file, [field.name for field in fields(Sample)])
        self._writer.writeheader()

    def write(self, samples: Iterable[Sample]) -> None:
        """Append samples."""
        self._writer.writerows(asdict(one) for one in samples)
        self._file.flush()


def read_samples(path: Path) -> list[Sample]:
    """The samples of a file, also of one whose last line was cut off."""
    return list(_read(path))


def _read(path: Path) -> Iterator[Sample]:
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["documents"]:
                yield Sample(
                    float(row["seconds"]),
                    row["process"],
                    int(row["pid"]),
                    float(row["private_mb"]),
                    float(row["rss_mb"]),
                    float(row["cpu_s"]),
                    int(row["documents"]),
                )


def by_process(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    """The samples of each process, in the order of time."""
    ordered = sorted(samples, key=attrgetter("process", "seconds"))
    return {name: list(group) for name, group in groupby(ordered, attrgetter("process"))}


def growth(samples: Sequence[Sample]) -> Growth:
    """What the samples of one process say.

    Raises:
        ValueError: there are not enough of them for a slope.
    """
    end = samples[-1].seconds
    warm = [one for one in samples if one.seconds >= WARM_UP * end]
    steady = [(one.seconds / 3600, one.private_mb) for one in samples]
    tenth = max(1, len(warm) // 10)
    return Growth(
        process=samples[0].process,
        warm=median(one.private_mb for one in warm[:tenth]),
        end=median(one.private_mb for one in samples[-tenth:]),
        peak=max(one.private_mb for one in samples),
        peak_rss=max(one.rss_mb for one in samples),
        slope=theil_sen([at for at in steady if at[0] >= SLOPE_FROM * end / 3600]),
        restarts=len({one.pid for one in samples}) - 1,
    )


def theil_sen(points: Sequence[tuple[float, float]]) -> float:
    """The median of the slopes between all pairs of points: single jumps do not move it.

    Raises:
        ValueError: fewer than two points lie apart in their first coordinate.
    """
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x2 != x1]
    if not slopes:
        raise ValueError("a slope needs two points at different times")
    return median(slopes)


def at_moments(samples: Sequence[Sample], steps: int = 6) -> list[float]:
    """The memory at ``steps`` + 1 moments of equal distance, from the first to the last, in MB."""
    end = samples[-1].seconds
    moments = [end * step / steps for step in range(steps + 1)]
    return [min(samples, key=lambda one: abs(one.seconds - at)).private_mb for at in moments]
