from datetime import UTC, datetime
from typing import Any

from processors.event_grounding import EventGrounder, GroundedEvent
from schemas.annotation import Span
from schemas.output import FoundArgument, Quote
from tests.processors.works import ACME, ACME_MENTIONS, PROFILES, found, work_of

WHOLE = Span(start=0, end=len(ACME))
WORK = work_of(ACME, *ACME_MENTIONS)


def grounded(kind: str, words: str, **fields: Any) -> GroundedEvent:
    grounder = EventGrounder(WORK, PROFILES["news"])
    event = found(kind, words, **fields)
    return grounder.event(event, grounder.trigger(event, WHOLE), WHOLE)


def argument(role: str, words: str, at: int | None = None) -> FoundArgument:
    return FoundArgument(role=role, value=Quote(text=words, at=at))


def test_the_trigger_gets_its_place() -> None:
    event = grounded("purchase", "bought").event
    assert (event.text, event.start, event.end, event.grounding) == ("bought", 5, 11, "exact")


def test_the_triggers_span_is_the_first_mention() -> None:
    event = grounded("purchase", "bought", mentions=[{"text": "Acme bought"}]).event
    assert event.mentions == (Span(start=5, end=11), Span(start=0, end=11))


def test_an_event_has_one_id_however_often_it_is_found() -> None:
    once, again = grounded("purchase", "bought"), grounded("purchase", "BOUGHT", salience=0.1)
    assert once.event.event_id == again.event.event_id
    assert once.event.event_id != grounded("agreement", "bought").event.event_id


def test_an_ungrounded_event_is_told_apart_by_its_words() -> None:
    one, other = grounded("purchase", "merged quickly"), grounded("purchase", "sold everything")
    assert one.event.mentions == ()
    assert one.event.event_id != other.event.event_id


def test_a_time_has_the_bounds_of_the_date_that_it_names() -> None:
    event = grounded("personnel", "resigned", time=Quote(text="a day later")).event
    assert event.time_text == "a day later"
    assert event.time_start == datetime(2024, 3, 4, tzinfo=UTC)
    assert event.time_end == datetime(2024, 3, 4, 23, 59, 59, tzinfo=UTC)


def test_a_time_that_no_date_names_keeps_its_words() -> None:
    event = grounded("personnel", "resigned", time=Quote(text="later.")).event
    assert (event.time_text, event.time_end) == (
        "later.",
        datetime(2024, 3, 4, 23, 59, 59, tzinfo=UTC),
    )
    unknown = grounded("personnel", "resigned", time=Quote(text="Its founder")).event
    assert (unknown.time_text, unknown.time_start) == ("Its founder", None)


def test_a_place_stands_as_in_the_document() -> None:
    assert grounded("purchase", "bought", place=Quote(text="LONDON")).event.place == "London"


def test_a_time_or_place_that_is_not_in_the_document_is_left_out_and_said() -> None:
    result = grounded(
        "purchase", "bought", time=Quote(text="last Christmas"), place=Quote(text="Ouagadougou")
    )
    assert (result.event.time_text, result.event.place) == ("", "")
    assert [f.rule for f in result.findings] == ["ungrounded_time", "ungrounded_place"]
    assert {f.severity for f in result.findings} == {"info"}


class TestArguments:
    def test_an_argument_is_linked_to_the_entity_that_it_names(self) -> None:
        (buyer,) = grounded("purchase", "bought", arguments=[argument("buyer", "Acme")]).arguments
        assert (buyer.text, buyer.start, buyer.end) == ("Acme", 0, 4)
        assert buyer.entity_id == WORK.entities[0].entity_id

    def test_only_an_entity_that_fits_the_role_is_linked(self) -> None:
        (person,) = grounded(
            "personnel", "resigned", arguments=[argument("person", "Widget Ltd in London")]
        ).arguments
        assert person.entity_id == ""

    def test_words_without_an_entity_stay_unlinked(self) -> None:
        (person,) = grounded(
            "personnel", "resigned", arguments=[argument("person", "Its founder")]
        ).arguments
        assert (person.text, person.entity_id) == ("Its founder", "")

    def test_words_that_are_not_there_stay_ungrounded(self) -> None:
        (buyer,) = grounded(
            "purchase", "bought", arguments=[argument("buyer", "Globex Corporation")]
        ).arguments
        assert (buyer.grounding, buyer.start, buyer.end) == ("ungrounded", 0, 0)

    def test_repeats_are_one_argument(self) -> None:
        repeated = [argument("buyer", "Acme"), argument("buyer", "Acme", at=0)]
        assert len(grounded("purchase", "bought", arguments=repeated).arguments) == 1

    def test_an_unknown_role_is_left_out_and_said(self) -> None:
        result = grounded("purchase", "bought", arguments=[argument("bride", "Acme")])
        assert result.arguments == ()
        assert result.findings[0].rule == "unknown_role"
        assert result.findings[0].subject_id == result.event.event_id


def test_an_unknown_kind_is_a_finding() -> None:
    grounder = EventGrounder(WORK, PROFILES["news"])
    unknown = grounder.unknown_kind(found("wedding", "bought"))
    assert unknown is not None
    assert "'wedding', unknown to profile news" in unknown.message
    assert grounder.unknown_kind(found("purchase", "bought")) is None
