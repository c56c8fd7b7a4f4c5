"""What comes of a message of tasks: completions, calls, letters."""

import asyncio
from dataclasses import replace

import pytest

from schemas import topics
from schemas.completion import Attempt, Completed, Completion, Failed, InferenceCall
from schemas.output import SummaryOutput
from schemas.record import Outgoing, Record
from schemas.task import Task
from schemas.work import Work
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering, answer_record
from streams.inference.embedded_engine import local_identity
from streams.inference.engine import EngineDeadError, EngineIdentity
from streams.inference.lane import Lane
from streams.inference.scripted_engine import ScriptedEngine
from tests.flow import inputs_of, noon

ATTEMPT = Attempt(
    engine="local", model="lexical", model_revision="1", outcome="completed", called_at=noon(),
    prompt_tokens=100, completion_tokens=7,
)  # fmt: skip


def empty_answer(task: Task, _work: Work) -> Completion:
    return Completed(task_id=task.task_id, output=SummaryOutput(), attempts=(ATTEMPT,))


def lanes(engine: ScriptedEngine, room: int = 8) -> dict[str, Lane]:
    return {"standard": Lane("standard", engine, Limits(max_batch_size=room, linger_s=0))}


async def answered(
    engine: ScriptedEngine, record: Record | None = None, room: int = 8
) -> list[Outgoing]:
    given = record or (await inputs_of("d"))["inference"]
    return await answer_record(given, Answering(lanes(engine, room), clock=noon))


async def test_the_message_goes_on_with_a_completion_for_each_task() -> None:
    *_, forward = await answered(ScriptedEngine(empty_answer, local_identity()))

    assert forward.topic == "extraction.summary"
    work = Work.from_json(forward.value or b"")
    assert [one.task_id for one in work.completions] == [task.task_id for task in work.tasks]


async def test_each_real_call_is_recorded_under_an_id_that_repeats() -> None:
    engine = ScriptedEngine(empty_answer, local_identity())
    first, *_ = await answered(engine)
    again, *_ = await answered(engine)

    call = InferenceCall.from_json(first.value or b"")
    assert first.topic == topics.INFERENCE_CALLS
    assert (call.level, call.tier, call.attempt.prompt_tokens) == ("summary", "standard", 100)
    assert InferenceCall.from_json(again.value or b"").call_id == call.call_id


async def test_a_failed_task_is_a_completion_too() -> None:
    def fail(task: Task, _work: Work) -> Completion:
        return Failed(task_id=task.task_id, kind="timeout", retryable=True, message="late")

    *_, forward = await answered(ScriptedEngine(fail, local_identity()))

    assert [one.status for one in Work.from_json(forward.value or b"").completions] == ["failed"]


async def test_a_finished_task_never_runs_twice() -> None:
    engine = ScriptedEngine(empty_answer, local_identity())
    *_, forward = await answered(engine)
    handed_over = Record(
        "inference.standard.summary", 0, 1, 0, forward.key, forward.value, forward.headers
    )

    *_, second = await answered(engine, handed_over)

    assert len(engine.calls) == 1
    work = Work.from_json(second.value or b"")
    assert len(work.completions) == len(work.tasks) == 1


async def test_a_run_that_wants_another_model_is_refused_by_name() -> None:
    engine = ScriptedEngine(empty_answer, EngineIdentity("vllm", "llama-8b", "abc"))

    (letter,) = await answered(engine)

    assert letter.topic == topics.DEAD_LETTERS
    assert dict(letter.headers)[topics.LETTER_KIND] == b"unserved_model"
    assert b"wants local/lexical" in (dict(letter.headers)[topics.LETTER_MESSAGE] or b"")
    assert engine.calls == []


async def test_another_revision_of_the_model_answers() -> None:
    record = (await inputs_of("d"))["inference"]
    work = Work.from_json(record.value or b"")
    frozen = work.run.specification.model_copy(update={"model": "lexical@of-last-year"})
    wanting = work.model_copy(update={"run": work.run.model_copy(update={"specification": frozen})})
    engine = ScriptedEngine(empty_answer, local_identity())

    *_, forward = await answered(engine, replace(record, value=wanting.to_json()))

    assert forward.topic != topics.DEAD_LETTERS
    assert len(engine.calls) == 1


async def test_a_defect_of_the_engines_adapter_is_a_letter_without_its_words() -> None:
    def broken(_task: Task, work: Work) -> Completion:
        raise ValueError(work.document.text)

    (letter,) = await answered(ScriptedEngine(broken, local_identity()))

    message = dict(letter.headers)[topics.LETTER_MESSAGE] or b""
    assert dict(letter.headers)[topics.LETTER_KIND] == b"unexpected"
    assert message.startswith(b"ValueError at test_answering.py:")
    assert b"Acme" not in message


async def test_a_dead_engine_is_raised_and_answers_nothing() -> None:
    def die(_task: Task, _work: Work) -> Completion:
        raise EngineDeadError("gone")

    with pytest.raises(EngineDeadError):
        await answered(ScriptedEngine(die, local_identity()))


async def test_calls_in_flight_are_bounded_over_all_messages() -> None:
    async def slowly(task: Task, work: Work) -> Completion:
        for _ in range(5):
            await asyncio.sleep(0)
        return empty_answer(task, work)

    engine = ScriptedEngine(slowly, local_identity())
    answering = Answering(lanes(engine, 3), clock=noon)
    record = (await inputs_of("d"))["inference"]

    records = [replace(record, offset=offset) for offset in range(20)]
    await asyncio.gather(*(answer_record(one, answering) for one in records))

    assert engine.most_in_flight == 3
    assert len(engine.calls) == 20
