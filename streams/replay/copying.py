"""The second pass: the chosen records are copied, held back by the lag of the stages behind."""

from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from aiokafka import TopicPartition

from schemas.errors import UnavailableError
from schemas.record import Outgoing, Record
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.broker.outbox import Outbox
from streams.broker.reading import TopicReader
from streams.broker.refusal import answering
from streams.replay.checkpoint import Checkpoints, CopyProgress, Plan
from streams.replay.restamp import Stamp, restamped
from streams.replay.source import Source, source_of, stages_behind
from streams.replay.throttle import Throttle
from streams.stage import Stage
from streams.telemetry.tracing import producing

_BATCH_BYTES = 16 * 1024 * 1024

Chosen = Mapping[int, Sequence[tuple[int, int]]]


def _silent(*_: object) -> None:
    """Take progress and say nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told while copying: records copied so far and the lag; stages that nobody runs."""

    on_copied: Callable[[int], None] = _silent
    on_lag: Callable[[int], None] = _silent
    on_idle: Callable[[list[str]], None] = _silent


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a plan: ``removed`` were chosen, but retention took them before the copy."""

    records: int
    removed: int


@dataclass(slots=True)
class _Batch:
    """Records that are sent together, and the offsets that come after them."""

    records: list[Outgoing] = field(default_factory=list)
    next_offsets: dict[int, int] = field(default_factory=dict)
    size: int = 0

    def add(self, record: Record, copy: Outgoing) -> None:
        self.records.append(copy)
        self.next_offsets[record.partition] = record.offset + 1
        self.size += len(copy.value or b"")


async def copy(
    broker: Broker,
    stages: Sequence[Stage],
    plan: Plan,
    checkpoints: Checkpoints,
    told: Told = Told(),
) -> Copied:
    """Copy what a plan says and is not copied yet.

    In the order of its loop:

    1. read the next chosen records, a batch of at most half the lag that is allowed;
    2. wait until the stages behind the topic are less than that lag behind;
    3. send the copies and wait until the brokers have all of them;
    4. note in the checkpoint which offset comes next.

    Killed in between, it copies a batch again, with the same generation and content: the same rows.

    Raises:
        UnavailableError: Kafka does not answer; the checkpoint stands.
        RemovedError: retention is faster than the replay; the checkpoint stands.
    """
    source = source_of(plan.topic, stages)
    progress = checkpoints.progress(plan.generation)
    async with Positions(broker) as positions:
        with answering():
            ends = await positions.ends([plan.topic])
            begins = await positions.begins(list(ends))
        chosen, removed = remaining(plan, progress, begins)
        throttle = Throttle(
            positions, stages_behind(plan.topic, stages), plan.max_lag, told.on_lag, told.on_idle
        )
        told.on_copied(progress.copied)
        outbox = Outbox(broker)
        async with TopicReader(broker) as reader, outbox:
            async for batch in _batches(reader, source, plan, chosen):
                await throttle.admit()
                with answering(), producing(batch.records) as records:
                    await outbox.send(records)
                progress = CopyProgress(
                    next_offsets={**progress.next_offsets, **batch.next_offsets},
                    copied=progress.copied + len(batch.records),
                )
                checkpoints.note(plan.generation, progress)
                told.on_copied(progress.copied)
    checkpoints.note(plan.generation, progress.model_copy(update={"finished": True}))
    return Copied(progress.copied, removed)


def remaining(
    plan: Plan, progress: CopyProgress, begins: Mapping[TopicPartition, int]
) -> tuple[Chosen, int]:
    """The chosen offsets that are still to copy, and how many of them retention has taken.

    Raises:
        UnavailableError: a partition of the plan is not there any more.
    """
    held = {one.partition: begin for one, begin in begins.items()}
    if missing := plan.offsets.keys() - held.keys():
        raise UnavailableError(f"{plan.topic} has no partition {min(missing)} any more")
    found: dict[int, list[tuple[int, int]]] = {}
    removed = 0
    for partition, ranges in plan.offsets.items():
        to_come = [
            (max(first, progress.next_offsets.get(partition, 0)), end) for first, end in ranges
        ]
        left = [(first, end) for first, end in to_come if first < end]
        there = [(max(first, held[partition]), end) for first, end in left]
        found[partition] = [(first, end) for first, end in there if first < end]
        removed += _length(left) - _length(found[partition])
    return {partition: ranges for partition, ranges in found.items() if ranges}, removed


def _length(ranges: Sequence[tuple[int, int]]) -> int:
    return sum(end - first for first, end in ranges)


async def _batches(
    reader: TopicReader, source: Source, plan: Plan, chosen: Chosen
) -> AsyncGenerator[_Batch]:
    """The copies in batches; of each partition in the order of its offsets."""
    stamp = Stamp(plan.run, plan.generation, plan.base_run_id)
    most = max(1, plan.max_lag // 2)
    batch = _Batch()
    stretches = {partition: (ranges[0][0], ranges[-1][1]) for partition, ranges in chosen.items()}
    async for records in reader.records(plan.topic, stretches):
        for record in records:
            if not is_within(chosen[record.partition], record.offset):
                continue
            batch.add(record, restamped(record, source, stamp))
            if len(batch.records) >= most or batch.size >= _BATCH_BYTES:
                yield batch
                batch = _Batch()
    if batch.records:
        yield batch


def is_within(ranges: Sequence[tuple[int, int]], offset: int) -> bool:
    """Whether an offset lies in one of the sorted ranges, the end exclusive."""
    at = bisect_right(ranges, offset, key=itemgetter(0)) - 1
    return at >= 0 and offset < ranges[at][1]
