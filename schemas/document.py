"""A document: what is produced to ``documents.ingest`` and what is kept of it."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

from schemas.model import Value

MAX_ID_CHARACTERS = 512

DocumentId = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_CHARACTERS)]


def _moment(value: object) -> object:
    """Take a bare date as its midnight, and a time without a zone as UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(
                "should be a date or time in ISO 8601, as in 2024-03-03T09:30:00Z"
            ) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    if not isinstance(value, datetime):
        raise ValueError("should be a date or time in ISO 8601, as in 2024-03-03T09:30:00Z")
    return value


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*\d{4}-?\d{2}-?\d{2}",
            "examples": ["2024-03-03T09:30:00Z", "2024-03-03"],
        },
        mode="validation",
    ),
]


class IngestDocument(Value):
    """A document as it is produced: only ``text`` is needed."""

    text: str = Field(
        description="Never altered: all offsets are code points into it. Not white space alone.",
        json_schema_extra={"pattern": r"\S"},
    )
    id: DocumentId | None = Field(
        default=None, description="The record's key, else a hash of the text, where absent."
    )
    title: str = ""
    profile: str | None = Field(
        default=None,
        description="What to look for; where absent, what the text looks like, or the setting "
        "default_profile.",
    )
    language: str | None = Field(
        default=None, description="ISO 639-1, as in en; found out where absent."
    )
    published_at: Moment | None = Field(
        default=None, description="Date or time in ISO 8601; UTC where it names no zone."
    )
    source: str = Field(default="", description="Where it came from: a name or an address.")
    metadata: dict[str, str] = Field(
        default_factory=dict, description="Whatever else is known; carried along, not read."
    )


class Document(Value):
    """A document on its way: identified, its text never altered.

    All offsets anywhere are code points into ``text``, the end exclusive.
    """

    document_id: DocumentId
    text: str
    title: str = ""
    source: str = ""
    language: str = "und"
    published_at: AwareDatetime | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class Origin(Value):
    """Where a document came from, and which pass through the pipeline this is.

    ``ingested_at`` and ``source_offset`` are those of the record first ingested: with
    ``generation`` they order the document's versions. A replay fills the last fields.
    """

    source_topic: str
    source_partition: int = Field(ge=0)
    source_offset: int = Field(ge=0)
    ingested_at: AwareDatetime
    generation: int = Field(default=0, ge=0)
    attempt: int = Field(default=1, ge=1)
    replayed_from: str = ""
    base_run_id: str = ""
