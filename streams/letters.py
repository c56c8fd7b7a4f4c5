"""Dead letters: a refused record, untouched, with the reason in headers."""

import re

from schemas import topics
from schemas.document import MAX_ID_CHARACTERS
from schemas.errors import RefusedError
from schemas.ids import ID_LENGTH, letter_id
from schemas.letter import first_place
from schemas.record import Headers, Outgoing, Record

_MAX_MESSAGE_CHARACTERS = 2_000
_LETTER_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
_LETTER_HEADERS = frozenset(
    {
        topics.LETTER_ID,
        topics.LETTER_STAGE,
        topics.LETTER_KIND,
        topics.LETTER_MESSAGE,
        topics.LETTER_TOPIC,
        topics.LETTER_PARTITION,
        topics.LETTER_OFFSET,
        topics.LETTER_TIMESTAMP,
        topics.LETTER_RUN,
        topics.LETTER_DOCUMENT,
    }
)


def dead_letter(stage: str, record: Record, error: RefusedError) -> Outgoing:
    """The letter for ``record``, refused by ``stage``.

    Its key, value and headers stay as they were. A record that was a letter before (redriven) keeps
    the id of that first letter, and on its own topic also the place where it lay then.
    """
    place = first_place(record)
    found = (record.header(topics.LETTER_ID) or b"").decode("latin-1")
    identity = (
        found
        if _LETTER_ID.fullmatch(found)
        else letter_id(place.topic, place.partition, place.offset)
    )
    reasons = {
        topics.LETTER_ID: identity,
        topics.LETTER_STAGE: stage,
        topics.LETTER_KIND: error.kind,
        topics.LETTER_MESSAGE: error.message[:_MAX_MESSAGE_CHARACTERS],
        topics.LETTER_TOPIC: place.topic,
        topics.LETTER_PARTITION: str(place.partition),
        topics.LETTER_OFFSET: str(place.offset),
        topics.LETTER_TIMESTAMP: str(place.timestamp_ms),
        topics.LETTER_RUN: _name(record.header(topics.HEADER_RUN)),
        topics.LETTER_DOCUMENT: _name(record.key),
    }
    headers = original_headers(record.headers) + tuple(
        (name, value.encode("utf-8", "replace")) for name, value in reasons.items()
    )
    return Outgoing(topics.DEAD_LETTERS, record.key, record.value, headers)


def _name(found: bytes | None) -> str:
    """A key or a run as text, cut where it is no name any more: a letter has to fit its topic."""
    return (found or b"")[: 4 * MAX_ID_CHARACTERS].decode("utf-8", "replace")[:MAX_ID_CHARACTERS]


def original_headers(headers: Headers) -> Headers:
    """The headers that the refused record came with, without those of its letter."""
    return tuple(header for header in headers if header[0] not in _LETTER_HEADERS)
