import pytest

from eval.scoring.calibration import Bin, confidences, reliability
from eval.scoring.judging import Item, Judgement, Pair
from tests.eval.scoring.made import at


def answers(confidence: float, right: int, of: int) -> list[tuple[float, bool]]:
    return [(confidence, number < right) for number in range(of)]


def test_confidences_that_mean_what_they_say_have_no_error() -> None:
    measured = reliability([*answers(0.25, 5, 20), *answers(0.75, 15, 20)])

    assert measured.error == pytest.approx(0.0)
    assert measured.count == 40


def test_the_error_is_the_distance_weighted_by_how_many_there_are() -> None:
    measured = reliability([*answers(0.95, 15, 30), *answers(0.35, 4, 10)])

    assert measured.error == pytest.approx((30 * 0.45 + 10 * 0.05) / 40)


def test_too_little_and_too_much_confidence_in_different_bins_do_not_balance() -> None:
    assert reliability([*answers(0.9, 0, 10), *answers(0.1, 10, 10)]).error == pytest.approx(0.9)


def test_a_bin_says_how_many_it_holds_their_confidence_and_how_many_were_right() -> None:
    bins = reliability([(0.5, True), (0.56, False), (1.0, True)]).bins

    assert len(bins) == 10
    assert bins[5] == Bin(0.5, 0.6, 2, pytest.approx(0.53), 0.5)  # type: ignore[arg-type]
    assert bins[9] == Bin(0.9, 1.0, 1, 1.0, 1.0)
    assert bins[0] == Bin(0.0, 0.1, 0, None, None)


def test_without_pairs_there_is_no_error() -> None:
    assert reliability([]).error is None


@pytest.mark.parametrize("confidence", [-0.01, 1.01, float("nan")])
def test_what_is_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="should be from 0 to 1"):
        reliability([(confidence, True)])


def test_pairs_come_from_what_was_found_and_scored() -> None:
    acme = Item(at("Acme"))
    judgement = Judgement(
        right=(Pair(acme, Item(at("Acme"), confidence=0.9)),),
        wrong=(Item(at("London"), confidence=0.2), Item(at("Leeds"))),
        missed=(acme,),
    )

    assert list(confidences([judgement])) == [(0.9, True), (0.2, False)]
