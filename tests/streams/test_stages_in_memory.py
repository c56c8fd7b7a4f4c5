"""Every stage on the log in memory."""

import pytest

from schemas.record import Outgoing, Record
from schemas.topics import INFERENCE_CALLS
from streams.memory import MemoryFlow
from tests.flow import memory_flow
from tests.streams.stage_behaviour import Harness, StageBehaviour


class MemoryHarness:
    def __init__(self) -> None:
        self._flow: MemoryFlow = memory_flow()

    async def through(self, stage: str, *records: Outgoing) -> list[Record]:
        log = self._flow.log
        for record in records:
            log.append(record)
        before = {topic: len(written) for topic, written in log.records.items()}
        await self._flow.step(self._flow.stages[stage])
        return [
            record
            for topic, written in log.records.items()
            if topic != INFERENCE_CALLS
            for record in written[before.get(topic, 0) :]
        ]

    async def rows(self, table: str, document_id: str) -> list[dict[str, object]]:
        return [row for row in self._flow.tables.rows(table) if row["document_id"] == document_id]


class TestStagesInMemory(StageBehaviour):
    @pytest.fixture
    def harness(self) -> Harness:
        return MemoryHarness()
