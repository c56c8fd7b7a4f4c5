"""What was extracted from a document, grounded: the values behind one row of ``documents``."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, PlainSerializer

from schemas.annotation import EntityMention, Span
from schemas.document import Document, DocumentId, Origin
from schemas.model import Message, Value
from schemas.output import Polarity, Share
from schemas.run import Run

Grounding = Literal["exact", "normalized", "fuzzy", "ungrounded"]
Severity = Literal["info", "warning", "error"]
Status = Literal["validated", "review"]

# 128 bits do not survive readers that take JSON numbers as doubles: written as decimal digits.
Version = Annotated[int, Field(ge=0, lt=1 << 128), PlainSerializer(str, when_used="json")]


class GroundedText(Value):
    """Words of an answer and where they stand; an ungrounded text has the empty span 0–0."""

    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    grounding: Grounding


class Event(GroundedText):
    """An event. ``text``, ``start``, ``end`` and ``grounding`` are its trigger's.

    ``mentions`` are all of its spans, the trigger's first. ``parent_event_id`` is empty for a main
    event and for one that stands alone. ``time_start`` and ``time_end`` bound the time in UTC, both
    inclusive to the second; None where the text gives none.
    """

    event_id: str
    kind: str
    parent_event_id: str = ""
    salience: Share
    confidence: Share
    summary: str = ""
    mentions: tuple[Span, ...] = ()
    polarity: Polarity = "positive"
    time_text: str = ""
    time_start: AwareDatetime | None = None
    time_end: AwareDatetime | None = None
    place: str = ""


class Argument(GroundedText):
    """Who or what takes part in an event, in which role; linked to an entity where one is there."""

    argument_id: str
    event_id: str
    role: str
    entity_id: str = ""


class Relationship(GroundedText):
    """A link between two events; the grounded text is its evidence."""

    relationship_id: str
    kind: str
    source_event_id: str
    target_event_id: str
    confidence: Share


class Finding(Value):
    """Something a reader should know about the extraction: which rule, about what, how grave."""

    finding_id: str
    subject_id: str
    rule: str
    severity: Severity
    message: str


class Tokens(Value):
    """Tokens of all calls behind an extraction; None where no engine counted them."""

    prompt: int | None = None
    cached: int | None = None
    completion: int | None = None


class Extraction(Message):
    """A whole extraction: one message of ``extractions.*``, one row of ``documents``."""

    type: Literal["extraction"] = "extraction"
    run: Run
    origin: Origin
    document: Document
    profile: str
    status: Status
    revision: str
    version: Version
    entities: tuple[EntityMention, ...] = ()
    events: tuple[Event, ...] = ()
    arguments: tuple[Argument, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    findings: tuple[Finding, ...] = ()
    tokens: Tokens = Tokens()
    cost_usd: float | None = None


class Deletion(Message):
    """A document's deletion: it disappears from the views of every run."""

    type: Literal["deletion"] = "deletion"
    document_id: DocumentId
    origin: Origin
    version: Version
