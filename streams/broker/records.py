"""Records as aiokafka reads them and as our code knows them."""

from aiokafka import ConsumerRecord

from schemas.record import Record


def to_record(record: ConsumerRecord) -> Record:
    """A record as our processors know it."""
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp_ms=record.timestamp,
        key=record.key,
        value=record.value,
        headers=tuple(record.headers),
    )
