"""What a corpus says of a document: the one shape that all of them are read into.

Offsets are code points of ``GoldDocument.text``, half-open. A layer that a corpus does not have is
None, which is not the same as one that is empty: only layers that are there are scored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from schemas.output import Polarity

TimeKind = Literal["date", "time", "duration", "set"]


class Span(NamedTuple):
    """``[start, end)`` in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """A mention of an entity; ``kind`` in our words (person, organization, place …).

    Mentions with the same ``entity`` mean the same one, where the corpus says so. ``is_name`` tells
    names ("Acme") from other mentions ("the company", "it"); None where the corpus does not.
    """

    span: Span
    kind: str
    entity: str | None = None
    is_name: bool | None = None


@dataclass(frozen=True, slots=True)
class GoldArgument:
    """Who or what takes part in an event, by the span of its mention; ``role`` where known."""

    span: Span
    role: str | None = None


@dataclass(frozen=True, slots=True)
class GoldTime:
    """A time expression; ``value`` as ISO 8601 (TIMEX3), None where the corpus has none.

    ``is_publication`` marks the expression that dates the document itself.
    """

    span: Span
    value: str | None = None
    kind: TimeKind | None = None
    is_publication: bool = False


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """A mention of an event by its trigger.

    Attributes:
        event_id: of the mention, unique in its document.
        head: the span of the trigger's head where the corpus marks it.
        kind: in the corpus's words.
        arguments: those that take part, without its places; None where the corpus has no such
            layer.
        times: spans of time expressions that tell when; None where there is no such layer.
        places: spans of where; None where there is no such layer.
        instance: mentions with the same one are of the same event.
        polarity: whether it happened; None where the corpus does not say.
    """

    event_id: str
    span: Span
    head: Span | None = None
    kind: str | None = None
    arguments: tuple[GoldArgument, ...] | None = None
    times: tuple[Span, ...] | None = None
    places: tuple[Span, ...] | None = None
    instance: str | None = None
    polarity: Polarity | None = None


@dataclass(frozen=True, slots=True)
class GoldRelation:
    """A relation between two mentions of events by their ids; ``kind`` in our words."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class GoldClauseRelation:
    """A relation between two stretches of text, clauses most often; ``kind`` in our words.

    ``signals`` are the words that express it, where the corpus marks them.
    """

    source: Span
    target: Span
    kind: str
    signals: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """One document of a corpus.

    Attributes:
        corpus: its name, such as ``meantime``.
        document_id: unique in the corpus.
        topic: documents of one topic are never on both sides of a split; the document's own id
            where the corpus has no topics.
        published_at: ISO 8601 date, where known.
        sentences: in the order of the text, without overlaps; None where the corpus has none.
        scored: where the gold is exhaustive: what is found elsewhere is neither right nor wrong.
        relations: between mentions of events.
        clause_relations: between clauses, in corpora that mark no events.
        notes: what else the corpus says of it, such as its ``genre``.
        mended: what its reader changed or left out, and how often.
    """

    corpus: str
    document_id: str
    topic: str
    text: str
    published_at: str | None = None
    sentences: tuple[Span, ...] | None = None
    scored: tuple[Span, ...] = ()
    entities: tuple[GoldEntity, ...] | None = None
    times: tuple[GoldTime, ...] | None = None
    events: tuple[GoldEvent, ...] | None = None
    relations: tuple[GoldRelation, ...] | None = None
    clause_relations: tuple[GoldClauseRelation, ...] | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    mended: Mapping[str, int] = field(default_factory=dict)
