from processors.detail import plan_detail
from processors.summary import plan_summary
from schemas.annotation import Span
from schemas.completion import Completed, Failed
from schemas.output import SummaryOutput
from schemas.task import DetailTask
from schemas.work import Work
from tests.processors.works import (
    ACME,
    ACME_MENTIONS,
    PROFILES,
    answered,
    event_of,
    failed,
    found,
    planned,
    summarized,
    with_completions,
    work_of,
)

WORK = work_of(ACME, *ACME_MENTIONS)
DEALS = " ".join(f"Firm{number} bought a mill." for number in range(9))


def tasks_of(work: Work) -> list[DetailTask]:
    return [task for task in work.tasks if isinstance(task, DetailTask)]


def test_the_events_are_grounded_in_the_order_of_the_text() -> None:
    work = summarized(WORK, found("personnel", "resigned"), found("purchase", "bought"))
    assert [(e.kind, e.start, e.end) for e in work.events] == [
        ("purchase", 5, 11),
        ("personnel", 62, 70),
    ]


def test_there_is_one_task_a_main_event() -> None:
    work = summarized(WORK, found("purchase", "bought"), found("personnel", "resigned"))
    tasks = tasks_of(work)
    assert [task.event_id for task in tasks] == [event.event_id for event in work.events]
    assert tasks[0].spans == (Span(start=5, end=11),)
    assert tasks[0].roles == ("buyer", "object", "seller", "price")
    assert plan_detail(answered(planned(WORK, plan_summary)), PROFILES).topic == (
        "inference.standard.detail"
    )


class TestMerging:
    def test_events_of_one_kind_with_overlapping_triggers_are_one(self) -> None:
        work = summarized(
            WORK,
            found("purchase", "bought", salience=0.9),
            found("purchase", "bought Widget Ltd", salience=0.2),
        )
        (event,) = work.events
        assert event.text == "bought"
        assert event.mentions == (Span(start=5, end=11), Span(start=5, end=22))

    def test_events_of_two_kinds_stay_two(self) -> None:
        work = summarized(WORK, found("purchase", "bought"), found("agreement", "bought"))
        assert [event.kind for event in work.events] == ["agreement", "purchase"]

    def test_a_chain_of_overlaps_is_one(self) -> None:
        work = summarized(
            WORK,
            found("purchase", "Acme bought"),
            found("purchase", "bought Widget"),
            found("purchase", "Widget Ltd"),
        )
        assert len(work.events) == 1

    def test_repeated_words_mean_the_next_place(self) -> None:
        text = "Acme bought Widget. Widget bought Gadget."
        work = summarized(work_of(text), found("purchase", "bought"), found("purchase", "bought"))
        assert [event.start for event in work.events] == [5, 27]

    def test_ungrounded_repeats_are_one(self) -> None:
        work = summarized(
            WORK, found("purchase", "sold everything"), found("purchase", "Sold everything")
        )
        assert len(work.events) == 1

    def test_events_of_several_chunks_come_together(self) -> None:
        work = answered(planned(work_of(DEALS, chunk_characters=60), plan_summary))
        assert len(work.tasks) > 2
        assert [e.text for e in planned(work, plan_detail).events] == ["bought"] * 9


class TestRanking:
    work = summarized(
        work_of(DEALS),
        *(found("purchase", "bought", salience=number / 10) for number in range(9)),
    )

    def test_the_most_salient_are_the_profiles_number_of_main_events(self) -> None:
        main = [event for event in self.work.events if event.salience >= 0.5]
        assert len(main) == PROFILES["news"].limits.main_events == len(self.work.tasks)
        assert [event.start for event in main] == [e.start for e in self.work.events[4:]]

    def test_the_others_are_kept_with_low_salience(self) -> None:
        assert len(self.work.events) == 9
        assert all(event.salience < 0.5 for event in self.work.events[:4])

    def test_each_other_event_is_near_exactly_one_main_event(self) -> None:
        near = [event_id for task in tasks_of(self.work) for event_id in task.nearby]
        assert near == [event.event_id for event in self.work.events[:4]]
        assert len(tasks_of(self.work)[0].nearby) == 4


class TestWhatAnAnswerGetsWrong:
    def test_an_unknown_kind_is_left_out_and_said(self) -> None:
        work = summarized(WORK, found("wedding", "bought"), found("purchase", "bought"))
        assert [event.kind for event in work.events] == ["purchase"]
        assert [finding.rule for finding in work.findings] == ["unknown_kind"]

    def test_words_that_are_not_there_are_kept_as_ungrounded(self) -> None:
        work = summarized(WORK, found("purchase", "hijacked a tanker"))
        assert work.events[0].grounding == "ungrounded"
        assert tasks_of(work)[0].spans == ()

    def test_a_failed_chunk_is_a_finding_and_the_others_count(self) -> None:
        asked = planned(work_of(DEALS, chunk_characters=120), plan_summary)
        one, other = asked.tasks[:2]
        done = SummaryOutput(events=(found("purchase", "bought"),))
        work = with_completions(
            asked,
            [
                Failed(task_id=one.task_id, kind="refusal", retryable=False, message="no"),
                Completed(task_id=other.task_id, output=done),
            ],
        )
        detailed = planned(work, plan_detail)
        assert [finding.message for finding in detailed.findings] == [
            "the summary task of chunk 0 failed: refusal"
        ]
        assert len(detailed.events) == 1


def test_a_document_without_events_goes_straight_on() -> None:
    work = answered(planned(WORK, plan_summary), SummaryOutput())
    outcome = plan_detail(work, PROFILES)
    assert outcome.topic == "extraction.relationship"
    assert planned(work, plan_detail).tasks == ()


def test_a_document_whose_summary_failed_goes_straight_on() -> None:
    work = failed(planned(WORK, plan_summary))
    assert plan_detail(work, PROFILES).topic == "extraction.relationship"


def test_the_completions_so_far_are_kept() -> None:
    work = answered(planned(WORK, plan_summary))
    assert planned(work, plan_detail).completions == work.completions


def test_planning_again_gives_the_same_bytes() -> None:
    work = answered(planned(WORK, plan_summary))
    assert planned(work, plan_detail).to_json() == planned(work, plan_detail).to_json()


def test_the_events_ids_do_not_depend_on_the_run() -> None:
    other = WORK.model_copy(update={"run": WORK.run.model_copy(update={"run_id": "trial"})})
    assert event_of(summarized(WORK, found("purchase", "bought")), "bought").event_id == (
        event_of(summarized(other, found("purchase", "bought")), "bought").event_id
    )
