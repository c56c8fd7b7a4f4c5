"""What recognition finds in a text: sentences, chunks, entity mentions."""

from typing import Literal

from pydantic import Field

from schemas.model import Value

EntityOrigin = Literal["rule", "model", "engine"]


class Span(Value):
    """A stretch of a document's text in code points, end exclusive."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Chunk(Span):
    """Whole sentences that fit one task: ``index`` counts from 0."""

    index: int = Field(ge=0)


class EntityMention(Span):
    """A mention of a person, a place, a date …, with its exact characters.

    ``entity_id`` is shared by the mentions of one entity. ``value`` is the normalised form: ISO
    8601 for dates, a number or amount with its ISO 4217 code for money, lower case for addresses.
    """

    mention_id: str
    entity_id: str
    kind: str
    text: str
    value: str = ""
    origin: EntityOrigin = "rule"
