"""A log in memory and the whole flow on it: the same stages, without a broker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zlib import crc32

from schemas.record import Outgoing, Record
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering, answer_record
from streams.inference.engine import DeployedEngine, Engine
from streams.inference.lane import Lane
from streams.processing import StageContext, process_record
from streams.sink.delivery import Delivery, prepare
from streams.sink.tables import MemoryTables
from streams.sink.writing import write
from streams.stage import Stage
from streams.topology import topology

# Records come one at a time here: to wait for company would be waiting for nothing.
_AT_ONCE = Limits(linger_s=0)


@dataclass(slots=True)
class MemoryLog:
    """Topics of ``partitions`` partitions, and what each group has committed of them.

    Offsets begin at ``first_offset``, as they do where retention has removed records.
    """

    partitions: int = 4
    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    now_ms: int = 1_700_000_000_000
    first_offset: int = 0

    def append(self, outgoing: Outgoing, timestamp_ms: int | None = None) -> Record:
        """Write a record; each is a millisecond later than the one before, unless told."""
        self.now_ms += 1
        topic = self.records[outgoing.topic]
        partition = crc32(outgoing.key or b"") % self.partitions
        record = Record(
            topic=outgoing.topic,
            partition=partition,
            offset=self.first_offset + sum(one.partition == partition for one in topic),
            timestamp_ms=self.now_ms if timestamp_ms is None else timestamp_ms,
            key=outgoing.key,
            value=outgoing.value,
            headers=outgoing.headers,
        )
        topic.append(record)
        return record

    def unread(self, stage: Stage) -> list[Record]:
        """What the stage has not committed, in the order of its topics."""
        return [
            record
            for topic in stage.reads
            for record in self.records[topic][self.committed[stage.group, topic] :]
        ]

    def commit(self, stage: Stage, records: Iterable[Record]) -> None:
        """Note that the stage is done with records that it read."""
        for record in records:
            self.committed[stage.group, record.topic] += 1


class MemoryFlow:
    """Every stage of the topology on a log and tables in memory, with an engine for each tier."""

    def __init__(
        self,
        context: StageContext,
        engines: Mapping[str, DeployedEngine],
        last_resort: Engine | None = None,
    ) -> None:
        self.log = MemoryLog()
        self.tables = MemoryTables()
        self.stages: Mapping[str, Stage] = {stage.name: stage for stage in topology(tuple(engines))}
        self._context = context
        self._answering = Answering(
            lanes={tier: Lane(tier, engine, _AT_ONCE) for tier, engine in engines.items()},
            last_resort=last_resort,
            max_message_bytes=context.max_message_bytes,
            clock=context.clock,
        )
        self._delivery = Delivery(self.tables, context.clock)

    async def run(self) -> None:
        """Let all stages work until nothing is left to read."""
        while any(self.log.unread(stage) for stage in self.stages.values()):
            for stage in self.stages.values():
                await self.step(stage)

    async def step(self, stage: Stage) -> None:
        """Let one stage work on what it has not read, and commit it."""
        records = self.log.unread(stage)
        for outgoing in await self.work(stage, records):
            self.log.append(outgoing)
        self.log.commit(stage, records)

    async def work(self, stage: Stage, records: list[Record]) -> list[Outgoing]:
        """What a stage makes of records: what it writes, or rows in ``tables``."""
        if stage.kind == "sink":
            return list(await write(records, prepare(records), self._delivery))
        if stage.kind == "inference":
            answers = [await answer_record(record, self._answering) for record in records]
            return [outgoing for answer in answers for outgoing in answer]
        return [process_record(stage, record, self._context) for record in records]
