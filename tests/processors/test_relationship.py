from datetime import UTC, datetime

from processors.relationship import plan_relationship
from schemas.annotation import Span
from schemas.output import DetailOutput, FoundArgument, FoundEvent, Quote
from schemas.task import RelationshipTask
from schemas.work import Work
from tests.processors.works import (
    ACME,
    ACME_MENTIONS,
    PROFILES,
    answered,
    detailed,
    event_of,
    failed,
    found,
    planned,
    related,
    summarized,
    work_of,
)

WORK = work_of(ACME, *ACME_MENTIONS)
BOUGHT = found("purchase", "bought", salience=0.9)
RESIGNED = found("personnel", "resigned", salience=0.8)
FIRE = "A fire killed two men. The owner resigned. Police arrested a guard."


def completed(work: Work, *outputs: DetailOutput) -> Work:
    return planned(answered(work, *outputs), plan_relationship)


def nearby(*events: FoundEvent) -> Work:
    """The work with one main event, and an answer about it with these events beside."""
    one = summarized(WORK, BOUGHT)
    return completed(one, DetailOutput(event=BOUGHT, events=events))


class TestAMainEvent:
    work = completed(
        summarized(WORK, BOUGHT),
        DetailOutput(
            event=found(
                "purchase",
                "bought",
                salience=0.1,
                confidence=0.9,
                summary="Acme bought Widget Ltd.",
                polarity="possible",
                time=Quote(text="3 March 2024"),
                place=Quote(text="London"),
                arguments=[FoundArgument(role="buyer", value=Quote(text="Acme"))],
            )
        ),
    )

    def test_is_completed_by_its_answer(self) -> None:
        event = event_of(self.work, "bought")
        assert (event.summary, event.polarity) == ("Acme bought Widget Ltd.", "possible")
        assert (event.place, event.time_text) == ("London", "3 March 2024")
        assert event.time_start == datetime(2024, 3, 3, tzinfo=UTC)

    def test_keeps_its_identity_and_salience(self) -> None:
        before = event_of(summarized(WORK, BOUGHT), "bought")
        event = event_of(self.work, "bought")
        assert (event.event_id, event.salience) == (before.event_id, before.salience)

    def test_gets_its_arguments(self) -> None:
        (buyer,) = self.work.arguments
        assert (buyer.role, buyer.text) == ("buyer", "Acme")
        assert buyer.event_id == event_of(self.work, "bought").event_id

    def test_stays_the_one_asked_about_whatever_the_answer_calls_it(self) -> None:
        renamed = found("agreement", "Its founder", summary="A deal.")
        work = completed(summarized(WORK, BOUGHT), DetailOutput(event=renamed))
        (event,) = work.events
        assert (event.kind, event.text, event.summary) == ("purchase", "bought", "A deal.")


class TestAnEventNearby:
    def test_that_belongs_gets_the_main_event_as_its_parent(self) -> None:
        work = nearby(found("personnel", "resigned", belongs=True))
        parent = event_of(work, "bought").event_id
        assert event_of(work, "resigned").parent_event_id == parent

    def test_that_does_not_belong_stands_alone_with_low_salience(self) -> None:
        work = nearby(found("personnel", "resigned", belongs=False, salience=1.0))
        event = event_of(work, "resigned")
        assert event.parent_event_id == ""
        assert event.salience < 0.5

    def test_that_was_known_is_completed_and_not_repeated(self) -> None:
        text = " ".join(f"Firm{n} bought a mill." for n in range(6))
        events = [found("purchase", "bought", salience=(9 - n) / 10) for n in range(6)]
        one = summarized(work_of(text), *events)
        last = one.events[-1]
        answers = [DetailOutput(event=event) for event in events[:4]]
        again = found("purchase", "bought", at=last.start, place=Quote(text="mill"), belongs=True)
        work = completed(one, *answers, DetailOutput(event=events[4], events=(again,)))
        assert len(work.events) == 6
        assert work.events[-1].event_id == last.event_id
        assert work.events[-1].place == "mill"
        assert work.events[-1].parent_event_id == work.events[4].event_id

    def test_that_is_the_main_event_itself_is_no_part_of_it(self) -> None:
        work = nearby(found("purchase", "bought", belongs=True))
        assert [event.parent_event_id for event in work.events] == [""]

    def test_that_is_another_main_event_stays_one(self) -> None:
        two = summarized(WORK, BOUGHT, RESIGNED)
        work = completed(
            two, DetailOutput(event=BOUGHT, events=(RESIGNED,)), DetailOutput(event=RESIGNED)
        )
        assert [event.parent_event_id for event in work.events] == ["", ""]
        assert all(event.salience >= 0.5 for event in work.events)

    def test_of_an_unknown_kind_is_left_out_and_said(self) -> None:
        work = nearby(found("wedding", "resigned"))
        assert [event.text for event in work.events] == ["bought"]
        assert [finding.rule for finding in work.findings] == ["unknown_kind"]


