"""What comes of reading files: documents and refusals, each with its place."""

import zlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from millrace.errors import UsageError
from schemas.document import IngestDocument

UNREADABLE = (OSError, EOFError, zlib.error)


class InputError(UsageError):
    """A path that cannot be read as documents."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document and where it stood: ``place`` is a file, with a line where it holds several."""

    place: str
    document: IngestDocument


@dataclass(slots=True)
class Refused:
    """A record that is not produced, and why."""

    place: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How records become documents.

    ``profile`` is that of documents that name none; mails, which cannot, get it too.
    ``fields`` maps a document's field to the one of a foreign record; with any, what is neither
    named nor a document's own field is left out and counted in ``left_out``. ``max_record_bytes``
    is for a record with all that a foreign one may carry: it bounds memory, whatever a file holds.
    ``max_document_bytes`` is for what is sent. Where ``profiles`` are known, a document must name
    one of them.
    """

    profile: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    max_text_bytes: int = 1024 * 1024
    max_record_bytes: int = 64 * 1024 * 1024
    max_document_bytes: int = 8 * 1024 * 1024
    profiles: Collection[str] | None = None
    left_out: Counter[str] = field(default_factory=Counter)


def too_large(most: int) -> str:
    """The reason to refuse a record of over ``most`` bytes."""
    return f"a record of over {most:,} bytes: split it"


def unreadable(place: str, error: Exception) -> Refused:
    """The refusal of what the machine could not read."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Refused(place, "unreadable", f"cannot be read: {reason}")
