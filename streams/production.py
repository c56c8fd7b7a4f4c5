"""Producing documents to the first topic."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from aiokafka import TopicPartition

from schemas import topics
from schemas.document import IngestDocument
from schemas.record import Outgoing
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.broker.outbox import Outbox
from streams.telemetry.tracing import producing

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Produced:
    """What was produced: how many, and the offsets per partition as [first, end).

    Records of other producers may lie among them.
    """

    count: int
    offsets: dict[int, tuple[int, int]]


def outgoing(document: IngestDocument) -> Outgoing:
    """A document as a record of ``documents.ingest``; it must have its id."""
    if document.id is None:
        raise ValueError("a document is produced under its id: decode_document sets it")
    value = document.model_dump_json(exclude_defaults=True).encode()
    headers = ((topics.HEADER_CONTENT_TYPE, b"application/json"),)
    return Outgoing(topics.DOCUMENTS_INGEST, document.id.encode(), value, headers)


async def produce(
    broker: Broker,
    documents: Iterable[IngestDocument],
    on_sent: Callable[[int], None] = lambda _: None,
) -> Produced:
    """Produce documents; return once the brokers have all of them.

    Args:
        broker: the cluster.
        documents: taken one batch at a time, so that any number fits in memory.
        on_sent: told how many more were acknowledged.

    Raises:
        UnavailableError: Kafka does not answer, or the topic is not there.
    """
    count = 0
    source = iter(documents)
    outbox = Outbox(broker)
    async with Positions(broker) as positions:
        before = await positions.ends([topics.DOCUMENTS_INGEST])
        async with outbox:
            while batch := list(islice(source, _BATCH)):
                with producing(map(outgoing, batch)) as records:
                    await outbox.send(records)
                count += len(batch)
                on_sent(len(batch))
        after = await positions.ends([topics.DOCUMENTS_INGEST])
    return Produced(count, _ranges(before, after))


def _ranges(
    before: dict[TopicPartition, int], after: dict[TopicPartition, int]
) -> dict[int, tuple[int, int]]:
    return {
        partition.partition: (before[partition], end)
        for partition, end in after.items()
        if end > before[partition]
    }
