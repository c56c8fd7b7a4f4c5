"""What many differences add up to."""

from dataclasses import replace

from processors.comparison.difference import difference
from processors.comparison.reading import ReadEvent, Reading
from processors.comparison.totals import total

BOUGHT = ReadEvent("e1", "purchase", "bought", 5, 11)
RESIGNED = ReadEvent("e2", "resignation", "resigned", 60, 68)


def test_documents_and_events_are_counted_with_what_differs() -> None:
    found = total(
        [
            difference(Reading((BOUGHT,)), Reading((BOUGHT,))),
            difference(Reading((BOUGHT,)), Reading((replace(BOUGHT, place="London"), RESIGNED))),
            difference(Reading((RESIGNED,)), Reading()),
        ]
    )

    assert (found.documents, found.documents_that_differ) == (3, 2)
    assert (found.events_before, found.events_after) == (3, 3)
    assert (found.added, found.removed, found.changed) == (1, 1, 1)
    assert found.changes == {"place": 1}


def test_agreement_is_the_share_of_events_that_both_tell_alike() -> None:
    half = total([difference(Reading((BOUGHT,)), Reading((BOUGHT, RESIGNED)))])

    assert half.agreement == 2 / 3
    assert total([difference(Reading(), Reading())]).agreement is None


def test_documents_that_are_known_to_be_the_same_count_like_the_others() -> None:
    found = total([difference(Reading((BOUGHT,)), Reading())])

    found.add_same(documents=3, events=9, links=2)

    assert (found.documents, found.documents_that_differ) == (4, 1)
    assert (found.events_before, found.events_after, found.unchanged) == (10, 9, 9)
    assert found.links_unchanged == 2
