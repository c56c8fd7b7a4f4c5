"""Whether a confidence means what it says: of what is 80 % sure, are 80 % right?

Expected calibration error (Naeini and others 2015; Guo and others 2017): confidences are sorted
into bins of equal width; the error is the mean distance between a bin's mean confidence and its
share of right ones, weighted by how many are in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from eval.scoring.judging import Judgement

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of the reliability diagram: confidences from ``low`` to under ``high``.

    The last one holds 1 as well. ``confidence`` is the mean, ``right`` the share of right ones;
    both are None where ``count`` is 0.
    """

    low: float
    high: float
    count: int
    confidence: float | None = None
    right: float | None = None


@dataclass(frozen=True, slots=True)
class Reliability:
    """The diagram's bins, and the expected calibration error; None without a single pair."""

    bins: tuple[Bin, ...]
    error: float | None

    @property
    def count(self) -> int:
        """How many pairs there are behind it."""
        return sum(one.count for one in self.bins)


def reliability(pairs: Iterable[tuple[float, bool]], bins: int = BINS) -> Reliability:
    """Bins and expected calibration error of pairs of (confidence, whether it was right).

    Raises:
        ValueError: a confidence is outside 0 to 1.
    """
    members: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in pairs:
        if not 0.0 <= confidence <= 1.0:
            raise ValueError(f"confidence {confidence} should be from 0 to 1")
        members[min(int(confidence * bins), bins - 1)].append((confidence, right))
    made = tuple(
        _bin(number / bins, (number + 1) / bins, of_bin) for number, of_bin in enumerate(members)
    )
    total = sum(one.count for one in made)
    distances = (
        one.count * abs(one.right - one.confidence)
        for one in made
        if one.right is not None and one.confidence is not None
    )
    return Reliability(made, sum(distances) / total if total else None)


def _bin(low: float, high: float, members: list[tuple[float, bool]]) -> Bin:
    if not members:
        return Bin(low, high, 0)
    count = len(members)
    confidence = sum(confidence for confidence, _ in members) / count
    return Bin(low, high, count, confidence, sum(right for _, right in members) / count)


def confidences(judgements: Iterable[Judgement]) -> Iterable[tuple[float, bool]]:
    """(confidence, whether it was right) of what was found and scored, where it has one."""
    for judgement in judgements:
        found = [(pair.found, True) for pair in judgement.right]
        found += [(item, False) for item in judgement.wrong]
        for item, right in found:
            if item.confidence is not None:
                yield item.confidence, right
