"""A record as its copy: another pass, in the replay's run."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas import topics
from schemas.completion import Completion
from schemas.document import Origin
from schemas.errors import RefusedError
from schemas.extraction import Extraction
from schemas.ids import content_id
from schemas.letter import first_place, origin_at
from schemas.record import Headers, Outgoing, Record
from schemas.replay import Replay
from schemas.run import Run
from schemas.task import Task
from schemas.version import document_version
from schemas.work import Work
from streams.letters import original_headers
from streams.replay.candidate import ingested_origin
from streams.replay.source import Source

# Those that are stamped anew, and the trace: a new one begins.
_OURS = frozenset(
    {
        topics.HEADER_RUN,
        topics.HEADER_ATTEMPT,
        topics.HEADER_REPLAY,
        topics.HEADER_TRACEPARENT,
        topics.HEADER_TRACESTATE,
    }
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the copies of a replay carry.

    ``base_run_id`` is the run of ingested records, which have none of their own.
    """

    run: Run
    generation: int
    base_run_id: str


def restamped(record: Record, source: Source, stamp: Stamp) -> Outgoing:
    """The copy of a record.

    Raises:
        RefusedError: it is not what its topic carries.
    """
    run = stamp.run
    headers: Headers = (
        *(one for one in original_headers(record.headers) if one[0] not in _OURS),
        (topics.HEADER_RUN, run.run_id.encode()),
        (topics.HEADER_ATTEMPT, b"1"),
    )
    if source.carries == "documents":
        replay = Replay(run=run, origin=_passed(_ingested(record), record, stamp))
        said = replay.model_dump_json().encode()
        return Outgoing(
            record.topic, record.key, record.value, (*headers, (topics.HEADER_REPLAY, said))
        )
    if record.value is None:
        raise RefusedError("malformed", f"no value on {record.topic}")
    value = (
        _work(record, Work.from_json(record.value), source, stamp).to_json()
        if source.carries == "works"
        else _extraction(record, Extraction.from_json(record.value), stamp).to_json()
    )
    return Outgoing(record.topic, record.key, value, headers)


def _ingested(record: Record) -> Origin:
    """The origin of a record as it was first ingested."""
    return ingested_origin(record) or origin_at(first_place(record))


def _passed(origin: Origin, record: Record, stamp: Stamp, base: Run | None = None) -> Origin:
    """The origin in the replay's pass."""
    return origin.model_copy(
        update={
            "generation": stamp.generation,
            "attempt": 1,
            "replayed_from": record.topic,
            "base_run_id": base.run_id if base else stamp.base_run_id,
        }
    )


def _work(record: Record, work: Work, source: Source, stamp: Stamp) -> Work:
    origin = _passed(work.origin, record, stamp, work.run)
    moved = work.model_copy(update={"run": stamp.run, "origin": origin})
    if source.level is None:
        return moved
    renamed = {task.task_id: _task_id(task, stamp.run) for task in work.tasks}
    return moved.model_copy(
        update={
            "tasks": tuple(_asked(task, renamed, stamp.run) for task in work.tasks),
            "completions": _renamed(work.completions, renamed),
        }
    )


def _task_id(task: Task, run: Run) -> str:
    """A task of another run is another: the ids of its calls are made of its own."""
    return (
        task.task_id if task.run_id == run.run_id else content_id("task", task.task_id, run.run_id)
    )


def _asked(task: Task, renamed: dict[str, str], run: Run) -> Task:
    return task.model_copy(
        update={
            "task_id": renamed[task.task_id],
            "run_id": run.run_id,
            "prompt_version": run.specification.prompt_version,
        }
    )


def _renamed(completions: Sequence[Completion], renamed: dict[str, str]) -> tuple[Completion, ...]:
    return tuple(
        one.model_copy(update={"task_id": renamed.get(one.task_id, one.task_id)})
        for one in completions
    )


def _extraction(record: Record, extraction: Extraction, stamp: Stamp) -> Extraction:
    origin = _passed(extraction.origin, record, stamp, extraction.run)
    version = document_version(
        origin.ingested_at, origin.source_offset, origin.generation, extraction.revision
    )
    return extraction.model_copy(update={"run": stamp.run, "origin": origin, "version": version})
