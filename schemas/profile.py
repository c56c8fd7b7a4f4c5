"""A profile: what to look for in one sort of documents. Written as TOML, without Python."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.model import Value
from schemas.output import Share

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
# Words by ISO 639-1 language code.
Words = dict[str, tuple[str, ...]]


class Role(Value):
    """A part that something plays in an event.

    ``entities`` are the kinds that may fill it, ``position`` where it stands to an active
    trigger, ``prepositions`` the words that announce it.
    """

    definition: str
    entities: tuple[str, ...] = ()
    position: Literal["before", "after", "any"] = "any"
    prepositions: Words = Field(default_factory=dict)


class EventKind(Value):
    """A kind of event; ``triggers`` are base forms, found in all their inflections."""

    definition: str
    roles: dict[Name, Role] = Field(default_factory=dict)
    triggers: Words = Field(default_factory=dict)


class Connective(Value):
    """Words that link two events; ``first`` says whether the event before them is the source."""

    text: str
    first: Literal["source", "target"] = "source"


class RelationshipKind(Value):
    """A kind of link between events, and the words that express it by language."""

    definition: str
    connectives: dict[str, tuple[Connective, ...]] = Field(default_factory=dict)


class Limits(Value):
    """How much is asked and kept."""

    main_events: int = Field(default=5, ge=1, le=100)
    chunk_characters: int = Field(default=24_000, ge=200)


class Review(Value):
    """When a document is put before a person instead of being validated.

    ``target_precision`` is the share of main events that should be right in what is validated.
    Confidences are calibrated, so their mean over a document's main events is the share to expect.
    ``minimum_confidence`` is what each of them needs by itself. With ``second_opinion`` the local
    engine reads what a language model answered, too: what both find is surer, other events less.
    """

    target_precision: Share = 0.5
    minimum_confidence: Share = 0.3
    maximum_ungrounded: Share = 0.2
    second_opinion: bool = False


class Profile(Value):
    """What to look for in one sort of documents.

    ``is_mail`` says that they are mails: what these quote, their headers and signatures are not
    read for events.
    """

    name: Name
    version: int = Field(ge=1)
    description: str
    is_mail: bool = False
    tier: str = "standard"
    limits: Limits = Limits()
    review: Review = Review()
    entities: dict[Name, str]
    events: dict[Name, EventKind]
    relationships: dict[Name, RelationshipKind]
