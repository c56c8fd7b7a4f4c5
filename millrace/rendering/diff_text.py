"""A document's text with what two runs see differently in it, shortened to what matters."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from millrace.rendering.diff_words import SIGNS
from millrace.rendering.segments import Mark, Segment, segments
from processors.comparison.difference import Difference

_SHORTEST_GAP = 80


@dataclass(frozen=True, slots=True)
class Gap:
    """Characters that are left out."""

    characters: int


def marked(text: str, found: Difference, around: int) -> list[Segment | Gap]:
    """The text with the triggers of both readings marked.

    The label of a mark names all events that it stands for, each with its sign. Its group is a key
    of ``SIGNS``, "changed" where several events of different groups overlap there.

    Args:
        text: of the document.
        found: how the two readings differ.
        around: characters to keep before and after a mark.
    """
    parts = segments(text, clusters(_marks(found), len(text)))
    if len(parts) == 1:
        # Nothing is marked: its beginning.
        return list(_shortened(parts[0], 2 * around, 0))
    last = len(parts) - 1
    return [
        piece
        for number, part in enumerate(parts)
        for piece in _shortened(part, around * (number > 0), around * (number < last))
    ]


def _marks(found: Difference) -> Iterator[Mark]:
    def mark(start: int, end: int, group: str, kind: str) -> Mark:
        return Mark(start, end, f"{SIGNS[group]} {kind}", "", group)

    yield from (mark(one.start, one.end, "added", one.kind) for one in found.added)
    yield from (mark(one.start, one.end, "removed", one.kind) for one in found.removed)
    yield from (mark(one.start, one.end, "same", one.kind) for one in found.same)
    for one in found.changed:
        kinds = " → ".join(dict.fromkeys((one.before.kind, one.after.kind)))
        for place in dict.fromkeys((side.start, side.end) for side in (one.before, one.after)):
            yield mark(*place, "changed", kinds)


def clusters(marks: Iterable[Mark], length: int, mixed: str = "changed") -> list[Mark]:
    """Marks that overlap as one, so that none hides another.

    Args:
        marks: any; those that do not lie in the text are left out.
        length: of the text.
        mixed: the group of one that stands for several of different groups.
    """
    found: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start, one.end, one.label)):
        if not 0 <= mark.start < mark.end <= length:
            continue
        if not found or found[-1].end <= mark.start:
            found.append(mark)
            continue
        one = found[-1]
        labels = dict.fromkeys((*one.label.split(", "), mark.label))
        group = one.group if one.group == mark.group else mixed
        found[-1] = Mark(one.start, max(one.end, mark.end), ", ".join(labels), "", group)
    return found


def _shortened(part: Segment, head: int, tail: int) -> Iterator[Segment | Gap]:
    """A stretch without a mark as its first and last characters alone, where it is longer."""
    left_out = len(part.text) - head - tail
    # A gap takes room itself.
    if part.mark is not None or left_out < _SHORTEST_GAP:
        yield part
        return
    if head:
        yield Segment(part.text[:head])
    yield Gap(left_out)
    if tail:
        yield Segment(part.text[-tail:])
