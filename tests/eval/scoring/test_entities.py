import pytest

from eval.found import Found
from eval.gold import GoldEntity, Span
from eval.scoring.entities import outermost
from tests.eval.scoring.made import FIRST, at, counts, entity, gold, metric

ACME = GoldEntity(at("Acme"), "organization")
LONDON = GoldEntity(at("London"), "place")
LEEDS = GoldEntity(at("Leeds"), "place")


def ours(*entities: object) -> Found:
    return Found("d1", entities=entities)  # type: ignore[arg-type]


def test_a_name_is_right_with_its_exact_span_and_kind() -> None:
    document = gold(entities=(ACME, LONDON))

    assert counts("entities", document, ours(entity("Acme", "organization"))) == (1, 0, 1)


def test_a_span_that_is_off_by_one_is_wrong_and_the_gold_one_missed() -> None:
    document = gold(entities=(LONDON,))

    assert counts("entities", document, ours(entity("London ", "place"))) == (0, 1, 1)
    assert counts("entity spans", document, ours(entity("in London", "place"))) == (0, 1, 1)


def test_a_wrong_kind_is_wrong_but_its_span_is_right() -> None:
    document = gold(entities=(ACME,))
    found = ours(entity("Acme", "person"))

    assert counts("entities", document, found) == (0, 1, 1)
    assert counts("entity spans", document, found) == (1, 0, 0)


def test_what_is_found_twice_counts_once() -> None:
    document = gold(entities=(ACME,))
    twice = ours(entity("Acme", "organization"), entity("Acme", "organization"))

    assert counts("entities", document, twice) == (1, 0, 0)


def test_nothing_counts_outside_of_the_scored_region() -> None:
    document = gold(scored=(FIRST,), entities=(ACME, LEEDS))
    found = ours(entity("Leeds", "place"), entity("workers", "person"))

    assert counts("entities", document, found) == (0, 0, 1)
    assert counts("entities", gold(scored=(), entities=(ACME,)), found) == (0, 0, 0)


def test_all_that_is_found_is_wrong_where_the_gold_layer_is_empty() -> None:
    assert counts("entities", gold(entities=()), ours(entity("Acme", "organization"))) == (0, 1, 0)


def test_a_document_without_the_layer_is_not_judged() -> None:
    assert metric("entities").judge(gold(), ours(entity("Acme", "organization"))) is None


def test_kinds_that_the_corpus_does_not_have_are_left_out() -> None:
    document = gold(entities=(ACME,))

    assert counts("entities", document, ours(entity("3 March 2024", "date"))) == (0, 0, 1)


def test_of_nested_names_the_outermost_counts() -> None:
    inner = GoldEntity(at("Widget"), "organization")
    outer = GoldEntity(at("Widget Ltd"), "organization")
    document = gold(entities=(inner, outer))

    assert counts("entities", document, ours(entity("Widget Ltd", "organization"))) == (1, 0, 0)
    assert counts("entities", document, ours(entity("Widget", "organization"))) == (0, 1, 1)


def test_mentions_that_are_no_names_are_neither_missed_nor_wrong_to_find() -> None:
    founder = GoldEntity(at("The founder of Acme"), "person", is_name=False)
    document = gold(entities=(founder, ACME))

    assert counts("entities", document, ours(entity("Acme", "organization"))) == (1, 0, 0)
    assert counts("entities", document, ours(entity("The founder of Acme", "person"))) == (0, 0, 1)


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        ([(0, 4), (5, 9)], [(0, 4), (5, 9)]),
        ([(0, 9), (0, 4), (5, 9)], [(0, 9)]),
        ([(0, 6), (4, 9)], [(0, 6), (4, 9)]),
        ([(0, 4), (0, 4)], [(0, 4)]),
    ],
)
def test_outermost_keeps_what_lies_in_no_other(
    spans: list[tuple[int, int]], kept: list[tuple[int, int]]
) -> None:
    entities = [GoldEntity(Span(*span), "place") for span in spans]

    assert [tuple(one.span) for one in outermost(entities)] == kept
