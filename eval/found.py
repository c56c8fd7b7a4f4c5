"""What the pipeline found in a document: the counterpart of ``eval.gold``, in the same offsets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from eval.gold import Span
from processors.grounding import ground
from processors.span_index import SpanIndex, overlap
from schemas.annotation import EntityMention
from schemas.extraction import Event, Extraction, Finding, GroundedText, Grounding
from schemas.output import Polarity, Quote

TIME_KINDS = ("date", "time")


@dataclass(frozen=True, slots=True)
class Words:
    """Words of an answer and where they stand; ``span`` is None where they stand nowhere."""

    text: str
    span: Span | None
    grounding: Grounding


@dataclass(frozen=True, slots=True)
class FoundEntity:
    """A mention of an entity; ``value`` is its normalised form, ISO 8601 of dates and times."""

    span: Span
    kind: str
    text: str
    value: str = ""
    entity: str = ""


@dataclass(frozen=True, slots=True)
class FoundArgument:
    """Who or what takes part in an event."""

    words: Words
    role: str


@dataclass(frozen=True, slots=True)
class FoundTime:
    """When an event was: its words, and the first and last second in UTC where they are known.

    ``value`` is that of the date or time that was recognised in the words; empty without one.
    """

    words: Words
    value: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event. ``mentions`` are all of its spans, the trigger's first where that is grounded."""

    event_id: str
    kind: str
    trigger: Words
    mentions: tuple[Span, ...] = ()
    arguments: tuple[FoundArgument, ...] = ()
    time: FoundTime | None = None
    place: Words | None = None
    confidence: float = 0.5
    polarity: Polarity = "positive"
    salience: float = 0.5
    parent: str = ""


@dataclass(frozen=True, slots=True)
class FoundRelation:
    """A link between two events, by their ids, with the words that say so."""

    source: str
    target: str
    kind: str
    evidence: Words
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Spent:
    """What a document took.

    Attributes:
        cpu_s: seconds of CPU by stage; inference is missing where other documents were under way
            at the same time, as theirs cannot be told apart.
        wall_s: seconds from its first stage to its last.
        prompt_tokens: None where no engine counted them, as with the next two.
        completion_tokens: of all answers.
        cost_usd: of all calls.
    """

    cpu_s: Mapping[str, float] = field(default_factory=dict)
    wall_s: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found in one document.

    ``refused`` says which stage refused it, and the kind of refusal: nothing was found then.
    """

    document_id: str
    entities: tuple[FoundEntity, ...] = ()
    events: tuple[FoundEvent, ...] = ()
    relations: tuple[FoundRelation, ...] = ()
    findings: tuple[Finding, ...] = ()
    spent: Spent = Spent()
    refused: str = ""


def found_in(extraction: Extraction, spent: Spent) -> Found:
    """What an extraction holds.

    An extraction keeps the words of an event's time and place but not where they stand: they are
    looked for again, as grounding does, nearest to the trigger.
    """
    text = extraction.document.text
    times = SpanIndex(one for one in extraction.entities if one.kind in TIME_KINDS)
    arguments: dict[str, list[FoundArgument]] = {}
    for argument in extraction.arguments:
        one = FoundArgument(_words(argument), argument.role)
        arguments.setdefault(argument.event_id, []).append(one)
    return Found(
        document_id=extraction.document.document_id,
        entities=tuple(_entity(mention) for mention in extraction.entities),
        events=tuple(
            _event(event, text, times, arguments.get(event.event_id, ()))
            for event in extraction.events
        ),
        relations=tuple(
            FoundRelation(
                link.source_event_id, link.target_event_id, link.kind, _words(link), link.confidence
            )
            for link in extraction.relationships
        ),
        findings=extraction.findings,
        spent=spent,
    )


def _entity(mention: EntityMention) -> FoundEntity:
    span = Span(mention.start, mention.end)
    return FoundEntity(span, mention.kind, mention.text, mention.value, mention.entity_id)


def _event(
    event: Event,
    text: str,
    times: SpanIndex[EntityMention],
    arguments: Iterable[FoundArgument],
) -> FoundEvent:
    return FoundEvent(
        event_id=event.event_id,
        kind=event.kind,
        trigger=_words(event),
        mentions=tuple(Span(span.start, span.end) for span in event.mentions),
        arguments=tuple(arguments),
        time=_time(event, text, times) if event.time_text else None,
        place=_again(event.place, event, text) if event.place else None,
        confidence=event.confidence,
        polarity=event.polarity,
        salience=event.salience,
        parent=event.parent_event_id,
    )


def _time(event: Event, text: str, times: SpanIndex[EntityMention]) -> FoundTime:
    words = _again(event.time_text, event, text)
    value = ""
    if words.span is not None:
        at = words.span
        mentions = times.overlapping(at.start, at.end)
        best = max(mentions, key=lambda mention: overlap(mention, at), default=None)
        value = best.value if best else ""
    return FoundTime(words, value, event.time_start, event.time_end)


def _again(words: str, event: Event, text: str) -> Words:
    return _words(ground(text, Quote(text=words, at=event.start)))


def _words(grounded: GroundedText) -> Words:
    is_grounded = grounded.grounding != "ungrounded"
    span = Span(grounded.start, grounded.end) if is_grounded else None
    return Words(grounded.text, span, grounded.grounding)
