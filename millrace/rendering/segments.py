"""A text cut where marks begin and end, for anyone who draws it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.annotation import Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch to be marked: ``label`` says as what, ``subject`` is the id of what it shows."""

    start: int
    end: int
    label: str
    subject: str
    group: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text, marked or not."""

    text: str
    mark: Mark | None = None


def marks(document: Mapping[str, Any]) -> list[Mark]:
    """What to mark in a document: triggers, arguments, evidence, entities, in this precedence."""
    found: list[Mark] = []
    for event in document["events"]:
        mentions = [Span(start=start, end=end) for start, end in event["mentions"]]
        found += [
            Mark(span.start, span.end, event["kind"], event["event_id"], "event")
            for span in mentions
        ]
    groups = (
        ("arguments", "role", "argument_id", "argument"),
        ("relationships", "kind", "relationship_id", "relationship"),
        ("entities", "kind", "mention_id", "entity"),
    )
    for rows, label, identity, group in groups:
        found += [
            Mark(row["span_start"], row["span_end"], row[label], row[identity], group)
            for row in document[rows]
        ]
    return [mark for mark in found if mark.start < mark.end]


def segments(text: str, wanted: Sequence[Mark]) -> list[Segment]:
    """``text`` in order, each mark a segment; where two overlap the earlier in ``wanted`` stays."""
    kept: list[Mark] = []
    taken = bytearray(len(text))
    for mark in wanted:
        if mark.end <= len(text) and not any(taken[mark.start : mark.end]):
            taken[mark.start : mark.end] = b"\x01" * (mark.end - mark.start)
            kept.append(mark)
    parts: list[Segment] = []
    position = 0
    for mark in sorted(kept, key=lambda one: one.start):
        if position < mark.start:
            parts.append(Segment(text[position : mark.start]))
        parts.append(Segment(text[mark.start : mark.end], mark))
        position = mark.end
    if position < len(text):
        parts.append(Segment(text[position:]))
    return parts
