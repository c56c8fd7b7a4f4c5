"""Precision, recall and F1 over many documents, with what chance alone would make of them.

All three are micro-averaged: computed from the sums over documents. The intervals are percentiles
of the bootstrap (Efron and Tibshirani 1993, chapter 13), which draws as many documents as there are
with replacement: documents, not mentions, as those of one document are not independent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.scoring.judging import Counts

SAMPLES = 1_000
SEED = 9
LEVEL = 0.95
# Samples computed at a time, so that many documents do not fill the memory.
_BLOCK = 200

Measure = Literal["precision", "recall", "f1"]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share from 0 to 1 with its interval; None where there is nothing to have a share of.

    The ends of the interval are None where there are fewer than two documents.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The sums over documents, and what they come to."""

    counts: Counts
    documents: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


def score(counts: Sequence[Counts], samples: int = SAMPLES, seed: int = SEED) -> Score:
    """Precision, recall and F1 with 95 % intervals.

    Args:
        counts: one for each document.
        samples: how many times documents are drawn.
        seed: the same one gives the same intervals.
    """
    table = as_table(counts)
    sums = resampled_sums(table, samples, seed) if len(counts) > 1 else np.empty((0, 3))
    total = table.sum(axis=0)
    return Score(
        counts=Counts(*(int(one) for one in total)),
        documents=len(counts),
        precision=_estimate(total, sums, "precision"),
        recall=_estimate(total, sums, "recall"),
        f1=_estimate(total, sums, "f1"),
    )


def _estimate(total: Numbers, sums: Numbers, measure: Measure) -> Estimate:
    value = float(share(total, measure))
    if np.isnan(value):
        return Estimate(None)
    return Estimate(value, *interval(share(sums, measure)))


def as_table(counts: Sequence[Counts]) -> Numbers:
    """Counts as an array of documents by (right, wrong, missed)."""
    return np.array(counts, dtype=np.float64).reshape(-1, len(Counts._fields))


def resampled_sums(table: Numbers, samples: int, seed: int) -> Numbers:
    """The sums over documents drawn with replacement: an array of samples by columns."""
    generator = np.random.default_rng(seed)
    documents = len(table)
    chances = np.full(documents, 1 / documents)
    blocks = [
        # How often each document is drawn: that is all that its place in the draw decides.
        generator.multinomial(documents, chances, min(_BLOCK, samples - begun)) @ table
        for begun in range(0, samples, _BLOCK)
    ]
    return np.concatenate(blocks)


def share(sums: Numbers, measure: Measure) -> Numbers:
    """A measure of sums of (right, wrong, missed) in the last axis; NaN where undefined."""
    right, wrong, missed = sums[..., 0], sums[..., 1], sums[..., 2]
    of = {
        "precision": right + wrong,
        "recall": right + missed,
        "f1": right + (wrong + missed) / 2,
    }[measure]
    undefined = np.full(np.shape(of), np.nan)
    return np.asarray(np.divide(right, of, out=undefined, where=of > 0))


def interval(values: Numbers) -> tuple[float | None, float | None]:
    """The middle 95 % of values; None twice where there are none. Undefined ones are left out."""
    defined = values[~np.isnan(values)]
    if not len(defined):
        return None, None
    low, high = np.quantile(defined, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)
