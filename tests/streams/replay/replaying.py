"""Replays in memory: a flow with documents on it, a survey of a topic, its copies."""

from collections.abc import Sequence

from schemas.record import Record
from schemas.run import Run, Specification
from streams.memory import MemoryFlow
from streams.replay.candidate import Reading, parse_condition
from streams.replay.restamp import Stamp, restamped
from streams.replay.selection import Selected
from streams.replay.source import Source, source_of
from streams.replay.survey import Request, Review
from streams.topology import topic_names, topology
from tests.flow import RUN, context, ingest_json, memory_flow

STAGES = topology(("standard",))
NOT_DOCUMENTS = ("dead-letters", "inference.calls")
REPLAYABLE = tuple(name for name in topic_names(STAGES) if name not in NOT_DOCUMENTS)
# Documents of the flow are validated; the one for review has a topic of its own.
WITH_RECORDS = tuple(name for name in REPLAYABLE if name != "extractions.review")
GENERATION = 1_800_000_000


def run_of(name: str, **changes: object) -> Run:
    specification = RUN.specification.model_copy(update=changes)
    return Run(run_id=name, specification=Specification.model_validate(specification.model_dump()))


async def flow_of(*document_ids: str) -> MemoryFlow:
    """A flow that some documents have gone through."""
    flow = memory_flow()
    for document_id in document_ids:
        flow.log.append(ingest_json(document_id))
    await flow.run()
    return flow


def request(topic: str, run: Run = RUN, where: Sequence[str] = (), **fields: object) -> Request:
    source = source_of(topic, STAGES)
    reading = Reading(source, context().annotation, [parse_condition(one) for one in where])
    return Request(reading, run, **fields)  # type: ignore[arg-type]


def surveyed(flow: MemoryFlow, wanted: Request) -> Selected:
    """What would be copied of a topic in memory."""
    review = Review(wanted)
    for record in flow.log.records[wanted.reading.source.topic]:
        review.add(record)
    for record in flow.log.records[wanted.reading.source.sibling or ""]:
        review.add_elsewhere(record)
    return review.finish()


def chosen(flow: MemoryFlow, topic: str, selected: Selected) -> list[Record]:
    """The records of the chosen offsets."""
    return [
        record
        for record in flow.log.records[topic]
        if any(
            first <= record.offset < end for first, end in selected.ranges.get(record.partition, [])
        )
    ]


def source(topic: str) -> Source:
    return source_of(topic, STAGES)


async def replayed(
    flow: MemoryFlow, topic: str, run: Run = RUN, generation: int = GENERATION
) -> None:
    """Replay a topic in memory to its end."""
    stamp = Stamp(run, generation, "live")
    for record in chosen(flow, topic, surveyed(flow, request(topic, run))):
        flow.log.append(restamped(record, source(topic), stamp))
    await flow.run()
