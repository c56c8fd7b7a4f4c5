"""The inference consumer: takes records of tasks, keeps the engine busy, commits what is done."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError
from mode import Service

from schemas.record import Record
from streams.broker.connection import Broker
from streams.broker.group import Membership, group_consumer
from streams.broker.outbox import Outbox
from streams.broker.records import to_record
from streams.inference.answering import Answering, answer_record
from streams.inference.engine import DeployedEngine
from streams.inference.offsets import OffsetWindow
from streams.stage import Stage

log = logging.getLogger(__name__)
_POLL_MS = 50


@dataclass(frozen=True, slots=True)
class Window:
    """How much is in flight at most. ``drain_s`` bounds the wait when partitions are revoked."""

    max_calls: int = 64
    max_open_documents: int = 128
    max_span: int = 2_000
    drain_s: float = 3.0


@dataclass(frozen=True, slots=True)
class InferenceSettings:
    """What the consumer is told: its window and the limit of a message in bytes."""

    window: Window = Window()
    max_message_bytes: int = 8 * 1024 * 1024


class InferenceConsumer(Service):
    """Feeds the engine and loses no task.

    In the order of the loop:

    1. the engine is started before partitions are taken;
    2. a record is begun: its partition's window remembers the offset;
    3. its tasks run, bounded by ``max_calls`` over all records;
    4. its continuation and calls are sent and acknowledged, then the offset is finished;
    5. the lowest unfinished offset of each partition is committed.

    While the window is full the partitions are paused and polling goes on. Revoked partitions are
    drained for ``drain_s``, committed, and what is left of them is cancelled: it repeats elsewhere.
    A dead engine or a failed send ends the process with what was open uncommitted.
    """

    def __init__(
        self,
        stage: Stage,
        broker: Broker,
        membership: Membership,
        engine: DeployedEngine,
        outbox: Outbox,
        settings: InferenceSettings = InferenceSettings(),
    ) -> None:
        super().__init__()
        self._stage = stage
        self._window = settings.window
        self._engine = engine
        self._outbox = outbox
        self._commit_interval = membership.commit_interval
        self._windows: dict[TopicPartition, OffsetWindow] = {}
        self._open: dict[asyncio.Task[None], TopicPartition] = {}
        self._answering = Answering(
            engine, asyncio.Semaphore(settings.window.max_calls), settings.max_message_bytes
        )
        self._join = partial(group_consumer, broker, stage, membership)
        self._consumer: AIOKafkaConsumer = None

    async def on_start(self) -> None:
        """Start the engine, then take partitions."""
        await self._engine.start()
        self._consumer = self._join()
        await self._consumer.start()
        self._consumer.subscribe(self._stage.reads, listener=_Revocation(self))

    async def on_stop(self) -> None:
        """Finish what is open within the bound, commit, leave."""
        if self._consumer is not None:
            await self._drain(list(self._windows))
            await self._consumer.stop()
        await self._engine.close()

    @Service.task
    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_commit = loop.time() + self._commit_interval
        while not self.should_stop:
            room = self._take_room()
            fetched = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=max(room, 1))
            for partition, records in fetched.items():
                self._begin(partition, records)
            self._raise_failures()
            if loop.time() >= next_commit:
                await self._commit()
                next_commit = loop.time() + self._commit_interval

    def _take_room(self) -> int:
        """Pause what may not be read now, resume the rest; a reassignment forgets pauses."""
        room = self._window.max_open_documents - len(self._open)
        for partition in self._consumer.assignment():
            window = self._windows.get(partition)
            if room <= 0 or (window is not None and window.span >= self._window.max_span):
                self._consumer.pause(partition)
            else:
                self._consumer.resume(partition)
        return room

    def _begin(self, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        window = self._windows.setdefault(partition, OffsetWindow())
        for record in records:
            window.begin(record.offset)
            task = asyncio.create_task(self._answer(window, to_record(record)))
            self._open[task] = partition

    async def _answer(self, window: OffsetWindow, record: Record) -> None:
        await self._outbox.send(await answer_record(record, self._answering))
        window.finish(record.offset)

    def _raise_failures(self) -> None:
        for task in [task for task in self._open if task.done()]:
            del self._open[task]
            task.result()

    async def _commit(self) -> None:
        offsets = {
            partition: offset
            for partition, window in self._windows.items()
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
            self._windows[partition].committed(offset)

    async def _drain(self, revoked: Sequence[TopicPartition]) -> None:
        """Wait for the open records of ``revoked``, commit, cancel what is left of them."""
        gone = set(revoked)
        leaving = [task for task, partition in self._open.items() if partition in gone]
        if leaving:
            _, late = await asyncio.wait(leaving, timeout=self._window.drain_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._commit()
        for task in leaving:
            # A failed one stays, for the loop to raise: aiokafka only logs what a listener raises.
            if task.cancelled() or task.exception() is None:
                self._open.pop(task, None)
        for partition in gone:
            self._windows.pop(partition, None)


class _Revocation(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: InferenceConsumer) -> None:
        self._inference = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._inference._drain(list(revoked))

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to do: a window begins with its first record."""
