"""What comes of one message of tasks: the same message with its completions, and the calls."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from time import perf_counter

from schemas import topics
from schemas.completion import Completed, Completion, InferenceCall
from schemas.errors import RefusedError
from schemas.ids import content_id
from schemas.record import Outgoing, Record
from schemas.task import Task
from schemas.topics import LEVELS, extraction_topic
from schemas.work import StageTime, Work
from streams.inference.engine import DeployedEngine, EngineDeadError
from streams.letters import dead_letter
from streams.processing import Clock, bounded_json, continued_headers, unexpected, utc_now
from streams.topology import read_work

STAGE = "inference"


@dataclass(frozen=True, slots=True)
class Answering:
    """What answering needs: the engine, room for a call, limits, the time of day."""

    engine: DeployedEngine
    room: AbstractAsyncContextManager[object]
    max_message_bytes: int = 8 * 1024 * 1024
    clock: Clock = utc_now


async def answer_record(record: Record, answering: Answering) -> list[Outgoing]:
    """Run all tasks of a record; give its calls and its continuation, or a dead letter.

    A task that has a completion already (from another tier) is not run again.

    Raises:
        EngineDeadError: passed on: the record stays unanswered.
    """
    began = perf_counter()
    try:
        work = read_work(record)
        _check_served(work, answering)
        completions = await _run(work, answering)
        spent = StageTime(
            stage=STAGE,
            finished_at=answering.clock(),
            milliseconds=round((perf_counter() - began) * 1000, 3),
        )
        answered = work.model_copy(
            update={"completions": completions, "stage_times": (*work.stage_times, spent)}
        )
        value = bounded_json(answered.to_json(), answering.max_message_bytes)
    except RefusedError as error:
        return [dead_letter(STAGE, record, error)]
    except EngineDeadError:
        raise
    except Exception as error:
        return [dead_letter(STAGE, record, unexpected(error))]
    level = next(level for level in LEVELS if record.topic.endswith(f".{level}"))
    forward = Outgoing(
        extraction_topic(level),
        work.document.document_id.encode(),
        value,
        continued_headers(record, work),
    )
    return [*_calls(work, completions), forward]


def _check_served(work: Work, answering: Answering) -> None:
    wanted, served = work.run.specification, answering.engine.identity
    if (wanted.engine, wanted.model) != (served.engine, served.model):
        raise RefusedError(
            "unserved_model",
            f"run {work.run.run_id} wants {wanted.engine}/{wanted.model}, but this consumer serves "
            f"{served.engine}/{served.model}: start one that serves it, then redrive",
        )


async def _run(work: Work, answering: Answering) -> tuple[Completion, ...]:
    answered = {
        completion.task_id for completion in work.completions if isinstance(completion, Completed)
    }
    open_tasks = [task for task in work.tasks if task.task_id not in answered]
    asked = {task.task_id for task in open_tasks}
    kept = [completion for completion in work.completions if completion.task_id not in asked]

    async def complete(task: Task) -> Completion:
        async with answering.room:
            return await answering.engine.complete(task, work)

    running = [asyncio.create_task(complete(task)) for task in open_tasks]
    try:
        return (*kept, *await asyncio.gather(*running))
    finally:
        for task in running:
            task.cancel()


def _calls(work: Work, completions: Sequence[Completion]) -> list[Outgoing]:
    tasks = {task.task_id: task for task in work.tasks}
    key = work.document.document_id.encode()
    records = []
    for completion in completions:
        task = tasks.get(completion.task_id)
        if task is None:  # of an earlier level: recorded when it was made
            continue
        for ordinal, attempt in enumerate(completion.attempts):
            call = InferenceCall(
                call_id=content_id(
                    "call",
                    task.task_id,
                    work.origin.generation,
                    work.origin.attempt,
                    ordinal,
                ),
                run_id=work.run.run_id,
                document_id=work.document.document_id,
                level=task.level,
                tier=work.tier,
                prompt_version=task.prompt_version,
                attempt=attempt,
            )
            records.append(Outgoing(topics.INFERENCE_CALLS, key, call.to_json()))
    return records
