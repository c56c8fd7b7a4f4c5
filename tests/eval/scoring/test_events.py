from dataclasses import replace

from eval.gold import Span
from eval.scoring.scope import Scope
from tests.eval.scoring.made import (
    FIRST,
    at,
    counts,
    event,
    found,
    gold,
    gold_event,
    judged,
    metric,
)

BOUGHT = gold_event("bought", kind="transaction")
STRIKE = gold_event("went on strike", kind="conflict")
ROSE = gold_event("rose", kind="change")


def test_a_trigger_is_right_with_its_exact_span() -> None:
    document = gold(events=(BOUGHT, ROSE))

    assert counts("triggers", document, found(event("bought"), event("prices"))) == (1, 1, 1)


def test_by_head_the_last_word_of_a_gold_trigger_is_enough() -> None:
    document = gold(events=(STRIKE,))

    assert counts("triggers", document, found(event("strike"))) == (0, 1, 1)
    assert counts("triggers by head", document, found(event("strike"))) == (1, 0, 0)
    assert counts("triggers by head", document, found(event("went"))) == (0, 1, 1)


def test_the_head_that_the_corpus_marks_comes_before_the_last_word() -> None:
    document = gold(events=(gold_event("went on strike", head=at("went")),))

    assert counts("triggers by head", document, found(event("went"))) == (1, 0, 0)
    assert counts("triggers by head", document, found(event("strike"))) == (0, 1, 1)


def test_of_two_that_cover_a_head_one_is_right() -> None:
    document = gold(events=(gold_event("strike"),))
    both = found(event("on strike"), event("strike"), event("strike in"))

    judgement = judged("triggers by head", document, both)

    assert judgement.counts == (1, 2, 0)
    assert judgement.right[0].found.span == at("strike")


def test_one_that_covers_two_heads_is_right_once() -> None:
    document = gold(events=(gold_event("prices"), ROSE))

    assert counts("triggers by head", document, found(event("prices rose"))) == (1, 0, 1)


def test_every_mention_of_an_event_counts() -> None:
    document = gold(events=(BOUGHT, STRIKE))

    assert counts("triggers", document, found(event("bought", "went on strike"))) == (2, 0, 0)


def test_two_found_events_of_one_trigger_count_once() -> None:
    document = gold(events=(BOUGHT,))

    assert counts("triggers", document, found(event("bought"), event("bought", kind="x"))) == (
        1,
        0,
        0,
    )


def test_events_outside_of_the_scored_region_do_not_count() -> None:
    document = gold(scored=(FIRST,), events=(BOUGHT, STRIKE))

    assert counts("triggers", document, found(event("rose"), event("went on strike"))) == (0, 0, 1)


def test_a_scored_region_ends_before_its_end() -> None:
    begins_there = gold(scored=(Span(0, at("bought").start),), events=(BOUGHT,))
    ends_there = gold(scored=(Span(0, at("bought").start + 1),), events=(BOUGHT,))

    assert counts("triggers", begins_there, found(event("bought"))) == (0, 0, 0)
    assert counts("triggers", ends_there, found(event("bought"))) == (1, 0, 0)


def test_empty_gold_makes_all_wrong_and_no_layer_is_not_judged() -> None:
    assert counts("triggers", gold(events=()), found(event("bought"))) == (0, 1, 0)
    assert metric("triggers").judge(gold(), found(event("bought"))) is None


def test_a_kind_is_right_where_it_is_one_of_ours_for_the_gold_one() -> None:
    scope = Scope(event_kinds={"transaction": frozenset({"purchase", "sale"})})
    document = gold(events=(BOUGHT,))

    assert counts("event kinds", document, found(event("bought")), scope) == (1, 0, 0)
    assert counts("event kinds", document, found(event("bought", kind="vote")), scope) == (0, 1, 1)
    assert counts("event kinds", document, found(event("prices")), scope) == (0, 1, 1)


def test_gold_kinds_without_one_of_ours_are_left_out() -> None:
    scope = Scope(event_kinds={"transaction": frozenset({"purchase"})})
    document = gold(events=(BOUGHT, ROSE))

    assert counts("event kinds", document, found(event("rose")), scope) == (0, 0, 1)


def test_without_a_translation_kinds_are_not_judged() -> None:
    assert metric("event kinds").judge(gold(events=(BOUGHT,)), found()) is None


def test_polarity_is_judged_of_the_events_that_were_found() -> None:
    document = gold(
        events=(
            gold_event("bought", polarity="negative"),
            gold_event("rose", polarity="positive"),
            gold_event("went on strike", polarity="possible"),
        )
    )
    ours = found(event("bought", polarity="negative"), event("strike"), event("prices"))

    assert counts("polarity", document, ours) == (1, 1, 0)
    assert counts("polarity", replace(document, scored=(FIRST,)), ours) == (1, 0, 0)
    assert metric("polarity").judge(gold(events=(BOUGHT,)), ours) is None
