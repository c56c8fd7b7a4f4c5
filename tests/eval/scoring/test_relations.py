from dataclasses import replace

from eval.gold import GoldClauseRelation, GoldDocument
from eval.scoring.scope import Scope
from tests.eval.scoring.made import (
    FIRST,
    at,
    counts,
    event,
    found,
    gold,
    gold_event,
    gold_link,
    link,
    metric,
)

EVENTS = (gold_event("bought"), gold_event("rose"), gold_event("went on strike"))
OURS = (event("bought"), event("rose"), event("strike"))


def linked(source: str, target: str, kind: str = "causes") -> GoldDocument:
    return gold(events=EVENTS, relations=gold_link(source, target, kind))


def test_a_link_is_right_where_both_ends_its_direction_and_kind_are() -> None:
    ours = found(*OURS, relations=(link("rose", "strike"),))

    for name in ("relations", "relations with direction", "relations with kind"):
        assert counts(name, linked("rose", "went on strike"), ours) == (1, 0, 0)


def test_a_link_the_other_way_round_is_right_without_direction_alone() -> None:
    ours = found(*OURS, relations=(link("strike", "rose"),))
    document = linked("rose", "went on strike")

    assert counts("relations", document, ours) == (1, 0, 0)
    assert counts("relations with direction", document, ours) == (0, 1, 1)
    assert counts("relations with kind", document, ours) == (0, 1, 1)


def test_a_wrong_kind_is_wrong_where_kinds_count() -> None:
    ours = found(*OURS, relations=(link("rose", "strike", "precedes"),))
    document = linked("rose", "went on strike")

    assert counts("relations with direction", document, ours) == (1, 0, 0)
    assert counts("relations with kind", document, ours) == (0, 1, 1)


def test_a_symmetric_kind_has_no_direction() -> None:
    ours = found(*OURS, relations=(link("strike", "rose", "same_as"),))

    assert counts("relations with kind", linked("rose", "went on strike", "same_as"), ours) == (
        1,
        0,
        0,
    )


def test_a_link_with_an_end_that_is_no_gold_event_is_wrong() -> None:
    ours = found(*OURS, event("workers"), relations=(link("rose", "workers"),))

    assert counts("relations", linked("rose", "went on strike"), ours) == (0, 1, 1)


def test_links_across_sentences_do_not_count() -> None:
    ours = found(*OURS, relations=(link("bought", "rose"),))

    assert counts("relations", linked("bought", "rose"), ours) == (0, 0, 0)


def test_the_sentences_of_the_corpus_come_first() -> None:
    ours = found(*OURS, relations=(link("bought", "rose"),))
    one_sentence = replace(linked("bought", "rose"), sentences=(at("The founder"),))

    assert counts("relations", one_sentence, ours) == (1, 0, 0)


def test_the_nearest_mentions_of_two_events_are_linked() -> None:
    near, far = event("rose", "Because"), event("bought", "rose", "Because")

    for source in (near, far):
        ours = found(source, event("strike"), relations=(link(source.event_id, "strike"),))
        assert counts("relations", linked("rose", "went on strike"), ours) == (1, 0, 0)


def test_links_outside_of_the_scored_region_do_not_count() -> None:
    document = replace(linked("rose", "went on strike"), scored=(FIRST,))
    ours = found(*OURS, relations=(link("strike", "rose"),))

    assert counts("relations with direction", document, ours) == (0, 0, 0)


def test_kinds_outside_of_the_scope_are_neither_wrong_nor_missed() -> None:
    scope = Scope(relation_kinds=frozenset({"causes"}))
    ours = found(*OURS, relations=(link("rose", "strike", "precedes"),))

    assert counts("relations", linked("rose", "went on strike"), ours, scope) == (0, 0, 1)
    assert counts("relations", linked("rose", "went on strike", "precedes"), ours, scope) == (
        0,
        0,
        0,
    )


def test_two_kinds_between_the_same_events_are_one_link_without_kinds() -> None:
    ours = found(*OURS, relations=(link("rose", "strike"), link("rose", "strike", "precedes")))
    document = linked("rose", "went on strike")

    assert counts("relations", document, ours) == (1, 0, 0)
    assert counts("relations with kind", document, ours) == (1, 1, 0)


def test_an_empty_layer_makes_links_wrong_and_no_layer_is_not_judged() -> None:
    ours = found(*OURS, relations=(link("rose", "strike"),))

    assert counts("relations", gold(events=EVENTS, relations=()), ours) == (0, 1, 0)
    assert metric("relations").judge(gold(events=EVENTS), ours) is None


def test_a_link_between_clauses_is_right_where_its_events_lie_in_them() -> None:
    clauses = GoldClauseRelation(at("prices rose"), at("workers went on strike"), "causes")
    document = gold(clause_relations=(clauses,))

    right = found(*OURS, relations=(link("rose", "strike"),))
    turned = found(*OURS, relations=(link("strike", "rose"),))
    outside = found(*OURS, relations=(link("rose", "bought"),))

    assert counts("clause relations", document, right) == (1, 0, 0)
    assert counts("clause relations", document, turned) == (0, 1, 1)
    assert counts("clause relations", document, outside) == (0, 1, 1)
    assert metric("clause relations").judge(gold(), right) is None
