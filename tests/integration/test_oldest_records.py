"""The first record that a stage has still to read, looked for on a real Kafka."""

import tracemalloc

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from streams.broker.admin import TopicSettings, create_topics
from streams.broker.connection import Broker
from streams.broker.oldest import OldestRecords
from tests.streams.stage_behaviour import unique

pytestmark = pytest.mark.integration
RECORDS = 800
RECORD_BYTES = 1_000
LOOKS = 15


@pytest.fixture
async def partition(broker: Broker) -> TopicPartition:
    """A partition with one large compressed batch."""
    name = unique("oldest")
    await create_topics(broker, [name], TopicSettings(partitions=1))
    async with AIOKafkaProducer(
        **broker.client_options(), compression_type="zstd", max_batch_size=1 << 20, linger_ms=500
    ) as producer:
        for number in range(RECORDS):
            await producer.send(name, bytes(RECORD_BYTES), timestamp_ms=1_000 + number)
        await producer.flush()
    return TopicPartition(name, 0)


async def test_its_timestamp_is_told(broker: Broker, partition: TopicPartition) -> None:
    async with OldestRecords(broker) as oldest:
        assert await oldest.timestamps({partition: 0}) == {partition: 1_000}
        assert await oldest.timestamps({partition: 700}) == {partition: 1_700}
        assert await oldest.timestamps({}) == {}


async def test_looking_again_and_again_takes_no_more_memory(
    broker: Broker, partition: TopicPartition
) -> None:
    async with OldestRecords(broker) as oldest:
        for offset in range(5):
            await oldest.timestamps({partition: offset})
        tracemalloc.start()
        for offset in range(LOOKS):
            await oldest.timestamps({partition: offset})
        grown = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()

    assert grown < RECORDS * RECORD_BYTES
