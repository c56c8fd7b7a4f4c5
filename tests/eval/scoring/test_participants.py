from dataclasses import replace

from eval.scoring.scope import Scope
from tests.eval.scoring.made import (
    FIRST,
    arguments,
    at,
    counts,
    event,
    found,
    gold,
    gold_arguments,
    gold_event,
    metric,
)

BUYER = "The founder of Acme"
DOCUMENT = gold(
    events=(
        gold_event("bought", arguments=gold_arguments(BUYER, "Widget Ltd")),
        gold_event("went on strike", arguments=gold_arguments("workers")),
    )
)


def test_a_participant_is_right_where_its_event_and_its_span_are() -> None:
    ours = found(event("bought", arguments=arguments(BUYER)))

    assert counts("participants", DOCUMENT, ours) == (1, 0, 2)


def test_a_participant_of_an_event_that_is_not_gold_is_wrong() -> None:
    ours = found(event("prices", arguments=arguments(BUYER)))

    assert counts("participants", DOCUMENT, ours) == (0, 1, 3)


def test_a_participant_of_another_gold_event_is_wrong() -> None:
    ours = found(event("went on strike", arguments=arguments("Widget Ltd")))

    assert counts("participants", DOCUMENT, ours) == (0, 1, 3)


def test_a_span_that_is_off_by_a_word_is_wrong_but_right_by_head() -> None:
    ours = found(event("bought", arguments=arguments("founder")))

    assert counts("participants", DOCUMENT, ours) == (0, 1, 3)
    assert counts("participants by head", DOCUMENT, ours) == (1, 0, 2)


def test_what_describes_a_phrase_is_not_its_head() -> None:
    ours = found(event("bought", arguments=arguments("Acme")))

    assert counts("participants by head", DOCUMENT, ours) == (0, 1, 3)


def test_a_span_that_covers_a_head_but_has_another_is_wrong() -> None:
    ours = found(event("strike", arguments=arguments("rose, workers")))

    assert counts("participants by head", DOCUMENT, ours) == (0, 1, 3)


def test_exact_participants_need_the_exact_trigger_and_others_its_head() -> None:
    ours = found(event("strike", arguments=arguments("workers")))

    assert counts("participants", DOCUMENT, ours) == (0, 1, 3)
    assert counts("participants by head", DOCUMENT, ours) == (1, 0, 2)


def test_the_same_participant_twice_counts_once() -> None:
    twice = (*arguments("Widget Ltd"), *arguments("Widget Ltd", role="object"))

    assert counts("participants", DOCUMENT, found(event("bought", arguments=twice))) == (1, 0, 2)


def test_a_participant_belongs_to_the_nearest_mention_of_its_event() -> None:
    ours = found(event("bought", "went on strike", arguments=arguments("workers", "Widget Ltd")))

    assert counts("participants", DOCUMENT, ours) == (2, 0, 1)


def test_participants_count_where_their_event_is_scored() -> None:
    document = replace(DOCUMENT, scored=(FIRST,))
    inside = found(event("bought", arguments=arguments("workers")))
    outside = found(event("went on strike", arguments=arguments("Widget Ltd")))

    assert counts("participants", document, inside) == (0, 1, 2)
    assert counts("participants", document, outside) == (0, 0, 2)


def test_gold_times_and_places_are_neither_right_nor_wrong_as_participants() -> None:
    bought = gold_event("bought", arguments=(), times=(at("3 March 2024"),), places=(at("London"),))
    ours = found(event("bought", arguments=arguments("London", "3 March 2024", "Widget Ltd")))

    assert counts("participants", gold(events=(bought,)), ours) == (0, 1, 0)
    scope = Scope(roles={"Arg0": frozenset({"buyer"})})
    assert counts("participants with roles", gold(events=(bought,)), ours, scope) == (0, 1, 0)


def test_events_without_the_layer_say_nothing_of_participants() -> None:
    mixed = gold(events=(gold_event("bought"), gold_event("rose", arguments=())))
    ours = found(event("bought", arguments=arguments(BUYER)))

    assert counts("participants", mixed, ours) == (0, 0, 0)
    assert metric("participants").judge(gold(events=(gold_event("bought"),)), ours) is None


def test_a_role_is_right_where_it_is_one_of_ours_for_the_gold_one() -> None:
    scope = Scope(roles={"Arg0": frozenset({"buyer"}), "Arg1": frozenset({"object"})})
    bought = gold_event(
        "bought",
        arguments=(
            *gold_arguments(BUYER, role="Arg0"),
            *gold_arguments("Widget Ltd", role="Arg1"),
            *gold_arguments("London", role="ArgM"),
        ),
    )
    ours = found(event("bought", arguments=arguments(BUYER, "Widget Ltd", "London", role="buyer")))

    assert counts("participants with roles", gold(events=(bought,)), ours, scope) == (1, 1, 1)
    assert metric("participants with roles").judge(gold(events=(bought,)), ours) is None
