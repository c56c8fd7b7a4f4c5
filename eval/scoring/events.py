"""Scores of events: their triggers, exact and by head, and their kinds.

All mentions of a found event count, not its trigger alone: gold is exhaustive in mentions. An event
that stands nowhere has none; the rates of grounding and invention speak of it.
"""

from collections.abc import Iterable
from functools import partial

from eval.found import Found
from eval.gold import GoldDocument, Span
from eval.scoring.heads import share_a_character, trigger_head
from eval.scoring.judging import (
    Item,
    Judgement,
    Metric,
    Pair,
    Same,
    is_scored,
    judge,
    paired,
    same_span,
)
from eval.scoring.scope import Naming, Scope


def event_metrics(scope: Scope) -> tuple[Metric, ...]:
    """The scores of triggers, and of kinds as the scope translates them."""
    return (
        Metric(
            "triggers",
            "a mention of an event with the exact span of a gold trigger",
            ("events",),
            partial(_triggers, by_head=False),
        ),
        Metric(
            "triggers by head",
            "a mention of an event that covers a character of a gold trigger's head, which is its "
            "last word where the corpus marks none",
            ("events",),
            partial(_triggers, by_head=True),
        ),
        Metric(
            "event kinds",
            "the same, and its kind is one of ours for the gold one; events of gold kinds that "
            "have none of ours are left out",
            ("events",),
            partial(_kinds, naming=scope.event_kinds),
        ),
        Metric(
            "polarity",
            "of the mentions that match a gold trigger by head, those with its polarity: happened, "
            "did not, may",
            ("events", "polarity"),
            _polarities,
            is_rate=True,
        ),
    )


def _triggers(document: GoldDocument, found: Found, by_head: bool) -> Judgement | None:
    if document.events is None:
        return None
    same = by_heads(document) if by_head else same_span
    return judge(document, gold_triggers(document), found_mentions(found), same)


def _kinds(document: GoldDocument, found: Found, naming: Naming) -> Judgement | None:
    if document.events is None or not naming:
        return None
    by_head = by_heads(document)

    def same(gold: Item, found: Item) -> bool:
        fitting = naming.get(gold.kind)
        return by_head(gold, found) and (fitting is None or found.kind in fitting)

    gold = [Item(event.span, event.kind or "") for event in document.events]
    return judge(
        document,
        (item for item in gold if item.kind in naming),
        _mentions(found),
        same,
        ignored=(item for item in gold if item.kind not in naming),
    )


def _polarities(document: GoldDocument, found: Found) -> Judgement | None:
    gold = {one.span: one.polarity for one in document.events or () if one.polarity is not None}
    if not gold:
        return None
    ours = {span: event.polarity for event in found.events for span in event.mentions}
    right, wrong = [], []
    for mention, trigger in matched_events(document, found, by_head=True).items():
        item = Item(trigger, gold.get(trigger, ""))
        if trigger not in gold or not is_scored(document, item):
            continue
        if ours[mention] == gold[trigger]:
            right.append(Pair(item, Item(mention, ours[mention])))
        else:
            wrong.append(Item(mention, item.kind, value=ours[mention]))
    return Judgement(tuple(right), tuple(wrong))


def gold_triggers(document: GoldDocument) -> list[Item]:
    """The gold triggers, each span once: events of one trigger cannot be told apart by it."""
    return _by_span(Item(event.span, event.kind or "") for event in document.events or ())


def found_mentions(found: Found) -> list[Item]:
    """The mentions of found events, each span once, with the surest event's kind."""
    return _by_span(sorted(_mentions(found), key=lambda item: -(item.confidence or 0.0)))


def matched_events(document: GoldDocument, found: Found, by_head: bool) -> dict[Span, Span]:
    """Which gold trigger each mention of a found event is, by their spans."""
    same = by_heads(document) if by_head else same_span
    pairs = paired(gold_triggers(document), found_mentions(found), same)
    return {pair.found.span: pair.gold.span for pair in pairs}


def by_heads(document: GoldDocument) -> Same:
    """Whether a found mention covers a character of a gold trigger's head."""
    heads = {event.span: trigger_head(document.text, event) for event in document.events or ()}

    def same(gold: Item, found: Item) -> bool:
        return share_a_character(heads[gold.span], found.span)

    return same


def _mentions(found: Found) -> list[Item]:
    return [
        Item(span, event.kind, confidence=event.confidence)
        for event in found.events
        for span in event.mentions
    ]


def _by_span(items: Iterable[Item]) -> list[Item]:
    kept: dict[Span, Item] = {}
    for item in items:
        kept.setdefault(item.span, item)
    return list(kept.values())
