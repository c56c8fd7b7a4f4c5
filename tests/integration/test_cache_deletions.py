"""Deletions on a real Kafka reach the cache."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete

from streams.broker.admin import TopicSettings, admin_client, create_topics
from streams.broker.connection import Broker
from streams.inference.cache.completions import CacheSettings, Deletion
from streams.inference.cache.database import CacheError
from streams.inference.cache.deletions import DeletionReader
from streams.inference.cache.disk import DiskCompletions
from streams.inference.cache.memory import MemoryCompletions
from tests.streams.inference.cache.generations import key, owner, written
from tests.streams.stage_behaviour import unique

pytestmark = pytest.mark.integration

PATIENCE_S = 20
INGESTED_MS = 1_709_640_000_000


@pytest.fixture
async def topic(broker: Broker) -> str:
    """A topic like documents.ingest that no other test writes to."""
    name = unique("ingest")
    await create_topics(broker, [name], TopicSettings(partitions=2))
    return name


class Sender:
    """Writes records to one partition with the times that a test gives."""

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    async def send(
        self, document_id: str | None, value: bytes | None, at_ms: int = INGESTED_MS + 1
    ) -> None:
        await self._producer.send_and_wait(
            self._topic,
            value,
            key=document_id and document_id.encode(),
            partition=0,
            timestamp_ms=at_ms,
        )


@pytest.fixture
async def sender(broker: Broker, topic: str) -> AsyncIterator[Sender]:
    async with AIOKafkaProducer(**broker.client_options()) as producer:
        yield Sender(producer, topic)


@asynccontextmanager
async def disk(path: Path) -> AsyncIterator[DiskCompletions]:
    # A clock of the time when the documents were ingested: deletions are not remembered for ever.
    cache = DiskCompletions(CacheSettings(path / "completions.sqlite"), lambda: INGESTED_MS / 1000)
    await cache.start()
    yield cache
    await cache.close()


async def eventually(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not await condition():
        assert asyncio.get_running_loop().time() < deadline, f"not within {PATIENCE_S} s: {what}"
        await asyncio.sleep(0.02)


def is_gone(cache: DiskCompletions | MemoryCompletions, name: str) -> Callable[[], Awaitable[bool]]:
    async def gone() -> bool:
        return await cache.get(key(name), owner("asker", INGESTED_MS - 1)) is None

    return gone


async def keep(cache: DiskCompletions | MemoryCompletions, *names: str) -> None:
    for name in names:
        await cache.put(key(name), owner(name, INGESTED_MS), written())


def forgets_askers(cache: DiskCompletions | MemoryCompletions) -> Awaitable[None]:
    """Asking must not make the test an owner."""
    return cache.drop([Deletion("asker", INGESTED_MS)], {})


async def test_a_deletion_takes_the_answers_and_a_text_does_not(
    broker: Broker, topic: str, sender: Sender, tmp_path: Path
) -> None:
    async with disk(tmp_path) as cache:
        await forgets_askers(cache)
        await keep(cache, "gone", "stays")
        async with DeletionReader(broker, cache, topic):
            await sender.send("stays", b'{"text": "again"}')
            await sender.send(None, b"no key")
            await sender.send("bad\x00key", None)
            await sender.send("gone", None)
            await eventually(is_gone(cache, "gone"), "the deletion is read")

        assert not await is_gone(cache, "stays")()
        assert await cache.next_offsets() == {0: 4, 1: 0}


async def test_it_begins_at_the_end_and_then_where_it_was(
    broker: Broker, topic: str, sender: Sender, tmp_path: Path
) -> None:
    await sender.send("early", None)
    async with disk(tmp_path) as cache:
        await forgets_askers(cache)
        await keep(cache, "early", "meanwhile")
        async with DeletionReader(broker, cache, topic):
            pass
        await sender.send("meanwhile", None)
        async with DeletionReader(broker, cache, topic):
            await eventually(is_gone(cache, "meanwhile"), "it goes on from its offsets")

        assert not await is_gone(cache, "early")()


async def test_it_goes_on_at_the_earliest_record_where_its_place_was_removed(
    broker: Broker, topic: str, sender: Sender, tmp_path: Path
) -> None:
    async with disk(tmp_path) as cache:
        await forgets_askers(cache)
        await keep(cache, "gone")
        await cache.drop([], {0: 1, 1: 0})
        for number in range(5):
            await sender.send(f"d{number}", b"{}")
        async with admin_client(broker) as admin:
            await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=4)})
        await sender.send("gone", None)

        async with DeletionReader(broker, cache, topic):
            await eventually(is_gone(cache, "gone"), "it reads on after what was removed")


class FullAtFirst:
    """A cache whose disk is full at the first deletions."""

    def __init__(self, cache: MemoryCompletions) -> None:
        self._cache = cache
        self.failures = 1

    async def drop(self, deletions: Sequence[Deletion], next_offsets: Mapping[int, int]) -> None:
        if deletions and self.failures:
            self.failures -= 1
            raise CacheError("the disk is full")
        await self._cache.drop(deletions, next_offsets)

    async def next_offsets(self) -> dict[int, int]:
        return await self._cache.next_offsets()


async def test_a_deletion_waits_while_the_cache_cannot_be_written(
    broker: Broker, topic: str, sender: Sender
) -> None:
    cache = MemoryCompletions(1 << 20, 1e9, lambda: INGESTED_MS / 1000)
    full = FullAtFirst(cache)
    await forgets_askers(cache)
    await keep(cache, "gone")
    async with DeletionReader(broker, full, topic):
        await sender.send("gone", None)
        await eventually(is_gone(cache, "gone"), "it is tried again")

    assert full.failures == 0
    assert await cache.next_offsets() == {0: 1, 1: 0}
