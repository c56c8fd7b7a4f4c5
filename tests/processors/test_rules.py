from datetime import UTC, datetime
from typing import Any

import pytest

from processors import rules
from processors.rules import RULES, Candidate
from schemas.extraction import Argument, Event, Relationship
from tests.processors.works import ACME, PROFILES, mentions_in

BOUGHT = Event(
    event_id="e1",
    kind="purchase",
    text="bought",
    start=5,
    end=11,
    grounding="exact",
    salience=0.9,
    confidence=0.8,
)
RESIGNED = BOUGHT.model_copy(
    update={"event_id": "e2", "kind": "personnel", "text": "resigned", "start": 62, "end": 70}
)
BUYER = Argument(
    argument_id="a1",
    event_id="e1",
    role="buyer",
    text="Acme",
    start=0,
    end=4,
    grounding="exact",
)
LINK = Relationship(
    relationship_id="r1",
    kind="precedes",
    source_event_id="e1",
    target_event_id="e2",
    confidence=0.7,
    text="a day later",
    start=71,
    end=82,
    grounding="exact",
)


def candidate(**changes: Any) -> Candidate:
    parts: dict[str, Any] = {
        "text": ACME,
        "profile": PROFILES["news"],
        "entities": mentions_in(ACME, ("organization", "Acme")),
        "events": (BOUGHT, RESIGNED),
        "arguments": (BUYER,),
        "relationships": (LINK,),
    }
    return Candidate(**parts | changes)


def changed(event: Event, **fields: object) -> Event:
    return event.model_copy(update=fields)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_good_extraction_breaks_no_rule(rule: rules.Rule) -> None:
    assert list(rule.check(candidate())) == []


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


class TestOffsets:
    def test_words_must_stand_where_they_are_said_to(self) -> None:
        wrong = candidate(events=(changed(BOUGHT, start=6, end=12), RESIGNED))
        assert list(rules.offsets(wrong)) == [("e1", "words differ at 6-12")]

    def test_a_grounded_text_is_not_empty(self) -> None:
        wrong = candidate(events=(changed(BOUGHT, text="", start=5, end=5), RESIGNED))
        assert [subject for subject, _ in rules.offsets(wrong)] == ["e1"]

    def test_an_ungrounded_text_has_no_span(self) -> None:
        wrong = candidate(arguments=(BUYER.model_copy(update={"grounding": "ungrounded"}),))
        assert list(rules.offsets(wrong)) == [("a1", "ungrounded words have a span")]

    def test_entities_count_as_well(self) -> None:
        mention = mentions_in(ACME, ("organization", "Acme"))[0].model_copy(update={"end": 5})
        assert len(list(rules.offsets(candidate(entities=(mention,))))) == 1

    def test_mentions_lie_in_the_document(self) -> None:
        mentions = ({"start": 5, "end": 9000},)
        event = Event.model_validate(BOUGHT.model_dump() | {"mentions": mentions})
        wrong = candidate(events=(event, RESIGNED))
        assert list(rules.offsets(wrong)) == [("e1", "a mention lies outside the document")]


class TestKnownKinds:
    def test_an_events_kind_is_the_profiles(self) -> None:
        wrong = candidate(events=(changed(BOUGHT, kind="wedding"), RESIGNED))
        assert list(rules.known_kinds(wrong)) == [("e1", "event kind 'wedding' is unknown")]

    def test_a_role_is_its_kinds(self) -> None:
        wrong = candidate(arguments=(BUYER.model_copy(update={"role": "attacker"}),))
        assert [subject for subject, _ in rules.known_kinds(wrong)] == ["a1"]

    def test_a_relationships_kind_is_the_profiles(self) -> None:
        wrong = candidate(relationships=(LINK.model_copy(update={"kind": "marries"}),))
        assert [subject for subject, _ in rules.known_kinds(wrong)] == ["r1"]


