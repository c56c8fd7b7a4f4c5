"""How two runs read one document: what is the same event, and what of it has changed."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from processors.comparison.difference import difference
from processors.comparison.matching import match
from processors.comparison.reading import ReadEvent, Reading, ReadRelationship

BOUGHT = ReadEvent("e1", "purchase", "bought", 5, 11)
RESIGNED = ReadEvent("e2", "resignation", "resigned", 60, 68)
CAUSED = ReadRelationship("causes", "e1", "e2", "so")


def test_readings_that_say_the_same_under_other_ids_do_not_differ() -> None:
    before = Reading((BOUGHT, RESIGNED), (CAUSED,))
    after = Reading(
        (replace(RESIGNED, event_id="b"), replace(BOUGHT, event_id="a")),
        (replace(CAUSED, source_event_id="a", target_event_id="b"),),
    )

    found = difference(before, after)

    assert found.is_none
    assert (found.unchanged, found.links_unchanged) == (2, 1)


def test_what_only_one_of_them_has_came_or_went() -> None:
    found = difference(Reading((BOUGHT,)), Reading((RESIGNED,)))

    assert (found.added, found.removed, found.changed) == ((RESIGNED,), (BOUGHT,), ())


def test_an_event_that_is_told_differently_is_named_with_what_differs() -> None:
    told = replace(
        BOUGHT,
        kind="merger",
        end=14,
        time_start=datetime(2024, 3, 3, tzinfo=UTC),
        place="London",
        polarity="negative",
        participants=frozenset({("buyer", "Acme", 0, 4)}),
    )

    (changed,) = difference(Reading((BOUGHT,)), Reading((told,))).changed

    assert changed.what == ("kind", "span", "arguments", "time", "place", "polarity")


def test_of_several_at_one_place_those_that_agree_are_the_same() -> None:
    other = replace(BOUGHT, event_id="e3", place="Paris")

    found = difference(Reading((BOUGHT, other)), Reading((other, BOUGHT)))

    assert found.is_none


def test_an_event_without_a_place_in_the_text_is_known_by_its_words() -> None:
    nowhere = ReadEvent("e1", "purchase", "Bought", 0, 0)
    elsewhere = replace(nowhere, trigger="sold")

    assert difference(Reading((nowhere,)), Reading((nowhere,))).is_none
    (changed,) = difference(
        Reading((nowhere,)), Reading((replace(nowhere, trigger="bought", kind="sale"),))
    ).changed
    assert changed.what == ("kind",)
    assert difference(Reading((nowhere,)), Reading((elsewhere,))).removed == (nowhere,)


def test_a_link_between_the_same_events_of_another_kind_has_changed() -> None:
    before = Reading((BOUGHT, RESIGNED), (CAUSED,))
    after = Reading((BOUGHT, RESIGNED), (replace(CAUSED, kind="precedes"),))

    found = difference(before, after)

    assert [(one.before.kind, one.after.kind) for one in found.links_changed] == [
        ("causes", "precedes")
    ]
    assert (found.links_added, found.links_removed) == ((), ())


def test_a_link_of_an_event_that_went_went_with_it() -> None:
    found = difference(Reading((BOUGHT, RESIGNED), (CAUSED,)), Reading((BOUGHT,)))

    assert found.links_removed == (CAUSED,)


def test_a_chain_of_overlaps_is_matched_as_a_whole() -> None:
    """Taking the best pair first would leave the others without one."""
    a, b = ReadEvent("a", "x", "aa", 0, 10), ReadEvent("b", "x", "bb", 9, 20)
    c, d = ReadEvent("c", "x", "cc", 8, 20), ReadEvent("d", "x", "dd", 19, 30)

    pairs, _, _ = match((a, b), (c, d))

    assert [(one.event_id, other.event_id) for one, other in pairs] == [("a", "c"), ("b", "d")]


EVENTS = st.lists(
    st.builds(
        lambda kind, start, length: ReadEvent("", kind, "w" * length, start, start + length),
        st.sampled_from(["a", "b"]),
        st.integers(0, 12),
        st.integers(1, 5),
    ),
    max_size=4,
).map(lambda found: tuple(replace(one, event_id=str(n)) for n, one in enumerate(found)))


def _overlap(one: ReadEvent, other: ReadEvent) -> float:
    shared = max(0, min(one.end, other.end) - max(one.start, other.start))
    whole = max(one.end, other.end) - min(one.start, other.start)
    return shared / whole + (1.0 if shared and one.kind == other.kind else 0.0)


@given(EVENTS, EVENTS)
def test_the_pairs_overlap_as_much_as_any_assignment_does(
    ours: tuple[ReadEvent, ...], theirs: tuple[ReadEvent, ...]
) -> None:
    pairs, alone, others = match(ours, theirs)
    rest = [(one, other) for one, other in pairs if _place(one) != _place(other)]
    mine, yours = [*(one for one, _ in rest), *alone], [*(other for _, other in rest), *others]

    assert len(pairs) + len(alone) == len(ours)
    assert len(pairs) + len(others) == len(theirs)
    shorter, longer = sorted((mine, yours), key=len)
    best = max(
        (sum(map(_overlap, shorter, order)) for order in permutations(longer, len(shorter))),
        default=0.0,
    )
    assert abs(sum(_overlap(one, other) for one, other in rest) - best) < 1e-9


def _place(event: ReadEvent) -> object:
    return event.kind, event.start, event.end


@given(EVENTS)
def test_a_reading_does_not_differ_from_itself(events: tuple[ReadEvent, ...]) -> None:
    assert difference(Reading(events), Reading(events)).is_none
