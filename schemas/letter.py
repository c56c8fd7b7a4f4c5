"""A dead letter as it is kept, and what a redriven record carries of it in its headers."""

from dataclasses import dataclass
from datetime import datetime

from schemas import topics
from schemas.document import Origin
from schemas.moments import moment
from schemas.record import Headers, Record
from schemas.version import OFFSET_BITS, TIME_BITS, VERSION_BITS

# What Kafka, and a document's version, can hold.
_PARTITIONS = 1 << 31
_OFFSETS = 1 << OFFSET_BITS
_TIMES_MS = 1 << TIME_BITS
_MOST_DIGITS = 19
LARGEST_ATTEMPT = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies, or lay at first, and when it was written: milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A refused record with all its bytes, and what is known of the refusal.

    ``text_version`` begins with when its document's text was ingested, as a document's version.
    """

    letter_id: str
    attempt: int
    stage: str
    kind: str
    message: str
    run_id: str
    document_id: str
    place: Place
    key: bytes | None
    value: bytes | None
    headers: Headers
    failed_at: datetime
    redriven_at: datetime | None
    text_version: int


def ingested_ms(text_version: int) -> int:
    """When a text was ingested, in milliseconds since 1970."""
    return text_version >> (VERSION_BITS - TIME_BITS)


def first_place(record: Record) -> Place:
    """Where a record lay when it was refused first; where it lies, if it was never redriven."""
    here = Place(record.topic, record.partition, record.offset, record.timestamp_ms)
    if record.header(topics.LETTER_TOPIC) != record.topic.encode():
        return here  # of the stage before: this record was made of the redriven one
    partition = _number(record.header(topics.LETTER_PARTITION), _PARTITIONS)
    offset = _number(record.header(topics.LETTER_OFFSET), _OFFSETS)
    timestamp_ms = _number(record.header(topics.LETTER_TIMESTAMP), _TIMES_MS)
    if partition is None or offset is None or timestamp_ms is None:
        return here
    return Place(record.topic, partition, offset, timestamp_ms)


def origin_at(place: Place, attempt: int = 1) -> Origin:
    """The origin of a document whose record was first ingested at a place."""
    return Origin(
        source_topic=place.topic,
        source_partition=place.partition,
        source_offset=place.offset,
        ingested_at=moment(place.timestamp_ms),
        attempt=attempt,
    )


def raised_attempt(record: Record, known: int) -> int:
    """Which attempt at a document this is: by the record's header where that says a later one.

    ``known`` is what its message says: a redrive leaves messages as they are.
    """
    said = _number(record.header(topics.HEADER_ATTEMPT), LARGEST_ATTEMPT + 1)
    return max(known, said or 0)


def _number(header: bytes | None, below: int) -> int | None:
    """A header as a number from 0 up; None where it is none, or too large."""
    if header is None or not header.isdigit() or len(header) > _MOST_DIGITS:
        return None
    found = int(header)
    return found if found < below else None
