from math import sqrt

import pytest

from eval.scoring.intervals import Estimate, score
from eval.scoring.judging import Counts


def one_in(many: int, documents: int) -> list[Counts]:
    """A found item in each document, wrong in one of so many."""
    return [
        Counts(int(number % many > 0), int(number % many == 0), 0) for number in range(documents)
    ]


def test_precision_recall_and_f1_come_from_the_sums_over_documents() -> None:
    scored = score([Counts(3, 1, 0), Counts(1, 1, 4)])

    assert scored.counts == Counts(4, 2, 4)
    assert scored.documents == 2
    assert scored.precision.value == pytest.approx(4 / 6)
    assert scored.recall.value == pytest.approx(4 / 8)
    assert scored.f1.value == pytest.approx(2 * 4 / (6 + 8))


def test_the_interval_is_that_of_the_normal_approximation_where_that_is_good() -> None:
    estimate = score(one_in(4, 400)).precision
    half = 1.96 * sqrt(0.25 * 0.75 / 400)

    assert estimate.value == 0.75
    assert estimate.low == pytest.approx(0.75 - half, abs=0.01)
    assert estimate.high == pytest.approx(0.75 + half, abs=0.01)


def test_four_times_the_documents_halve_the_interval() -> None:
    few, many = score(one_in(4, 100)).precision, score(one_in(4, 400)).precision

    assert width(few) == pytest.approx(2 * width(many), rel=0.2)


def test_documents_are_drawn_and_not_what_they_hold() -> None:
    # The same items, but those of a document are right or wrong together.
    together = score([Counts(10, 0, 0)] * 30 + [Counts(0, 10, 0)] * 10)

    assert width(together.precision) == pytest.approx(
        width(score(one_in(4, 40)).precision), rel=0.1
    )
    assert width(together.precision) > 2 * width(score(one_in(4, 400)).precision)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    counts = one_in(3, 50)

    assert score(counts, seed=1) == score(counts, seed=1)
    assert score(counts, seed=1) != score(counts, seed=2)


def test_documents_that_are_all_alike_leave_no_doubt() -> None:
    assert score([Counts(1, 0, 1)] * 20).recall == Estimate(0.5, 0.5, 0.5)


def test_a_single_document_has_no_interval() -> None:
    assert score([Counts(1, 1, 0)]).precision == Estimate(0.5, None, None)


def test_what_has_nothing_to_be_a_share_of_is_undefined() -> None:
    nothing_found = score([Counts(0, 0, 2), Counts(0, 0, 1)])

    assert nothing_found.precision == Estimate(None)
    assert nothing_found.recall.value == 0.0
    assert nothing_found.f1.value == 0.0
    assert score([Counts(0, 0, 0)] * 3).f1 == Estimate(None)
    assert score([]).f1 == Estimate(None)


def test_samples_in_which_a_share_is_undefined_are_left_out() -> None:
    sparse = score([Counts(1, 0, 0)] + [Counts(0, 0, 0)] * 9)

    assert sparse.f1 == Estimate(1.0, 1.0, 1.0)


def width(estimate: Estimate) -> float:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.high - estimate.low
