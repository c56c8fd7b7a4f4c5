import pytest

from eval.scoring.intervals import Estimate
from eval.scoring.judging import Counts
from eval.scoring.significance import compare

HALF = [Counts(number % 2, 1 - number % 2, 1 - number % 2) for number in range(60)]
BETTER = [Counts(1, 0, 0) if number % 4 else one for number, one in enumerate(HALF)]


def test_a_system_is_no_better_than_itself() -> None:
    comparison = compare(HALF, HALF)

    assert comparison.p_value == 1.0
    assert comparison.difference == Estimate(0.0, 0.0, 0.0)


def test_a_clear_difference_is_hardly_chance() -> None:
    comparison = compare(HALF, BETTER)

    assert (comparison.first, comparison.second) == (0.5, 0.75)
    assert comparison.difference.value == 0.25
    assert comparison.difference.low is not None
    assert comparison.difference.low > 0.1
    assert comparison.p_value is not None
    assert comparison.p_value < 0.001


def test_which_system_is_named_first_does_not_matter() -> None:
    one, other = compare(HALF, BETTER), compare(BETTER, HALF)

    assert other.difference.value == -0.25
    assert other.p_value == pytest.approx(one.p_value, abs=0.001)


def test_a_single_document_out_of_many_may_well_be_chance() -> None:
    luckier = [Counts(1, 0, 0), *HALF[1:]]

    # Swapped or not, the difference is as large: nothing else differs.
    assert compare(HALF, luckier).p_value == 1.0


def test_the_p_value_is_that_of_all_swaps() -> None:
    # Six documents, in each of which the second is better: 2 of the 2^6 swaps are as extreme.
    worse, better = [Counts(0, 1, 1)] * 6, [Counts(1, 0, 0)] * 6

    assert compare(worse, better).p_value == pytest.approx(2 / 64, abs=0.006)


def test_gains_and_losses_that_balance_are_no_difference() -> None:
    there = [Counts(1, 0, 0), Counts(0, 1, 1)] * 20
    here = [Counts(0, 1, 1), Counts(1, 0, 0)] * 20

    assert compare(there, here).p_value == 1.0


def test_the_same_seed_gives_the_same_p_value() -> None:
    slightly = [Counts(1, 0, 0) if number % 20 == 0 else one for number, one in enumerate(HALF)]

    assert compare(HALF, slightly, seed=3) == compare(HALF, slightly, seed=3)


def test_precision_is_compared_where_it_is_asked_for() -> None:
    careful, bold = [Counts(1, 0, 2)] * 10, [Counts(3, 3, 0)] * 10

    assert compare(careful, bold, "precision").difference.value == -0.5
    assert compare(careful, bold, "recall").difference.value == pytest.approx(2 / 3)


def test_a_share_that_is_undefined_is_not_compared() -> None:
    comparison = compare([Counts(0, 0, 1)] * 3, [Counts(1, 0, 0)] * 3, "precision")

    assert comparison.first is None
    assert comparison.second == 1.0
    assert comparison.difference == Estimate(None)
    assert comparison.p_value is None


def test_other_numbers_of_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="2 documents of the first system and 1 of the second"):
        compare(HALF[:2], HALF[:1])
