"""Which text of its document a dead letter holds."""

from dataclasses import replace

from pydantic import ValidationError
from pydantic_core import from_json

from schemas import topics
from schemas.document import Origin
from schemas.letter import first_place
from schemas.moments import moment
from schemas.record import Record
from schemas.replay import Replay
from schemas.version import document_version

_NO_REVISION = "0"


def text_version(letter: Record, source_topic: str) -> int:
    """The version that the refused text would have had, but for its revision.

    It begins with when the text was ingested, as the version of its document's row: of two the one
    with the newer text is larger. Where the letter does not tell, the time of the letter stands for
    that of the text.

    Args:
        letter: a record of ``dead-letters``.
        source_topic: where the refused record lay.
    """
    origin = _origin(letter, source_topic)
    try:
        return document_version(
            origin.ingested_at, origin.source_offset, origin.generation, _NO_REVISION
        )
    except (OverflowError, ValueError):  # no time or offset of a record that a stage takes
        return document_version(moment(max(0, letter.timestamp_ms)), 0, 0, _NO_REVISION)


def _origin(letter: Record, source_topic: str) -> Origin:
    unknown = Origin(
        source_topic=source_topic,
        source_partition=0,
        source_offset=0,
        ingested_at=moment(letter.timestamp_ms),
    )
    try:
        if source_topic != topics.DOCUMENTS_INGEST:
            return Origin.model_validate(from_json(letter.value or b"")["origin"])
        if copied := letter.header(topics.HEADER_REPLAY):
            return Replay.model_validate_json(copied).origin
    except (KeyError, TypeError, ValidationError, ValueError):
        return unknown  # that may be why it was refused
    if letter.header(topics.LETTER_TIMESTAMP) is None:  # of an earlier millrace
        return unknown
    place = first_place(replace(letter, topic=source_topic))
    return unknown.model_copy(
        update={"source_offset": place.offset, "ingested_at": moment(place.timestamp_ms)}
    )