class TestDangling:
    def test_a_parent_exists(self) -> None:
        wrong = candidate(events=(changed(BOUGHT, parent_event_id="e9"), RESIGNED))
        assert list(rules.dangling(wrong)) == [("e1", "its parent event does not exist")]

    def test_an_arguments_event_exists(self) -> None:
        wrong = candidate(arguments=(BUYER.model_copy(update={"event_id": "e9"}),))
        assert list(rules.dangling(wrong)) == [("a1", "its event does not exist")]

    def test_a_relationships_ends_exist(self) -> None:
        wrong = candidate(events=(BOUGHT,))
        assert list(rules.dangling(wrong)) == [("r1", "an end of it does not exist")]


def test_nothing_is_linked_to_itself() -> None:
    wrong = candidate(
        events=(changed(BOUGHT, parent_event_id="e1"), RESIGNED),
        relationships=(LINK.model_copy(update={"target_event_id": "e1"}),),
    )
    assert [subject for subject, _ in rules.self_links(wrong)] == ["e1", "r1"]


def test_a_time_ends_after_it_starts() -> None:
    bounds = {
        "time_start": datetime(2024, 3, 4, tzinfo=UTC),
        "time_end": datetime(2024, 3, 3, tzinfo=UTC),
    }
    wrong = candidate(events=(changed(BOUGHT, **bounds), RESIGNED))
    assert [subject for subject, _ in rules.time_bounds(wrong)] == ["e1"]


class TestTimeOrder:
    early = changed(RESIGNED, time_end=datetime(2024, 3, 2, tzinfo=UTC))
    late = changed(BOUGHT, time_start=datetime(2024, 3, 3, tzinfo=UTC))

    def test_what_precedes_is_not_later(self) -> None:
        wrong = candidate(events=(self.late, self.early))
        assert [subject for subject, _ in rules.time_order(wrong)] == ["r1"]

    def test_other_links_may_go_back_in_time(self) -> None:
        link = LINK.model_copy(update={"kind": "part_of"})
        fine = candidate(events=(self.late, self.early), relationships=(link,))
        assert list(rules.time_order(fine)) == []


def test_a_document_without_events_is_worth_a_word() -> None:
    empty = candidate(events=(), arguments=(), relationships=())
    assert list(rules.emptiness(empty)) == [("", "no events were found")]


class TestConfidence:
    def test_a_main_event_is_sure_enough(self) -> None:
        wrong = candidate(events=(changed(BOUGHT, confidence=0.29), RESIGNED))
        assert list(rules.confidence(wrong)) == [("e1", "confidence 0.29 is under 0.30")]

    def test_a_minor_event_may_be_unsure(self) -> None:
        fine = candidate(events=(changed(BOUGHT, confidence=0.1, salience=0.4), RESIGNED))
        assert list(rules.confidence(fine)) == []


class TestExpectedPrecision:
    """A document is validated where as many of its main events are right as the profile wants."""

    def told(self, target: float, *confidences: float, salience: float = 0.9) -> list[str]:
        review = PROFILES["news"].review.model_copy(update={"target_precision": target})
        events = tuple(
            changed(BOUGHT, event_id=f"e{number}", confidence=one, salience=salience)
            for number, one in enumerate(confidences)
        )
        given = candidate(
            profile=PROFILES["news"].model_copy(update={"review": review}), events=events
        )
        return [message for _, message in rules.expected_precision(given)]

    def test_the_mean_of_their_confidences_is_what_to_expect(self) -> None:
        assert self.told(0.7, 0.9, 0.5) == []
        assert self.told(0.75, 0.9, 0.5) == ["70% of the main events are likely right, under 75%"]

    def test_other_events_do_not_count(self) -> None:
        assert self.told(0.75, 0.1, salience=0.4) == []
        assert self.told(0.75) == []


def test_most_quotes_are_grounded() -> None:
    lost = {"start": 0, "end": 0, "grounding": "ungrounded"}
    wrong = candidate(events=(changed(BOUGHT, **lost), RESIGNED))
    assert list(rules.ungrounded_share(wrong)) == [
        ("", "1 of 4 quotes are not in the document, over 20%")
    ]
