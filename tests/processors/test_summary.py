import pytest

from processors.summary import plan_summary
from schemas.errors import RefusedError
from schemas.profile import Profile
from schemas.task import SummaryTask
from tests.processors.works import ACME, ACME_MENTIONS, INGESTED, PROFILES, planned, work_of

LONG = ACME + " " + " ".join("Nothing else happened that day." for _ in range(40))


def tasks_of(text: str, chunk_characters: int = 24_000) -> list[SummaryTask]:
    work = planned(work_of(text, chunk_characters=chunk_characters), plan_summary)
    return [task for task in work.tasks if isinstance(task, SummaryTask)]


def test_a_document_of_one_chunk_has_one_task() -> None:
    (task,) = tasks_of(ACME)
    assert (task.chunk, task.profile, task.run_id, task.document_id) == (0, "news", "live", "d1")


def test_every_chunk_has_a_task_of_its_own() -> None:
    tasks = tasks_of(LONG, chunk_characters=300)
    assert [task.chunk for task in tasks] == list(range(len(tasks)))
    assert len({task.task_id for task in tasks}) == len(tasks) > 3


def test_the_tasks_wait_for_the_documents_tier() -> None:
    work = work_of(ACME).model_copy(update={"tier": "large"})
    assert plan_summary(work, PROFILES).topic == "inference.large.summary"


def test_more_events_are_asked_for_than_the_main_ones() -> None:
    (task,) = tasks_of(ACME)
    assert task.event_limit >= 4 * PROFILES["news"].limits.main_events


def test_a_document_whose_events_would_not_fit_a_message_is_asked_for_fewer_and_says_so() -> None:
    # 19 chunks of up to 400 events are 9 MB.
    large = planned(work_of(ACME * 5_500), plan_summary)
    small = planned(work_of(ACME * 2_000), plan_summary)

    limits = [task.event_limit for task in large.tasks if isinstance(task, SummaryTask)]
    assert 0 < max(limits) < 400
    assert sum(limits) * 1_250 + len(large.document.text) < 8 * 1024 * 1024
    assert [(one.rule, one.severity) for one in large.findings] == [("event_limit", "warning")]
    assert f"only the {max(limits)} most salient events" in large.findings[0].message
    assert max(task.event_limit for task in small.tasks if isinstance(task, SummaryTask)) == 400
    assert small.findings == ()


def test_a_document_without_chunks_flows_on() -> None:
    outcome = plan_summary(work_of(""), PROFILES)
    assert outcome.topic == "extraction.relationship"
    assert planned(work_of(""), plan_summary).tasks == ()


def test_a_profile_without_kinds_of_events_asks_nothing() -> None:
    empty = PROFILES["news"].model_copy(update={"events": {}})
    assert isinstance(empty, Profile)
    assert plan_summary(work_of(ACME), {"news": empty}).topic == "extraction.relationship"


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(RefusedError, match="is not known here"):
        plan_summary(work_of(ACME), {})


def test_planning_again_gives_the_same_bytes() -> None:
    work = work_of(ACME, *ACME_MENTIONS)
    assert plan_summary(work, PROFILES) == plan_summary(work, PROFILES)
    assert planned(work, plan_summary).to_json() == planned(work, plan_summary).to_json()


class TestATasksId:
    def test_differs_between_texts_of_one_document(self) -> None:
        work = work_of(ACME)
        later = work.origin.model_copy(update={"source_offset": 42})
        moved = work.model_copy(update={"origin": later})
        assert planned(work, plan_summary).tasks != planned(moved, plan_summary).tasks

    def test_differs_between_runs(self) -> None:
        work = work_of(ACME)
        other = work.model_copy(update={"run": work.run.model_copy(update={"run_id": "trial"})})
        ours, theirs = planned(work, plan_summary).tasks[0], planned(other, plan_summary).tasks[0]
        assert ours.task_id != theirs.task_id

    def test_is_the_same_in_every_pass(self) -> None:
        work = work_of(ACME)
        again = work.origin.model_copy(update={"generation": 7, "attempt": 2})
        replayed = work.model_copy(update={"origin": again})
        assert planned(work, plan_summary).tasks == planned(replayed, plan_summary).tasks
        assert work.origin.ingested_at == INGESTED
