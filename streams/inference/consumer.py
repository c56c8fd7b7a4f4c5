"""The inference consumer: takes records of tasks, keeps the engines busy, commits what is done."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError
from mode import Service

from schemas.record import Record
from schemas.topics import Level, tier_and_level
from streams.broker.connection import Broker
from streams.broker.group import Membership, group_consumer
from streams.broker.outbox import Outbox
from streams.broker.records import to_record
from streams.inference.admission.reading import to_read
from streams.inference.answering import Answering, answer_record
from streams.inference.offsets import OffsetWindow
from streams.letter_limits import LetterLimits
from streams.stage import Stage
from streams.telemetry.log_context import work_on
from streams.telemetry.tracing import traced_answer

log = logging.getLogger(__name__)
_POLL_MS = 50
# Tasks are read ahead of their engines: they can wait longer for the fetch of another partition.
_FETCH_MS = 100
_MOST_AT_ONCE = 200
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """How much is read and not answered at most.

    ``max_span`` offsets of a partition would repeat after a crash, ``max_bytes`` of messages are
    held. ``drain_s`` bounds the wait for calls in flight when partitions are taken away.
    """

    max_span: int = 2_000
    max_bytes: int = 128 * MEBIBYTE
    drain_s: float = 3.0


DEFAULT_READ_AHEAD = ReadAhead()


@dataclass(slots=True)
class _Open:
    """A record that is being answered: where it lies, what it weighs."""

    partition: TopicPartition
    offset: int
    window: OffsetWindow
    size: int


class InferenceConsumer(Service):
    """Feeds the engines and loses no task.

    In the order of the loop:

    1. the engines are loaded and warm before partitions are taken;
    2. a record is begun: its partition's window remembers the offset;
    3. its tasks wait for their turn in the lane of their tier, then run;
    4. its continuation and calls are sent and acknowledged, then the offset is finished: a result
       waits for no other;
    5. the lowest unfinished offset of each partition is committed.

    What has no room is not read: its partitions are paused, and polling goes on. Of revoked
    partitions what only waits is given up at once, but for what lies before a call that was made;
    the rest is drained for ``drain_s`` and committed, and what is left of them is cancelled, and so
    aborted in its engine: it repeats elsewhere. A dead engine, a failed send or too many dead
    letters end the process with what was open uncommitted.
    """

    def __init__(
        self,
        stage: Stage,
        broker: Broker,
        membership: Membership,
        answering: Answering,
        outbox: Outbox,
        read_ahead: ReadAhead = DEFAULT_READ_AHEAD,
        on_assigned: Callable[[], None] = lambda: None,
        tracing: bool = False,
        limits: LetterLimits | None = None,
    ) -> None:
        super().__init__()
        self._limits = limits or LetterLimits(stage.name)
        self._on_assigned = on_assigned
        self._tracing = tracing
        self._stage = stage
        self._read_ahead = read_ahead
        self._answering = answering
        self._outbox = outbox
        self._commit_interval = membership.commit_interval
        self._windows: dict[TopicPartition, OffsetWindow] = {}
        self._open: dict[asyncio.Task[None], _Open] = {}
        # Polling goes on while they are drained: what it brings of them is another's by now.
        self._leaving: set[TopicPartition] = set()
        self._held_bytes = 0
        self._join = partial(group_consumer, broker, stage, membership, fetch_ms=_FETCH_MS)
        self._consumer: AIOKafkaConsumer = None

    async def on_start(self) -> None:
        """Start the engines, then take partitions of the tiers that they serve."""
        await asyncio.gather(*(lane.engine.start() for lane in self._answering.lanes.values()))
        self._consumer = self._join()
        await self._consumer.start()
        served = self._answering.lanes
        topics = [topic for topic in self._stage.reads if tier_and_level(topic)[0] in served]
        self._consumer.subscribe(topics, listener=_Revocation(self))

    async def on_stop(self) -> None:
        """Finish what is in flight within the bound, commit, leave."""
        if self._consumer is not None:
            await self._drain(list(self._windows))
            await self._consumer.stop()
        await asyncio.gather(*(lane.engine.close() for lane in self._answering.lanes.values()))

    @property
    def partitions(self) -> Collection[TopicPartition]:
        """The partitions that this process has now."""
        return () if self._consumer is None else self._consumer.assignment()

    @Service.task
    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_commit = loop.time() + self._commit_interval
        while not self.should_stop:
            room = self._choose_partitions()
            fetched = await self._consumer.getmany(
                timeout_ms=_POLL_MS, max_records=max(1, min(room, _MOST_AT_ONCE))
            )
            if self.should_stop:  # on_stop commits; after it the consumer is closed
                return
            for partition, records in fetched.items():
                self._begin(partition, records)
            self._raise_failures()
            if loop.time() >= next_commit:
                await self._commit()
                next_commit = loop.time() + self._commit_interval

    def _choose_partitions(self) -> int:
        """Pause what may not be read now, resume the rest; a reassignment forgets pauses.

        Gives how many records there is room for.
        """
        room = 0
        assigned = self._consumer.assignment()
        wanted: set[TopicPartition] = set()
        if self._held_bytes < self._read_ahead.max_bytes:
            spans = {partition: window.span for partition, window in self._windows.items()}
            named = {partition: tier_and_level(partition.topic) for partition in assigned}
            waiting: Counter[tuple[str, Level]] = Counter()
            for partition, window in self._windows.items():
                waiting[tier_and_level(partition.topic)] += window.waiting
            for tier, lane in self._answering.lanes.items():
                levels = {
                    one: level for one, (its_tier, level) in named.items() if its_tier == tier
                }
                # What was read a moment ago is not in the lane yet.
                rooms = {one: lane.room(one, waiting[tier, one]) for one in levels.values()}
                wanted |= to_read(levels, spans, rooms, self._read_ahead.max_span)
                room += sum(rooms.values())
        for partition in assigned:
            if partition in wanted - self._leaving:
                self._consumer.resume(partition)
            else:
                self._consumer.pause(partition)
        return room

    def _begin(self, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        if partition in self._leaving:
            return
        window = self._windows.setdefault(partition, OffsetWindow())
        for record in records:
            window.begin(record.offset)
            size = len(record.value or b"")
            self._held_bytes += size
            task = asyncio.create_task(self._answer(window, to_record(record)))
            self._open[task] = _Open(partition, record.offset, window, size)

    async def _answer(self, window: OffsetWindow, record: Record) -> None:
        work_on(record)
        asked = partial(window.ask, record.offset)
        answer = partial(answer_record, answering=self._answering, on_call=asked)
        outgoing = await (traced_answer(record, answer) if self._tracing else answer(record))
        self._limits.admit(outgoing[-1:])  # its calls come before it
        await self._outbox.send(outgoing)
        window.finish(record.offset)

    def _raise_failures(self) -> None:
        for task in [task for task in self._open if task.done()]:
            self._forget(task)
            if not task.cancelled():  # given up by a drain that goes on
                task.result()

    def _forget(self, task: asyncio.Task[None]) -> None:
        record = self._open.pop(task, None)
        if record is not None:
            self._held_bytes -= record.size

    async def _commit(self) -> None:
        windows = dict(self._windows)
        offsets = {
            partition: offset
            for partition, window in windows.items()
            if (offset := window.to_commit()) is not None
        }
        if not offsets:
            return
        try:
            await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError):
            log.warning("%s: commit refused after a rebalance; it is repeated", self._stage.name)
            return
        for partition, offset in offsets.items():
            windows[partition].committed(offset)

    async def _drain(self, revoked: Iterable[TopicPartition]) -> None:
        """Give up what of ``revoked`` only waits, finish the rest, commit, cancel what is left."""
        gone = set(revoked)
        self._leaving |= gone
        leaving = {task: one for task, one in self._open.items() if one.partition in gone}
        await _cancelled(
            task for task, one in leaving.items() if one.window.costs_nothing(one.offset)
        )
        if rest := [task for task in leaving if not task.done()]:
            _, late = await asyncio.wait(rest, timeout=self._read_ahead.drain_s)
            await _cancelled(late)
        await self._commit()
        for task in leaving:
            # A failed one stays, for the loop to raise: aiokafka only logs what a listener raises.
            if task.cancelled() or task.exception() is None:
                self._forget(task)
        for partition in gone:
            self._windows.pop(partition, None)


async def _cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    given_up = list(tasks)
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)


class _Revocation(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: InferenceConsumer) -> None:
        self._inference = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._inference._drain(list(revoked))

    async def on_partitions_assigned(self, _assigned: set[TopicPartition]) -> None:
        self._inference._leaving.clear()
        self._inference._on_assigned()  # a window begins with its first record
