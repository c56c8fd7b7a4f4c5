"""The rules of validation: what must hold of an extraction, one function each.

Severities: ``info`` is for the reader; ``warning`` and ``error`` put the document before a person.
An ``error`` means that something of the extraction is missing or broken.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean

from processors.ranking import MAIN_SALIENCE
from schemas.annotation import EntityMention
from schemas.extraction import Argument, Event, GroundedText, Relationship, Severity
from schemas.profile import Profile

PRECEDES = "precedes"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An extraction before it is judged."""

    text: str
    profile: Profile
    entities: tuple[EntityMention, ...]
    events: tuple[Event, ...]
    arguments: tuple[Argument, ...]
    relationships: tuple[Relationship, ...]


# The subject's id (empty for the document) and what is wrong with it.
Breach = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is checked, how grave a breach is, and the check, which yields breaches."""

    name: str
    severity: Severity
    check: Callable[[Candidate], Iterator[Breach]]


def offsets(candidate: Candidate) -> Iterator[Breach]:
    """The recorded words are the document's at the recorded offsets."""
    text = candidate.text
    for mention in candidate.entities:
        if text[mention.start : mention.end] != mention.text:
            yield mention.mention_id, f"entity words differ at {mention.start}-{mention.end}"
    for subject_id, grounded in _grounded(candidate):
        if grounded.grounding == "ungrounded":
            if grounded.start or grounded.end:
                yield subject_id, "ungrounded words have a span"
        elif grounded.start >= grounded.end or text[grounded.start : grounded.end] != grounded.text:
            yield subject_id, f"words differ at {grounded.start}-{grounded.end}"
    for event in candidate.events:
        if any(not span.start < span.end <= len(text) for span in event.mentions):
            yield event.event_id, "a mention lies outside the document"


def known_kinds(candidate: Candidate) -> Iterator[Breach]:
    """Kinds and roles are the profile's."""
    profile = candidate.profile
    kinds = {event.event_id: event.kind for event in candidate.events}
    for event in candidate.events:
        if event.kind not in profile.events:
            yield event.event_id, f"event kind {event.kind!r} is unknown"
    for argument in candidate.arguments:
        kind = profile.events.get(kinds.get(argument.event_id, ""))
        if kind is not None and argument.role not in kind.roles:
            yield argument.argument_id, f"role {argument.role!r} is unknown to its event's kind"
    for link in candidate.relationships:
        if link.kind not in profile.relationships:
            yield link.relationship_id, f"relationship kind {link.kind!r} is unknown"


def dangling(candidate: Candidate) -> Iterator[Breach]:
    """Parents, arguments' events and relationships' ends exist."""
    ids = {event.event_id for event in candidate.events}
    for event in candidate.events:
        if event.parent_event_id and event.parent_event_id not in ids:
            yield event.event_id, "its parent event does not exist"
    for argument in candidate.arguments:
        if argument.event_id not in ids:
            yield argument.argument_id, "its event does not exist"
    for link in candidate.relationships:
        if not {link.source_event_id, link.target_event_id} <= ids:
            yield link.relationship_id, "an end of it does not exist"


def self_links(candidate: Candidate) -> Iterator[Breach]:
    """No event is its own parent, or linked to itself."""
    for event in candidate.events:
        if event.parent_event_id == event.event_id:
            yield event.event_id, "the event is its own parent"
    for link in candidate.relationships:
        if link.source_event_id == link.target_event_id:
            yield link.relationship_id, "the relationship links an event to itself"


def time_bounds(candidate: Candidate) -> Iterator[Breach]:
    """A time does not end before it starts."""
    for event in candidate.events:
        if event.time_start and event.time_end and event.time_end < event.time_start:
            yield event.event_id, "its time ends before it starts"


def time_order(candidate: Candidate) -> Iterator[Breach]:
    """What precedes is not later than what it precedes."""
    events = {event.event_id: event for event in candidate.events}
    for link in candidate.relationships:
        source = events.get(link.source_event_id)
        target = events.get(link.target_event_id)
        if link.kind != PRECEDES or source is None or target is None:
            continue
        if source.time_start and target.time_end and target.time_end < source.time_start:
            yield link.relationship_id, "the event that should come later is earlier by its time"


def emptiness(candidate: Candidate) -> Iterator[Breach]:
    """A document has events. One without is no fault, but its reader should know."""
    if not candidate.events:
        yield "", "no events were found"


def confidence(candidate: Candidate) -> Iterator[Breach]:
    """The engine is sure enough of every main event."""
    least = candidate.profile.review.minimum_confidence
    for event in candidate.events:
        if event.salience >= MAIN_SALIENCE and event.confidence < least:
            yield event.event_id, f"confidence {event.confidence:.2f} is under {least:.2f}"


def expected_precision(candidate: Candidate) -> Iterator[Breach]:
    """As many of the main events are right as the profile wants, by how sure the engine is."""
    target = candidate.profile.review.target_precision
    main = [event.confidence for event in candidate.events if event.salience >= MAIN_SALIENCE]
    if main and (expected := fmean(main)) < target:
        yield "", f"{expected:.0%} of the main events are likely right, under {target:.0%}"


def ungrounded_share(candidate: Candidate) -> Iterator[Breach]:
    """Most of what was found stands in the document."""
    most = candidate.profile.review.maximum_ungrounded
    found = [grounded.grounding for _, grounded in _grounded(candidate)]
    lost = found.count("ungrounded")
    if found and lost / len(found) > most:
        yield "", f"{lost} of {len(found)} quotes are not in the document, over {most:.0%}"


def _grounded(candidate: Candidate) -> Iterator[tuple[str, GroundedText]]:
    for event in candidate.events:
        yield event.event_id, event
    for argument in candidate.arguments:
        yield argument.argument_id, argument
    for link in candidate.relationships:
        yield link.relationship_id, link


RULES: tuple[Rule, ...] = (
    Rule("offsets", "error", offsets),
    Rule("known_kinds", "error", known_kinds),
    Rule("dangling", "error", dangling),
    Rule("self_links", "error", self_links),
    Rule("time_bounds", "error", time_bounds),
    Rule("time_order", "warning", time_order),
    Rule("emptiness", "info", emptiness),
    Rule("confidence", "warning", confidence),
    Rule("expected_precision", "warning", expected_precision),
    Rule("ungrounded_share", "warning", ungrounded_share),
)
