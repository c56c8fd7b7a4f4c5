"""Scores of relations in a sentence, end to end: both events found, their link, kind and direction.

Sentences are those of the corpus, else those of ``split_sentences``, whichever system is measured.
A link between found events of several mentions is taken between the two that stand nearest.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import product

from eval.found import Found
from eval.gold import GoldDocument, Span
from eval.scoring.events import matched_events
from eval.scoring.judging import Item, Judgement, Metric, judge
from eval.scoring.scope import Scope
from processors.sentences import split_sentences

# Kinds that say the same from either end.
SYMMETRIC = frozenset({"same_as"})


def relation_metrics(scope: Scope) -> tuple[Metric, ...]:
    """The scores of relations of the scope's kinds."""
    kinds = scope.relation_kinds
    return (
        Metric(
            "relations",
            "a link between two events in a sentence that a gold link joins, of any kind and in "
            "either direction; events match by head",
            ("events", "relations"),
            partial(_judge, kinds=kinds, is_directed=False, is_typed=False),
        ),
        Metric(
            "relations with direction",
            "the same, from source to target",
            ("events", "relations"),
            partial(_judge, kinds=kinds, is_directed=True, is_typed=False),
        ),
        Metric(
            "relations with kind",
            "the same, of the same kind; the direction of symmetric kinds does not count",
            ("events", "relations"),
            partial(_judge, kinds=kinds, is_directed=True, is_typed=True),
        ),
        Metric(
            "clause relations",
            "a link whose source lies in the source clause of a gold one of its kind, and its "
            "target in the target clause, wherever they stand",
            ("clause relations",),
            partial(_clauses, kinds=kinds),
        ),
    )


def _judge(
    document: GoldDocument, found: Found, kinds: frozenset[str], is_directed: bool, is_typed: bool
) -> Judgement | None:
    if document.relations is None or document.events is None or not kinds:
        return None
    given = document.sentences or split_sentences(document.text, "en")
    sentences = [sentence.start for sentence in given]
    gold_of = matched_events(document, found, by_head=True)

    def same(gold: Item, other: Item) -> bool:
        if other.other is None or (is_typed and gold.kind != other.kind):
            return False
        return (gold_of.get(other.span), gold_of.get(other.other)) == (gold.span, gold.other)

    def links(items: Iterable[Item]) -> list[Item]:
        turned = [
            item if is_directed and item.kind not in SYMMETRIC else _in_order(item)
            for item in items
        ]
        if is_typed:
            return turned
        return list({(item.span, item.other): item for item in turned}.values())

    gold = links(item for item in _gold(document, sentences) if item.kind in kinds)
    linked = links(item for item in _found(found, sentences) if item.kind in kinds)
    return judge(document, gold, linked, same)


def _clauses(document: GoldDocument, found: Found, kinds: frozenset[str]) -> Judgement | None:
    if document.clause_relations is None:
        return None

    def same(gold: Item, other: Item) -> bool:
        return (
            gold.kind == other.kind
            and _within(other.span, gold.span)
            and _within(other.other, gold.other)
        )

    return judge(
        document,
        (Item(link.source, link.kind, other=link.target) for link in document.clause_relations),
        (item for item in _found(found, None) if item.kind in kinds),
        same,
    )


def _within(one: Span | None, clause: Span | None) -> bool:
    return (
        one is not None
        and clause is not None
        and clause.start <= one.start
        and one.end <= clause.end
    )


def _gold(document: GoldDocument, sentences: list[int]) -> Iterator[Item]:
    spans = {event.event_id: event.span for event in document.events or ()}
    for link in document.relations or ():
        source, target = spans.get(link.source), spans.get(link.target)
        if source and target and source != target and _together(source, target, sentences):
            yield Item(source, link.kind, other=target)


def _found(found: Found, sentences: list[int] | None) -> Iterator[Item]:
    mentions = {event.event_id: event.mentions for event in found.events}
    for link in found.relations:
        ends = [
            (source, target)
            for source, target in product(mentions[link.source], mentions[link.target])
            if source != target and (sentences is None or _together(source, target, sentences))
        ]
        if ends:
            source, target = min(ends, key=lambda pair: abs(pair[0].start - pair[1].start))
            yield Item(source, link.kind, other=target, confidence=link.confidence)


def _together(one: Span, other: Span, sentences: list[int]) -> bool:
    return bisect_right(sentences, one.start) == bisect_right(sentences, other.start)


def _in_order(item: Item) -> Item:
    """A link with the end that comes first in the text as its source."""
    if item.other is None or item.span <= item.other:
        return item
    return Item(item.other, item.kind, other=item.span, confidence=item.confidence)
