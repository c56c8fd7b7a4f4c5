import pytest

from eval.gold import GoldTime
from eval.scoring.circumstances import stretch
from tests.eval.scoring.made import (
    FIRST,
    at,
    counts,
    entity,
    event,
    found,
    gold,
    gold_event,
    metric,
    time,
    words,
)

DAY = GoldTime(at("3 March 2024"), "2024-03-03")
BOUGHT = gold_event("bought", times=(DAY.span,), places=(at("London"),))
STRIKE = gold_event("went on strike", times=(), places=(at("Leeds"),))
DOCUMENT = gold(events=(BOUGHT, STRIKE), times=(DAY,))


def test_a_time_expression_is_right_where_it_overlaps_and_its_value_where_both_are_the_same() -> (
    None
):
    ours = found(entities=(entity("on 3 March 2024", "date", "2024-03-04"),))

    assert counts("times", DOCUMENT, ours) == (1, 0, 0)
    assert counts("time values", DOCUMENT, ours) == (0, 1, 1)


def test_a_value_may_be_written_otherwise() -> None:
    ours = found(entities=(entity("3 March 2024", "date", "2024-03-03/2024-03-03"),))

    assert counts("time values", DOCUMENT, ours) == (1, 0, 0)


@pytest.mark.parametrize("value", ["", "PRESENT_REF", "P3D", "2024-SU", "XXXX-03-03"])
def test_gold_values_that_name_no_stretch_of_time_are_left_out(value: str) -> None:
    document = gold(times=(GoldTime(at("workers"), "2024"), GoldTime(DAY.span, value)))
    ours = found(entities=(entity("3 March 2024", "date", "2024-03-03"),))

    assert counts("time values", document, ours) == (0, 0, 1)


def test_durations_are_left_out() -> None:
    document = gold(times=(GoldTime(DAY.span, "P1D", kind="duration"),))
    ours = found(entities=(entity("3 March 2024", "date"), entity("London", "date")))

    assert counts("times", document, ours) == (0, 1, 0)


def test_a_date_elsewhere_is_wrong_only_in_the_scored_region() -> None:
    ours = found(entities=(entity("Leeds", "date", "2024"),))

    assert counts("times", DOCUMENT, ours) == (0, 1, 1)
    assert counts("times", gold(scored=(FIRST,), times=(DAY,)), ours) == (0, 0, 1)


def test_an_event_time_is_right_where_its_event_and_its_words_are() -> None:
    ours = found(event("bought", time=time("3 March 2024", "2024-03-04")))

    assert counts("event times", DOCUMENT, ours) == (1, 0, 0)
    assert counts("event time values", DOCUMENT, ours) == (0, 1, 1)


def test_the_time_of_an_event_that_has_none_or_is_none_is_wrong() -> None:
    ours = found(
        event("strike", time=time("3 March 2024", "2024-03-03")),
        event("prices", time=time("3 March 2024", "2024-03-03")),
    )

    assert counts("event times", DOCUMENT, ours) == (0, 2, 1)
    assert counts("event time values", DOCUMENT, ours) == (0, 2, 1)


def test_of_several_gold_times_of_an_event_one_is_enough() -> None:
    twice = gold_event("bought", times=(at("3 March 2024"), at("2024")))
    document = gold(events=(twice,), times=(DAY,))
    right = found(event("bought", time=time("3 March 2024", "2024-03-03")))
    wrong = found(event("bought", time=time("London", "2023")))

    assert counts("event times", document, right) == (1, 0, 0)
    assert counts("event times", document, wrong) == (0, 1, 1)
    assert counts("event times", document, found()) == (0, 0, 1)


def test_a_value_is_right_whatever_words_it_was_taken_from() -> None:
    ours = found(event("bought", time=time("March 2024", "2024-03-03")))
    elsewhere = found(event("bought", time=time("London", "2024-03-03")))

    assert counts("event time values", DOCUMENT, ours) == (1, 0, 0)
    assert counts("event times", DOCUMENT, elsewhere) == (0, 1, 1)
    assert counts("event time values", DOCUMENT, elsewhere) == (1, 0, 0)


def test_an_event_whose_gold_time_has_no_value_says_nothing_of_values() -> None:
    vague = GoldTime(at("prices"), "PAST_REF")
    document = gold(events=(gold_event("rose", times=(vague.span,)), BOUGHT), times=(vague, DAY))
    ours = found(event("rose", time=time("3 March 2024", "2024-03-03")))

    assert counts("event time values", document, ours) == (0, 0, 1)


def test_a_place_is_right_where_its_event_and_its_head_are() -> None:
    ours = found(event("bought", place=words("London")), event("strike", place=words("London")))

    assert counts("event places", DOCUMENT, ours) == (1, 1, 1)


def test_without_the_layers_nothing_is_judged() -> None:
    ours = found(event("bought", time=time("3 March 2024", "2024"), place=words("London")))
    bare = gold(events=(gold_event("bought"),))

    for name in ("times", "time values", "event times", "event time values", "event places"):
        assert metric(name).judge(bare, ours) is None
    assert metric("event time values").judge(gold(events=(BOUGHT,)), ours) is None


def test_a_stretch_is_the_same_for_values_of_the_same_time() -> None:
    assert stretch("2024") == stretch("2024-01-01/2024-12-31") != stretch("2024-01")
    assert stretch("WEEKEND") == stretch(None) == ""
