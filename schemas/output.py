"""What an engine answers: words of the document, not offsets. Stages ground and merge them."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.model import Value

Polarity = Literal["positive", "negative", "possible"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Quote(Value):
    """Words as they stand in the document.

    ``at`` is the code point at which the engine saw them, where it knows; grounding decides by it
    between repeated words, and checks it all the same.
    """

    text: str
    at: int | None = Field(default=None, ge=0)


class FoundArgument(Value):
    """Who or what takes part in an event, and how."""

    role: str
    value: Quote


class FoundEvent(Value):
    """An event in the engine's words.

    A summary fills the first half. Of a detail answer's ``events``, those with ``belongs`` are
    parts of the task's event; the others merely happened nearby and stand alone.
    """

    kind: str
    trigger: Quote
    summary: str = ""
    mentions: tuple[Quote, ...] = ()
    salience: Share = 0.5
    confidence: Share = 0.5
    polarity: Polarity = "positive"
    time: Quote | None = None
    place: Quote | None = None
    arguments: tuple[FoundArgument, ...] = ()
    belongs: bool = True


class SummaryOutput(Value):
    """The events of a chunk, in the order of the text."""

    level: Literal["summary"] = "summary"
    events: tuple[FoundEvent, ...] = ()


class DetailOutput(Value):
    """What belongs to one main event: ``event`` is that event again, completed."""

    level: Literal["detail"] = "detail"
    event: FoundEvent
    events: tuple[FoundEvent, ...] = ()


class FoundRelationship(Value):
    """A link from one event to another, with the words that say so."""

    kind: str
    source: str
    target: str
    evidence: Quote
    confidence: Share = 0.5


class RelationshipOutput(Value):
    """The links between a document's events; ``source`` and ``target`` are event ids."""

    level: Literal["relationship"] = "relationship"
    relationships: tuple[FoundRelationship, ...] = ()


Output = Annotated[SummaryOutput | DetailOutput | RelationshipOutput, Field(discriminator="level")]
