"""Reading a stretch of a topic, and holding a replay back, on a real Kafka."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete

from streams.broker.admin import Positions, TopicSettings, admin_client, create_topics
from streams.broker.connection import Broker
from streams.broker.reading import RemovedError, TopicReader
from streams.replay.throttle import Throttle
from streams.stage import Stage
from tests.streams.stage_behaviour import unique

pytestmark = pytest.mark.integration
RECORDS = 20


@pytest.fixture
async def topic(broker: Broker) -> str:
    """A topic of two partitions with records on both."""
    name = unique("stretch")
    await create_topics(broker, [name], TopicSettings(partitions=2))
    async with AIOKafkaProducer(**broker.client_options()) as producer:
        for number in range(RECORDS):
            await producer.send_and_wait(name, b"%d" % number, partition=number % 2)
    return name


async def read(
    broker: Broker, topic: str, ranges: dict[int, tuple[int, int]]
) -> dict[int, list[int]]:
    """The offsets that are read, by partition in their order."""
    found: dict[int, list[int]] = {}
    async with TopicReader(broker) as reader:
        async for records in reader.records(topic, ranges):
            for one in records:
                found.setdefault(one.partition, []).append(one.offset)
    return found


async def remove(broker: Broker, topic: str, before: int) -> None:
    async with admin_client(broker) as admin:
        partition = TopicPartition(topic, 0)
        await admin.delete_records({partition: RecordsToDelete(before_offset=before)})


async def test_a_stretch_is_read_to_its_end_and_not_beyond(broker: Broker, topic: str) -> None:
    whole = {0: (0, 10), 1: (0, 10)}
    assert await read(broker, topic, whole) == {0: [*range(10)], 1: [*range(10)]}
    assert await read(broker, topic, {0: (3, 5), 1: (9, 10)}) == {0: [3, 4], 1: [9]}
    assert await read(broker, topic, {0: (4, 4)}) == {}


async def test_what_retention_removed_is_an_error_and_not_passed_over(
    broker: Broker, topic: str
) -> None:
    await remove(broker, topic, 6)

    with pytest.raises(RemovedError, match=f"retention removed records of {topic}"):
        await read(broker, topic, {0: (0, 10), 1: (0, 10)})
    assert await read(broker, topic, {0: (6, 10)}) == {0: [6, 7, 8, 9]}


async def test_it_waits_for_the_stages_behind_and_says_which_nobody_runs(
    broker: Broker, topic: str
) -> None:
    stage = Stage(unique("nobody"), "faust", reads=(topic,), writes=())
    lags: list[int] = []
    idle: list[list[str]] = []
    told = asyncio.Event()

    def on_idle(names: list[str]) -> None:
        idle.append(names)
        told.set()

    async with Positions(broker) as positions:
        throttle = Throttle(positions, [stage], RECORDS, lags.append, on_idle)
        waiting = asyncio.create_task(throttle.admit())
        async with asyncio.timeout(20):
            await told.wait()
        assert not waiting.done()
        consumer = AIOKafkaConsumer(
            **broker.client_options(), group_id=stage.group, enable_auto_commit=False
        )
        async with consumer:
            consumer.assign([TopicPartition(topic, 0)])
            await consumer.commit({TopicPartition(topic, 0): 1})
        async with asyncio.timeout(20):
            await waiting

    assert idle == [[stage.name]]
    assert set(lags) == {RECORDS, RECORDS - 1}
