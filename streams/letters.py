"""Dead letters: a refused record, untouched, with the reason in headers."""

from schemas import topics
from schemas.errors import RefusedError
from schemas.ids import letter_id
from schemas.record import Headers, Outgoing, Record

_MAX_MESSAGE_CHARACTERS = 2_000
_LETTER_HEADERS = frozenset(
    {
        topics.LETTER_ID,
        topics.LETTER_STAGE,
        topics.LETTER_KIND,
        topics.LETTER_MESSAGE,
        topics.LETTER_TOPIC,
        topics.LETTER_PARTITION,
        topics.LETTER_OFFSET,
        topics.LETTER_RUN,
        topics.LETTER_DOCUMENT,
    }
)


def dead_letter(stage: str, record: Record, error: RefusedError) -> Outgoing:
    """The letter for ``record``, refused by ``stage``.

    Its key, value and headers stay as they were. A record that was a letter before (redriven) keeps
    the id of that first letter.
    """
    found = record.header(topics.LETTER_ID)
    identity = (
        found.decode("ascii", "replace")
        if found
        else letter_id(record.topic, record.partition, record.offset)
    )
    run = record.header(topics.HEADER_RUN) or b""
    reasons = {
        topics.LETTER_ID: identity,
        topics.LETTER_STAGE: stage,
        topics.LETTER_KIND: error.kind,
        topics.LETTER_MESSAGE: error.message[:_MAX_MESSAGE_CHARACTERS],
        topics.LETTER_TOPIC: record.topic,
        topics.LETTER_PARTITION: str(record.partition),
        topics.LETTER_OFFSET: str(record.offset),
        topics.LETTER_RUN: run.decode("utf-8", "replace"),
        topics.LETTER_DOCUMENT: (record.key or b"").decode("utf-8", "replace"),
    }
    headers = original_headers(record.headers) + tuple(
        (name, value.encode("utf-8", "replace")) for name, value in reasons.items()
    )
    return Outgoing(topics.DEAD_LETTERS, record.key, record.value, headers)


def original_headers(headers: Headers) -> Headers:
    """The headers that the refused record came with, without those of its letter."""
    return tuple(header for header in headers if header[0] not in _LETTER_HEADERS)
