"""Which documents are shown as examples of what differs."""

from dataclasses import replace

from processors.comparison.difference import Difference, difference
from processors.comparison.examples import Examples
from processors.comparison.reading import ReadEvent, Reading, ReadRelationship

BOUGHT = ReadEvent("e1", "purchase", "bought", 5, 11)
RESIGNED = ReadEvent("e2", "resignation", "resigned", 60, 68)
CAUSED = ReadRelationship("causes", "e1", "e2")
BOTH = (BOUGHT, RESIGNED)

ADDED = difference(Reading((BOUGHT,)), Reading(BOTH))
REMOVED = difference(Reading(BOTH), Reading((BOUGHT,)))
MOVED = difference(Reading((BOUGHT,)), Reading((replace(BOUGHT, place="London"),)))
LINKED = difference(Reading(BOTH), Reading(BOTH, (CAUSED,)))


def chosen(wanted: int, offered: list[tuple[str, Difference]]) -> list[str]:
    examples = Examples[None](wanted)
    for document_id, found in offered:
        examples.offer(document_id, found, None)
    return [one.document_id for one in examples.spread()]


def test_rare_kinds_of_change_are_shown_beside_common_ones() -> None:
    many = [(f"added-{number}", ADDED) for number in range(100)]
    rare = [("removed", REMOVED), ("moved", MOVED), ("linked", LINKED)]

    found = chosen(5, [*many, *rare])

    assert {"removed", "moved", "linked"} < set(found)
    assert sum(one.startswith("added") for one in found) == 2


def test_the_same_documents_give_the_same_examples_in_whatever_order_they_come() -> None:
    offered = [(str(number), (ADDED, REMOVED, MOVED)[number % 3]) for number in range(60)]

    assert chosen(4, offered) == chosen(4, offered[::-1])


def test_a_document_that_changed_in_several_ways_is_shown_once() -> None:
    both = difference(Reading((BOUGHT,)), Reading((replace(BOUGHT, place="London"), RESIGNED)))

    assert chosen(5, [("a", both)]) == ["a"]


def test_documents_that_do_not_differ_are_no_examples() -> None:
    assert chosen(5, [("a", difference(Reading(BOTH), Reading(BOTH)))]) == []


def test_none_are_shown_where_none_are_wanted() -> None:
    assert chosen(0, [("a", ADDED)]) == []
