"""The sink's consumer: from the last topics into the tables."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError
from mode import Service

from schemas.record import Record
from streams.broker.connection import Broker
from streams.broker.group import Membership, group_consumer
from streams.broker.outbox import Outbox
from streams.broker.records import to_record
from streams.letter_limits import LetterLimits
from streams.sink.delivery import Delivery, Prepared, prepare
from streams.sink.tables import Tables
from streams.sink.writing import write
from streams.stage import Stage
from streams.telemetry.stage_metrics import count_batch
from streams.telemetry.tracing import inserting


@dataclass(frozen=True, slots=True)
class Batching:
    """When a batch is full: by records, by bytes, or by age of its first record in seconds."""

    max_records: int = 1_000
    max_bytes: int = 32 * 1024 * 1024
    max_age_s: float = 0.25


@dataclass(slots=True)
class _Batch:
    records: list[Record]
    next_offsets: dict[TopicPartition, int]
    bytes: int = 0

    def add(self, fetched: Mapping[TopicPartition, Sequence[object]]) -> None:
        for partition, records in fetched.items():
            for raw in records:
                record = to_record(raw)
                self.records.append(record)
                self.bytes += len(record.value or b"")
                self.next_offsets[partition] = record.offset + 1


class SinkConsumer(Service):
    """Writes what arrives into the tables and loses no row.

    In the order of the loop:

    1. gather a batch by size and time, and make rows of it, while the batch before is written;
    2. wait until the batch before is in the tables: as long as these are away, partitions are
       paused and polling goes on, so that the group stays together;
    3. commit the batch before; then begin to write this one.

    When the tables refuse a batch, ``write`` finds the messages at fault: they are dead-lettered,
    the rest is written. Rows are safe by their keys: what is repeated after a crash changes
    nothing. Any other error of the tables ends the process with nothing of the batch committed.
    """

    def __init__(
        self,
        stage: Stage,
        broker: Broker,
        membership: Membership,
        tables: Tables,
        outbox: Outbox,
        batching: Batching = Batching(),
        on_assigned: Callable[[], None] = lambda: None,
        tracing: bool = False,
        limits: LetterLimits | None = None,
    ) -> None:
        super().__init__()
        self._limits = limits or LetterLimits(stage.name)
        self._tracing = tracing
        self._on_assigned = on_assigned
        self._stage = stage
        self._outbox = outbox
        self._batching = batching
        self._delivery = Delivery(tables)
        self._join = partial(group_consumer, broker, stage, membership)
        self._consumer: AIOKafkaConsumer = None
        self._writing: tuple[asyncio.Task[None], _Batch] | None = None

    async def on_start(self) -> None:
        """Join the group."""
        self._consumer = self._join()
        await self._consumer.start()
        self._consumer.subscribe(self._stage.reads, listener=_Assignment(self._on_assigned))

    async def on_stop(self) -> None:
        """Leave; a batch that is being written is finished if the tables answer."""
        if self._consumer is None:  # it never started
            return
        if self._writing is not None:
            task, batch = self._writing
            await asyncio.wait([task], timeout=3.0)
            if task.done() and not task.cancelled() and task.exception() is None:
                await self._commit(batch)
            task.cancel()
        await self._consumer.stop()

    @property
    def partitions(self) -> Collection[TopicPartition]:
        """The partitions that this process has now."""
        return () if self._consumer is None else self._consumer.assignment()

    @Service.task
    async def _run(self) -> None:
        while not self.should_stop:
            batch = await self._gather()
            prepared = await asyncio.to_thread(prepare, batch.records)
            await self._finish_writing()
            if batch.records and not self.should_stop:
                writing = asyncio.create_task(self._write_traced(batch.records, prepared))
                self._writing = (writing, batch)

    async def _gather(self) -> _Batch:
        loop = asyncio.get_running_loop()
        batch = _Batch([], {})
        deadline = loop.time() + self._batching.max_age_s
        while not self.should_stop:
            wait_ms = max(0, int((deadline - loop.time()) * 1000))
            room = self._batching.max_records - len(batch.records)
            batch.add(await self._consumer.getmany(timeout_ms=wait_ms, max_records=room))
            full = (
                len(batch.records) >= self._batching.max_records
                or batch.bytes >= self._batching.max_bytes
            )
            if full or loop.time() >= deadline:
                break
        return batch

    async def _write_traced(self, records: Sequence[Record], prepared: Prepared) -> None:
        async with inserting(records if self._tracing else ()):
            await self._write(records, prepared)

    async def _write(self, records: Sequence[Record], prepared: Prepared) -> None:
        letters = await write(records, prepared, self._delivery)
        self._limits.admit_batch(len(records), letters)
        await self._outbox.send(letters)
        count_batch(self._stage.name, len(records), letters)

    async def _finish_writing(self) -> None:
        if self._writing is None:
            return
        task, batch = self._writing
        while not task.done() and not self.should_stop:
            await asyncio.wait([task], timeout=0.2)
            if not task.done():
                self._consumer.pause(*self._consumer.assignment())
                await self._consumer.getmany(timeout_ms=0)
        self._consumer.resume(*self._consumer.paused())
        # on_stop gives it a bounded time and commits it. A commit of ours as well might come after
        # the consumer was closed, and open a connection that nobody closes (aiokafka 0.14).
        if self.should_stop:
            return
        task.result()
        await self._commit(batch)
        self._writing = None

    async def _commit(self, batch: _Batch) -> None:
        assigned = self._consumer.assignment()
        offsets = {
            partition: offset
            for partition, offset in batch.next_offsets.items()
            if partition in assigned
        }
        if not offsets:
            return
        committing = asyncio.ensure_future(self._consumer.commit(offsets))
        # Cancelled halfway it would leave a connection open (aiokafka 0.14); on_stop waits for it.
        committing.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await asyncio.shield(committing)
        except (CommitFailedError, IllegalStateError):
            self.log.warning("sink: commit refused after a rebalance; the batch is repeated")


class _Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, on_assigned: Callable[[], None]) -> None:
        self._on_assigned = on_assigned

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing to do: what is written is committed if it still may be."""

    async def on_partitions_assigned(self, _assigned: set[TopicPartition]) -> None:
        self._on_assigned()
