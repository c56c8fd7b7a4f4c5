"""From an engine's links to relationships: ends checked, evidence grounded."""

from collections.abc import Iterable

from processors.asking import finding
from processors.grounding import ground
from processors.span_index import SpanIndex
from schemas.annotation import Span
from schemas.extraction import Event, Finding, Relationship
from schemas.ids import content_id
from schemas.output import FoundRelationship
from schemas.profile import Profile
from schemas.work import Work


def ground_relationships(
    work: Work, profile: Profile, found: Iterable[FoundRelationship]
) -> tuple[tuple[Relationship, ...], tuple[Finding, ...]]:
    """The links of an answer, grounded; one of each kind between the same two events.

    Returns:
        The relationships, surest first among equals and in the order of the answer; and findings
        for what was left out: an unknown kind, an event that does not exist, a link to itself.
    """
    events = {event.event_id: event for event in work.events}
    sentences = SpanIndex(work.sentences)
    links: dict[str, Relationship] = {}
    findings: list[Finding] = []
    for link in found:
        if problem := _problem(link, profile, events):
            findings.append(finding(work, "unusable_link", "warning", "", problem))
            continue
        ends = (events[link.source], events[link.target])
        relationship = _grounded(work, link, _between(sentences, ends))
        known = links.get(relationship.relationship_id)
        if known is None or known.confidence < relationship.confidence:
            links[relationship.relationship_id] = relationship
    return tuple(links.values()), tuple(findings)


def _problem(link: FoundRelationship, profile: Profile, events: dict[str, Event]) -> str:
    if link.kind not in profile.relationships:
        return f"a relationship of unknown kind {link.kind[:80]!r} was left out"
    if link.source not in events or link.target not in events:
        return f"a relationship {link.kind} with an event that does not exist was left out"
    if link.source == link.target:
        return f"a relationship {link.kind} of an event with itself was left out"
    return ""


def _between(sentences: SpanIndex[Span], ends: tuple[Event, Event]) -> Span | None:
    """From the first to the last sentence in which the two events stand."""
    grounded = [event for event in ends if event.end]
    if not grounded:
        return None
    start = min(event.start for event in grounded)
    end = max(event.end for event in grounded)
    touched = [
        *sentences.overlapping(start, start + 1),
        *sentences.overlapping(end - 1, end),
    ]
    return Span(
        start=min([start, *(sentence.start for sentence in touched)]),
        end=max([end, *(sentence.end for sentence in touched)]),
    )


def _grounded(work: Work, link: FoundRelationship, within: Span | None) -> Relationship:
    evidence = ground(work.document.text, link.evidence, within)
    return Relationship(
        relationship_id=content_id(
            "relationship", work.document.document_id, link.kind, link.source, link.target
        ),
        kind=link.kind,
        source_event_id=link.source,
        target_event_id=link.target,
        confidence=link.confidence,
        text=evidence.text,
        start=evidence.start,
        end=evidence.end,
        grounding=evidence.grounding,
    )