class TestTheTask:
    def test_links_main_events_and_their_parts(self) -> None:
        work = nearby(found("personnel", "resigned", belongs=True))
        (task,) = work.tasks
        assert isinstance(task, RelationshipTask)
        assert task.event_ids == tuple(event.event_id for event in work.events)
        assert task.kinds == ("precedes", "causes", "part_of", "same_as")

    def test_links_what_shares_a_sentence_though_it_stands_alone(self) -> None:
        text = " ".join(
            f"Firm{number} bought a mill because Ann{number} resigned." for number in range(9)
        )
        work = related(work_of(text))
        (task,) = work.tasks
        assert isinstance(task, RelationshipTask)
        assert len(task.event_ids) == 18
        assert any(not e.parent_event_id and e.salience < 0.5 for e in work.events)

    def test_leaves_out_what_stands_alone_in_its_sentence(self) -> None:
        work = related(work_of(" ".join(f"Firm{number} bought a mill." for number in range(9))))
        (task,) = work.tasks
        assert isinstance(task, RelationshipTask)
        assert len(work.events) == 9
        assert len(task.event_ids) == 5

    def test_holds_each_sentence_of_the_events_once(self) -> None:
        work = related(work_of(FIRE))
        (task,) = work.tasks
        assert isinstance(task, RelationshipTask)
        assert task.spans == (Span(start=0, end=22), Span(start=23, end=42), Span(start=43, end=67))

    def test_goes_to_the_tiers_topic(self) -> None:
        outcome = plan_relationship(answered(detailed(WORK)), PROFILES)
        assert outcome.topic == "inference.standard.relationship"

    def test_is_not_asked_about_a_single_event(self) -> None:
        work = answered(summarized(WORK, BOUGHT), DetailOutput(event=BOUGHT))
        outcome = plan_relationship(work, PROFILES)
        assert outcome.topic == "extraction.relationship"
        assert planned(work, plan_relationship).tasks == ()

    def test_is_not_asked_of_a_profile_without_relationships(self) -> None:
        bare = PROFILES["news"].model_copy(update={"relationships": {}})
        outcome = plan_relationship(answered(detailed(WORK)), {"news": bare})
        assert outcome.topic == "extraction.relationship"


def test_a_failed_detail_leaves_the_event_as_it_was_and_says_so() -> None:
    asked = summarized(WORK, BOUGHT)
    work = planned(failed(asked), plan_relationship)
    assert work.events == asked.events
    (finding,) = work.findings
    assert finding.subject_id == asked.events[0].event_id
    assert finding.message == "the detail task failed: timeout"


def test_nothing_that_was_found_disappears() -> None:
    text = " ".join(f"Firm{number} bought a mill." for number in range(30))
    assert len(related(work_of(text)).events) == 30


def test_the_completions_so_far_are_kept() -> None:
    work = answered(detailed(WORK))
    assert planned(work, plan_relationship).completions == work.completions


def test_planning_again_gives_the_same_bytes() -> None:
    work = answered(detailed(WORK))
    assert planned(work, plan_relationship).to_json() == planned(work, plan_relationship).to_json()
