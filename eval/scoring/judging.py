"""What is right, missed and wrong: gold and found items paired off, in the scored regions alone."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from eval.found import Found
from eval.gold import GoldDocument, Span
from processors.span_index import SpanIndex, overlap

Layer = Literal[
    "entities",
    "times",
    "events",
    "arguments",
    "event times",
    "places",
    "polarity",
    "relations",
    "clause relations",
]


class Counts(NamedTuple):
    """True positives, false positives, false negatives."""

    right: int
    wrong: int
    missed: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be right or wrong about.

    Attributes:
        span: where it stands.
        kind: what it is; what a score by kind is counted under.
        at: the span of the event that it belongs to, where it belongs to one: that decides whether
            it lies in a scored region.
        other: of a link, the span of its other end.
        value: what it says, where that counts and not its words.
        confidence: of what was found, where it has one.
    """

    span: Span
    kind: str = ""
    at: Span | None = None
    other: Span | None = None
    value: str = ""
    confidence: float | None = None

    @property
    def start(self) -> int:
        """The first code point."""
        return self.span.start

    @property
    def end(self) -> int:
        """The code point after the last."""
        return self.span.end


class Pair(NamedTuple):
    """A gold item and the found one that is the same."""

    gold: Item
    found: Item


@dataclass(frozen=True, slots=True)
class Judgement:
    """One document judged by one metric."""

    right: tuple[Pair, ...] = ()
    wrong: tuple[Item, ...] = ()
    missed: tuple[Item, ...] = ()

    @property
    def counts(self) -> Counts:
        """How many there are of each."""
        return Counts(len(self.right), len(self.wrong), len(self.missed))


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured.

    Attributes:
        name: what reports call it.
        counts: what is counted as right, in words.
        layers: those that a corpus must have for it.
        judge: a document judged; None where the document lacks the layers.
        is_rate: what is reported is the share of right ones among those found; nothing can be
            missed.
    """

    name: str
    counts: str
    layers: tuple[Layer, ...]
    judge: Callable[[GoldDocument, Found], Judgement | None]
    is_rate: bool = False


Same = Callable[[Item, Item], bool]


def same_span(gold: Item, found: Item) -> bool:
    """Whether both stand on the same characters."""
    return gold.span == found.span


def same_span_and_kind(gold: Item, found: Item) -> bool:
    """Whether both stand on the same characters and are of one kind."""
    return (gold.span, gold.kind) == (found.span, found.kind)


def paired(gold: Sequence[Item], found: Sequence[Item], same: Same) -> list[Pair]:
    """Gold and found items that are the same, each in one pair at most.

    Where several may be paired, equal spans come first, then those that share most characters,
    then the first in the text. Only items that share a character are looked at.
    """
    index = SpanIndex(gold)
    candidates = [
        (one.span != other.span, -overlap(one, other), one.start, other.start, number, one, other)
        for number, other in enumerate(found)
        for one in index.overlapping(other.start, other.end)
        if same(one, other)
    ]
    candidates.sort(key=lambda candidate: candidate[:5])
    taken_gold: set[int] = set()
    taken_found: set[int] = set()
    pairs = []
    for *_, number, one, other in candidates:
        if id(one) not in taken_gold and number not in taken_found:
            taken_gold.add(id(one))
            taken_found.add(number)
            pairs.append(Pair(one, other))
    return pairs


def judge(
    document: GoldDocument,
    gold: Iterable[Item],
    found: Iterable[Item],
    same: Same,
    ignored: Iterable[Item] = (),
) -> Judgement:
    """Pair off and count what lies in the document's scored regions.

    A gold item counts where it begins in a region, and so does the found item that is paired with
    it; a found item without a pair counts as wrong where itself begins in one. Equal items count
    once.

    Args:
        document: whose regions are scored.
        gold: what should be found.
        found: what was.
        same: whether a gold item and a found one are the same.
        ignored: gold items that are neither to be found nor wrong to find.
    """
    expected = unique(gold)
    left = unique(found)
    pairs = paired(expected, left, same)
    taken = {id(pair.found) for pair in pairs}
    left = [item for item in left if id(item) not in taken]
    excused = {id(pair.found) for pair in paired(unique(ignored), left, same)}
    matched = {id(pair.gold) for pair in pairs}
    return Judgement(
        right=tuple(pair for pair in pairs if is_scored(document, pair.gold)),
        wrong=tuple(item for item in left if id(item) not in excused and is_scored(document, item)),
        missed=tuple(
            item for item in expected if id(item) not in matched and is_scored(document, item)
        ),
    )


def is_scored(document: GoldDocument, item: Item) -> bool:
    """Whether an item begins where the document's gold is exhaustive."""
    start = (item.at or item.span).start
    return any(region.start <= start < region.end for region in document.scored)


def unique(items: Iterable[Item]) -> list[Item]:
    """Each item once, whatever its confidence, in the order of the text."""
    kept: dict[Hashable, Item] = {}
    for item in items:
        kept.setdefault((item.span, item.kind, item.at, item.other, item.value), item)
    return sorted(kept.values(), key=lambda item: (item.span, item.kind))
