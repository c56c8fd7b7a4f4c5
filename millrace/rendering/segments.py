"""A text cut where marks begin and end, for anyone who draws it."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any


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
    found = [
        Mark(start, end, event["kind"], event["event_id"], "event")
        for event in document["events"]
        for start, end in event["mentions"]
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
    return found


def segments(text: str, wanted: Sequence[Mark]) -> list[Segment]:
    """``text`` in order, each mark a segment; where two overlap the earlier in ``wanted`` stays.

    Marks that are empty or reach beyond the text are passed over: they belong to what could not be
    grounded.
    """
    kept: list[Mark] = []
    for mark in wanted:
        place = bisect_left(kept, mark.start, key=attrgetter("start"))
        is_after_the_one_before = place == 0 or kept[place - 1].end <= mark.start
        is_before_the_next = place == len(kept) or mark.end <= kept[place].start
        is_in_text = 0 <= mark.start < mark.end <= len(text)
        if is_in_text and is_after_the_one_before and is_before_the_next:
            kept.insert(place, mark)
    parts: list[Segment] = []
    position = 0
    for mark in kept:
        if position < mark.start:
            parts.append(Segment(text[position : mark.start]))
        parts.append(Segment(text[mark.start : mark.end], mark))
        position = mark.end
    if position < len(text):
        parts.append(Segment(text[position:]))
    return parts
