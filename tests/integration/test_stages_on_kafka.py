"""Every stage on a real Kafka, the sink on a real ClickHouse engine: the suite of all stages."""

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from millrace import wiring
from schemas import topics
from schemas.record import Outgoing, Record
from schemas.topics import LEVELS, Level, extraction_topic
from schemas.work import Work
from streams.broker.admin import Positions
from streams.broker.outbox import Outbox
from streams.broker.records import to_record
from streams.settling import wait_committed
from tests.integration.conftest import Pipeline
from tests.streams.stage_behaviour import Harness, StageBehaviour

pytestmark = pytest.mark.integration
MARK = "test-mark"
Ends = dict[TopicPartition, int]


class KafkaHarness:
    """Marks records with a header, which stages keep, to know what came of them."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._settings = pipeline.settings
        self._client = pipeline.client
        self._broker = wiring.broker(pipeline.settings)

    async def through(self, stage: str, *records: Outgoing) -> list[Record]:
        found = next(one for one in wiring.stages(self._settings) if one.name == stage)
        mark = uuid4().hex.encode()
        marked = [
            Outgoing(one.topic, one.key, one.value, (*one.headers, (MARK, mark))) for one in records
        ]
        # Of the inference consumer what it answers at this level: the document comes back to it.
        levels: list[Level] = [one for one in LEVELS if records[0].topic.endswith(f".{one}")]
        wrote = tuple(map(extraction_topic, levels)) if stage == "inference" else found.writes
        written = [*wrote, topics.DEAD_LETTERS]
        async with Positions(self._broker) as positions:
            before = await positions.ends(written)
            outbox = Outbox(self._broker)
            async with outbox:
                await outbox.send(marked)
            ends = await positions.ends([records[0].topic])
            deadline = asyncio.get_running_loop().time() + 30
            await wait_committed(positions, found, ends, deadline)
            after = await positions.ends(written)
        return [
            one
            for one in await self._read(before, after)
            if one.header(MARK) == mark and _written_by(one) == stage
        ]

    async def rows(self, table: str, document_id: str) -> list[dict[str, object]]:
        return self._client.query(
            f"SELECT * FROM {table} FINAL WHERE document_id = {{id:String}}", {"id": document_id}
        )

    async def _read(self, before: Ends, after: Ends) -> list[Record]:
        wanted = {partition: end for partition, end in after.items() if end > before[partition]}
        found: list[Record] = []
        consumer = AIOKafkaConsumer(**self._broker.client_options())
        await consumer.start()
        try:
            consumer.assign(list(wanted))
            for partition in wanted:
                consumer.seek(partition, before[partition])
            while len(done := _past(found, wanted)) < len(wanted):
                open_ones = [partition for partition in wanted if partition not in done]
                for records in (await consumer.getmany(*open_ones, timeout_ms=500)).values():
                    found += map(to_record, records)
        finally:
            # aiokafka 0.14 lets the end of one of its own tasks out of stop().
            with suppress(asyncio.CancelledError):
                await consumer.stop()
        return found


def _written_by(record: Record) -> str:
    """The stage that wrote a record; those behind it go on with what it wrote."""
    if record.topic == topics.DEAD_LETTERS:
        return (record.header(topics.LETTER_STAGE) or b"").decode()
    if record.topic in (topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW):
        return "validation"
    return Work.from_json(record.value or b"").stage_times[-1].stage


def _past(found: list[Record], wanted: Ends) -> set[TopicPartition]:
    """The partitions that have been read to their wanted end."""
    last = {TopicPartition(one.topic, one.partition): one.offset + 1 for one in found}
    return {partition for partition, end in wanted.items() if last.get(partition, 0) >= end}


class TestStagesOnKafka(StageBehaviour):
    @pytest.fixture
    def harness(self, pipeline: Pipeline) -> Harness:
        return KafkaHarness(pipeline)
