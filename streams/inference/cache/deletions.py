"""Deletions: what a deleted document's prompts were answered is forgotten."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from mode import Service

from processors.decoding.identity import decode_key
from schemas.errors import RefusedError
from schemas.topics import DOCUMENTS_INGEST
from streams.broker.admin import Positions
from streams.broker.connecting import connect
from streams.broker.connection import MAX_REQUEST_BYTES, Broker
from streams.inference.cache.completions import Deletion
from streams.inference.cache.database import CacheError

_POLL_MS = 500
_NOTE_EVERY_S = 5.0
_LONGEST_WAIT_S = 30.0


class Forgetting(Protocol):
    """What keeps answers by their documents, and how far deletions were read."""

    async def drop(self, deletions: Sequence[Deletion], next_offsets: Mapping[int, int]) -> None:
        """Forget the answers of deleted documents and note the offsets, both or none.

        Raises:
            CacheError: not now.
        """
        ...

    async def next_offsets(self) -> dict[int, int]:
        """The noted offset of each partition; nothing before the first time."""
        ...


class DeletionReader(Service):
    """Follows ``documents.ingest`` and has the cache forget what was deleted.

    In the order of the loop:

    1. it begins at the noted offsets; the first time at the end, for nothing is kept yet; at the
       earliest record where retention has removed what was noted, or a partition is new;
    2. a record with a key and no value is a deletion of the texts ingested until then;
    3. deletions and offsets are noted in one transaction, offsets alone every 5 s; as long as the
       cache cannot be written, it is tried again.

    It belongs to no group: each process with a cache reads all deletions, and to do so twice for
    one file does no harm.
    """

    def __init__(self, broker: Broker, cache: Forgetting, topic: str = DOCUMENTS_INGEST) -> None:
        super().__init__()
        self._broker = broker
        self._cache = cache
        self._topic = topic
        self._consumer: Any = None
        self._positions: dict[int, int] = {}

    async def on_start(self) -> None:
        """Connect, and find where to begin.

        Raises:
            UnavailableError: no broker answers, or the topic is missing.
            AccessError: Kafka refuses this client, or its certificate is not trusted.
            CacheError: the offsets cannot be read or noted.
        """
        self._consumer = AIOKafkaConsumer(
            **self._broker.client_options(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_bytes=MAX_REQUEST_BYTES,
        )
        await connect(self._consumer, self._broker)
        try:
            await self._begin()
        except BaseException:
            await self._disconnect()
            raise

    async def _begin(self) -> None:
        # aiokafka's consumer does not know the partitions of a topic before it reads it.
        async with Positions(self._broker) as positions:
            ends = await positions.ends([self._topic])
        self._positions = await self._cache.next_offsets()
        if not self._positions:
            self._positions = {one.partition: offset for one, offset in ends.items()}
            await self._cache.drop([], self._positions)
        self._assign({one.partition for one in ends})

    async def on_stop(self) -> None:
        """Note how far it came, disconnect."""
        if self._consumer is None:  # it never started
            return
        with contextlib.suppress(CacheError):
            await self._cache.drop([], self._positions)
        await self._disconnect()

    async def _disconnect(self) -> None:
        # aiokafka's consumer without a group lets the end of its own task out.
        with contextlib.suppress(asyncio.CancelledError):
            await self._consumer.stop()

    @Service.task
    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        next_note = loop.time() + _NOTE_EVERY_S
        while not self.should_stop:
            fetched = await self._consumer.getmany(timeout_ms=_POLL_MS)
            deletions = [
                deletion
                for records in fetched.values()
                for record in records
                if (deletion := _deletion(record)) is not None
            ]
            reached = self._positions | {
                partition.partition: records[-1].offset + 1
                for partition, records in fetched.items()
            }
            due = loop.time() >= next_note
            wanted = deletions or (due and reached != self._positions)
            if wanted and not await self._drop(deletions, reached):
                return
            self._positions = reached
            if due:
                self._take_new_partitions()
                next_note = loop.time() + _NOTE_EVERY_S

    async def _drop(self, deletions: Sequence[Deletion], reached: Mapping[int, int]) -> bool:
        """Whether the cache has forgotten them; False when the service stops first."""
        wait_s = 1.0
        while not self.should_stop:
            try:
                await self._cache.drop(deletions, reached)
            except CacheError as error:
                self.log.warning("deletions wait, they are not forgotten yet: %s", error)
                await self.sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            else:
                return True
        return False

    def _assign(self, numbers: set[int]) -> None:
        """Read these partitions, each from where it stands."""
        partitions = [TopicPartition(self._topic, number) for number in sorted(numbers)]
        self._consumer.assign(partitions)
        for partition in partitions:
            if (offset := self._positions.get(partition.partition)) is not None:
                self._consumer.seek(partition, offset)

    def _take_new_partitions(self) -> None:
        known = self._consumer.partitions_for_topic(self._topic) or set()
        if len(known) > len(self._consumer.assignment()):
            self._assign(known)


def _deletion(record: ConsumerRecord) -> Deletion | None:
    if record.value is not None or record.key is None:
        return None
    try:
        return Deletion(decode_key(record.key), record.timestamp)
    except RefusedError:  # a dead letter by now
        return None
