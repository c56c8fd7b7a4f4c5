"""Whether one system is better than another on the same documents, or only luckier.

Approximate randomisation (Noreen 1989; Yeh 2000, "More accurate tests for the statistical
significance of result differences"): if the systems were the same, it would not matter which of
the two gave which of a document's answers. They are swapped at random, and the p-value is how
often the difference becomes at least as large as it is. It is taken instead of the paired bootstrap
because F1 is no mean over documents, and because it does not need the documents to stand for
others; the interval of the difference is the paired bootstrap's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.scoring.intervals import (
    SAMPLES,
    SEED,
    Estimate,
    Measure,
    Numbers,
    as_table,
    interval,
    resampled_sums,
    share,
)
from eval.scoring.judging import Counts

ROUNDS = 10_000
_BLOCK = 500
# Equal differences must not differ by the order in which they were added up.
_EXACTNESS = 1e-12


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two systems compare in one measure.

    Attributes:
        first: the first system's share; None where it is not defined.
        second: the second's.
        difference: second less first, with its 95 % interval; in all of it None where undefined.
        p_value: of the difference being chance, on both sides; never 0. None where undefined.
    """

    first: float | None
    second: float | None
    difference: Estimate
    p_value: float | None


def compare(
    first: Sequence[Counts],
    second: Sequence[Counts],
    measure: Measure = "f1",
    rounds: int = ROUNDS,
    seed: int = SEED,
) -> Comparison:
    """Compare two systems by their counts on the same documents.

    Args:
        first: one for each document.
        second: the same of the other system, in the same order.
        measure: what is compared.
        rounds: how many times answers are swapped.
        seed: the same one gives the same p-value.

    Raises:
        ValueError: there are not as many of each.
    """
    if len(first) != len(second):
        raise ValueError(
            f"{len(first)} documents of the first system and {len(second)} of the second: "
            "score both on the same documents"
        )
    one, other = as_table(first), as_table(second)
    totals = np.stack([one.sum(axis=0), other.sum(axis=0)])
    values = share(totals, measure)
    if np.isnan(values).any():
        known = [None if np.isnan(value) else float(value) for value in values]
        return Comparison(known[0], known[1], Estimate(None), None)
    difference = float(values[1] - values[0])
    return Comparison(
        first=float(values[0]),
        second=float(values[1]),
        difference=Estimate(difference, *_interval(one, other, measure, seed)),
        p_value=_p_value(one, other, measure, rounds, seed),
    )


def _interval(
    one: Numbers, other: Numbers, measure: Measure, seed: int
) -> tuple[float | None, float | None]:
    if len(one) < 2:
        return None, None
    # One draw of documents serves both systems.
    sums = resampled_sums(np.hstack([one, other]), SAMPLES, seed)
    columns = one.shape[1]
    return interval(share(sums[:, columns:], measure) - share(sums[:, :columns], measure))


def _p_value(one: Numbers, other: Numbers, measure: Measure, rounds: int, seed: int) -> float:
    total, gain = one.sum(axis=0), other - one
    gain = gain[gain.any(axis=1)]
    if not len(gain):
        return 1.0
    observed = abs(_difference(total, total + gain.sum(axis=0), measure))
    generator = np.random.default_rng(seed)
    as_large = 0
    for begun in range(0, rounds, _BLOCK):
        swapped = generator.integers(0, 2, (min(_BLOCK, rounds - begun), len(gain)))
        moved = swapped @ gain
        differences = _difference(total + moved, total + gain.sum(axis=0) - moved, measure)
        # Undefined on one side: as far apart as they can be.
        far = np.isnan(differences) | (np.abs(differences) >= observed - _EXACTNESS)
        as_large += int(far.sum())
    return (as_large + 1) / (rounds + 1)


def _difference(first: Numbers, second: Numbers, measure: Measure) -> Numbers:
    return np.asarray(share(second, measure) - share(first, measure))
