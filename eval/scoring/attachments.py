"""What belongs to an event, end to end: right only where the event itself was found.

A found event of several mentions says what belongs to it once, while gold says it of each mention:
what was found is attached to the mention that it stands nearest to.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from eval.found import Found, FoundEvent
from eval.gold import GoldDocument, GoldEvent, Span
from eval.scoring.events import matched_events
from eval.scoring.judging import Item, Judgement, Same, judge


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to a gold event; what is ``ignored`` is neither to be found nor wrong."""

    items: tuple[Item, ...] = ()
    ignored: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One thing that belongs to events.

    Attributes:
        gold: what belongs to a gold event; None where the corpus has no such layer there.
        found: what belongs to a found event, each with its place in ``span``.
        same: whether a gold part and a found one are the same; that their events are is looked
            after here.
        is_valued: parts are compared by what they say, wherever they stand.
        is_one: of several gold parts of an event one is enough, as an event is said to have one.
    """

    gold: Callable[[GoldEvent], Parts | None]
    found: Callable[[FoundEvent], Iterable[Item]]
    same: Same
    is_valued: bool = False
    is_one: bool = False


def judge_attached(
    document: GoldDocument, found: Found, attachment: Attachment, by_head: bool
) -> Judgement | None:
    """Pair off what belongs to events whose triggers match, exactly or by their heads.

    Returns:
        None where no event of the document has such a layer.
    """
    parts = [(event, attachment.gold(event)) for event in document.events or ()]
    if all(part is None for _, part in parts):
        return None
    unknown = {event.span for event, part in parts if part is None}
    gold_of = matched_events(document, found, by_head)

    def same(gold: Item, other: Item) -> bool:
        return other.at in gold_of and gold_of[other.at] == gold.at and attachment.same(gold, other)

    def placed(item: Item, at: Span) -> Item:
        # Items are only compared where they overlap, as triggers that match do.
        return replace(item, at=at, span=at if attachment.is_valued else item.span)

    judged = judge(
        document,
        (placed(item, event.span) for event, part in parts if part for item in part.items),
        (
            placed(item, at)
            for item, at in _by_mention(found, attachment)
            if gold_of.get(at) not in unknown
        ),
        same,
        ignored=(
            placed(item, event.span) for event, part in parts if part for item in part.ignored
        ),
    )
    return replace(judged, missed=_one_each(judged)) if attachment.is_one else judged


def _one_each(judged: Judgement) -> tuple[Item, ...]:
    """Of each event that nothing right was found for one missed part."""
    done = {pair.gold.at for pair in judged.right}
    first = {item.at: item for item in reversed(judged.missed) if item.at not in done}
    return tuple(item for item in judged.missed if first.get(item.at) is item)


def _by_mention(found: Found, attachment: Attachment) -> Iterator[tuple[Item, Span]]:
    for event in found.events:
        if event.mentions:
            for item in attachment.found(event):
                yield item, min(event.mentions, key=lambda span, item=item: _apart(span, item.span))  # type: ignore[misc]


def _apart(one: Span, other: Span) -> int:
    """How many characters lie between two spans."""
    return max(0, one.start - other.end, other.start - one.end)
