"""The shape of each level's answer as it is read: the counterpart of ``answer_schema``.

Names are checked against the prompt's ``Terms`` and ids, which come as the validation's context.
"""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from processors.prompting.fields import SHORT
from processors.prompting.prompt import Prompt
from schemas.output import Polarity


def _known(name: str, names: Iterable[str], what: str) -> str:
    known = tuple(names)
    if name not in known:
        raise ValueError(f"should be a {what}: {', '.join(known) or 'there is none'}")
    return name


def _prompt(info: ValidationInfo) -> Prompt:
    prompt = info.context
    if not isinstance(prompt, Prompt):
        raise TypeError("answers are read with their prompt as context")
    return prompt


def _event_kind(name: str, info: ValidationInfo) -> str:
    return _known(name, _prompt(info).terms.kinds, "kind of event")


def _role(name: str, info: ValidationInfo) -> str:
    return _known(name, _prompt(info).terms.roles, "role")


def _relationship_kind(name: str, info: ValidationInfo) -> str:
    return _known(name, _prompt(info).terms.relationships, "kind of relationship")


def _event_name(name: str, info: ValidationInfo) -> str:
    ids = _prompt(info).ids
    if name not in ids:
        listed = f"e1 to e{len(ids)}" if ids else "none is listed"
        raise ValueError(f"should be the name of a listed event: {listed}")
    return name


Percent = Annotated[int, Field(ge=0, le=100)]
EventName = Annotated[str, AfterValidator(_event_name)]


class _Shape(BaseModel):
    """Every field is needed, none is coerced, unknown ones are refused; words may be empty."""

    model_config = ConfigDict(
        alias_generator=SHORT.__getitem__, extra="forbid", frozen=True, strict=True
    )


class Participant(_Shape):
    """Who or what takes part in an event."""

    role: Annotated[str, AfterValidator(_role)]
    value: str


class Judgement(_Shape):
    """How sure the model is of an event, and whether it happened."""

    confidence: Percent
    polarity: Polarity


class Naming(_Shape):
    """What an event is."""

    kind: Annotated[str, AfterValidator(_event_kind)]
    trigger: str
    summary: str


class Completion(Judgement):
    """When and where an event happened, and who took part. Without roles there is no such list."""

    time: str
    place: str
    arguments: list[Participant] = []


class Outlined(Naming, Judgement):
    """An event of a summary."""

    mentions: list[str]
    salience: Percent


class Nearby(Completion):
    """A listed event, completed."""

    id: EventName
    belongs: bool


class Other(Naming, Completion):
    """A part of the event asked about that was not listed."""


class Link(_Shape):
    """A relationship between two listed events."""

    kind: Annotated[str, AfterValidator(_relationship_kind)]
    source: EventName
    target: EventName
    evidence: str
    confidence: Percent


class SummaryAnswer(_Shape):
    """The events of a text."""

    events: list[Outlined]


class DetailAnswer(_Shape):
    """One event completed, those listed with it, and its further parts."""

    event: Completion
    nearby: list[Nearby]
    others: list[Other]


class RelationshipAnswer(_Shape):
    """How events are linked."""

    relationships: list[Link]
