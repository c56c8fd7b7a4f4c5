"""What comes of one message of tasks: the message with its completions, and a record per call."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter

from schemas.completion import Completed, Completion, Failed
from schemas.errors import RefusedError
from schemas.record import Outgoing, Record
from schemas.task import Task
from schemas.topics import LEVELS, Level, extraction_topic, inference_topic, tier_and_level
from schemas.work import StageTime, Work
from streams.inference.calls import call_records
from streams.inference.cascade import CASCADE, Cascade, Step
from streams.inference.engine import Engine, EngineDeadError
from streams.inference.lane import Lane
from streams.letters import dead_letter
from streams.processing import Clock, bounded_json, continued_headers, unexpected, utc_now
from streams.telemetry.inference_metrics import count_calls
from streams.telemetry.stage_metrics import count_record
from streams.telemetry.tracing import trace_calls
from streams.topology import read_work

STAGE = "inference"


@dataclass(frozen=True, slots=True)
class Answering:
    """What answering needs: a lane for each tier served here, limits, the time of day.

    ``last_resort`` answers what no tier could; without one such a task stays failed.
    """

    lanes: Mapping[str, Lane]
    last_resort: Engine | None = None
    cascade: Cascade = field(default_factory=lambda: CASCADE)
    max_message_bytes: int = 8 * 1024 * 1024
    clock: Clock = utc_now


@dataclass(frozen=True, slots=True)
class _Message:
    """A message of tasks: what it asks, where it lies, and whose turn it is."""

    work: Work
    level: Level
    place: str
    lane: Lane
    on_call: Callable[[], None]


async def answer_record(
    record: Record, answering: Answering, on_call: Callable[[], None] = lambda: None
) -> list[Outgoing]:
    """Run all tasks of a record; give its calls and its continuation, or a dead letter.

    ``on_call`` is told each time that one of them has its turn.

    A task that has an answer already (from another tier) is not run again. Where a task failed that
    a larger tier may answer, the whole message goes on to that tier instead of to the next stage.

    Raises:
        EngineDeadError: passed on: the record stays unanswered.
    """
    began = perf_counter()
    try:
        message = _message(record, answering, on_call)
        work = message.work
        completions = await _run(message, answering.cascade)
        topic = _next_topic(message, completions, answering.cascade)
        if topic == extraction_topic(message.level):
            completions = await _by_last_resort(message, completions, answering)
        spent = StageTime(
            stage=STAGE,
            finished_at=answering.clock(),
            milliseconds=round((perf_counter() - began) * 1000, 3),
        )
        answered = work.model_copy(
            update={
                "completions": (*_earlier(work), *completions),
                "stage_times": (*work.stage_times, spent),
            }
        )
        value = bounded_json(answered.to_json(), answering.max_message_bytes)
        if topic != extraction_topic(message.level) or not _comes_back(answered, message):
            message.lane.close(work)
    except RefusedError as error:
        return [_counted(dead_letter(STAGE, record, error), began)]
    except EngineDeadError:
        raise
    except Exception as error:
        return [_counted(dead_letter(STAGE, record, unexpected(error)), began)]
    key = work.document.document_id.encode()
    forward = Outgoing(topic, key, value, continued_headers(record, work))
    count_calls(work, completions, message.lane.tier)
    trace_calls(work, completions, message.lane.tier)
    return [*call_records(work, completions, message.lane.tier), _counted(forward, began)]


def _counted(outgoing: Outgoing, began: float) -> Outgoing:
    count_record(STAGE, outgoing, perf_counter() - began)
    return outgoing


def _message(record: Record, answering: Answering, on_call: Callable[[], None]) -> _Message:
    """The tasks of a record, if they may be answered here."""
    work = read_work(record)
    tier, level = tier_and_level(record.topic)
    lane = answering.lanes.get(tier)
    if lane is None:
        raise RefusedError(
            "unserved_model", f"tier {tier} is not served here: set its engine, then redrive"
        )
    _check_served(work, lane)
    place = f"{record.topic}/{record.partition}/{record.offset}"
    return _Message(work, level, place, lane, on_call)


def _check_served(work: Work, lane: Lane) -> None:
    wanted, served = work.run.specification.served_by(lane.tier), lane.engine.identity
    # Another revision answers, too: a finding of the document says so.
    if wanted is None or (wanted.engine, wanted.name) != (served.engine, served.model):
        wish = f"{wanted.engine}/{wanted.model}" if wanted else "nothing"
        raise RefusedError(
            "unserved_model",
            f"run {work.run.run_id} wants {wish} in tier {lane.tier}, but this consumer serves "
            f"{served.engine}/{served.model}: start one that serves it, then redrive",
        )


def _earlier(work: Work) -> tuple[Completion, ...]:
    """The completions of the levels before."""
    asked = {task.task_id for task in work.tasks}
    return tuple(done for done in work.completions if done.task_id not in asked)


async def _run(message: _Message, cascade: Cascade) -> tuple[Completion, ...]:
    """A completion for each task, with the attempts that were made in tiers before.

    Only what failed there in a way that a larger tier may mend is run here.
    """
    work, lane = message.work, message.lane
    before = {done.task_id: done for done in work.completions}

    async def complete(task: Task) -> Completion:
        former = before.get(task.task_id)
        if isinstance(former, Completed):
            return former
        if former is not None and Step.NEXT_TIER not in cascade[former.kind]:
            return former
        done = await lane.complete(task, work, message.place, message.on_call)
        return _after(former, done)

    running = [asyncio.create_task(complete(task)) for task in work.tasks]
    try:
        return tuple(await asyncio.gather(*running))
    finally:
        for task in running:
            task.cancel()


def _after(former: Completion | None, done: Completion) -> Completion:
    """``done``, with the attempts of ``former`` before its own."""
    if former is None:
        return done
    return done.model_copy(update={"attempts": (*former.attempts, *done.attempts)})


def _next_topic(message: _Message, completions: tuple[Completion, ...], cascade: Cascade) -> str:
    following = message.work.run.specification.next_tier(message.lane.tier)
    may_follow = any(
        isinstance(done, Failed) and Step.NEXT_TIER in cascade[done.kind] for done in completions
    )
    if following is not None and may_follow:
        return inference_topic(following, message.level)
    return extraction_topic(message.level)


async def _by_last_resort(
    message: _Message, completions: tuple[Completion, ...], answering: Answering
) -> tuple[Completion, ...]:
    """The completions, with what failed answered by the last resort."""
    engine = answering.last_resort
    if engine is None:
        return completions
    tasks = {task.task_id: task for task in message.work.tasks}
    found = []
    for done in completions:
        if isinstance(done, Failed) and Step.LAST_RESORT in answering.cascade[done.kind]:
            found.append(_after(done, await engine.complete(tasks[done.task_id], message.work)))
        else:
            found.append(done)
    return tuple(found)


def _comes_back(work: Work, message: _Message) -> bool:
    """Whether a further level of the document is to come to this tier: each begins in its own."""
    level = message.level
    if level == "relationship":
        return False
    further_levels = LEVELS[LEVELS.index(level) + 1 :]
    if message.lane.tier not in {work.tier_of(one) for one in further_levels}:
        return False
    outputs = [done.output for done in work.completions if isinstance(done, Completed)]
    events = sum(len(output.events) for output in outputs if output.level == "summary")
    if level == "summary":
        return events > 0
    further = sum(len(output.events) for output in outputs if output.level == "detail")
    return events + further > 1
