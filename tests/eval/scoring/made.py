"""Gold and found documents made by hand, by their words."""

from eval.found import (
    Found,
    FoundArgument,
    FoundEntity,
    FoundEvent,
    FoundRelation,
    FoundTime,
    Words,
)
from eval.gold import GoldArgument, GoldDocument, GoldEvent, GoldRelation, Span
from eval.scoring.judging import Counts, Judgement, Metric
from eval.scoring.metrics import metrics
from eval.scoring.scope import Scope
from processors.dates import interval

TEXT = (
    "The founder of Acme bought Widget Ltd in London on 3 March 2024. "
    "Because prices rose, workers went on strike in Leeds."
)
FIRST = Span(0, TEXT.index(" Because"))
WHOLE = Span(0, len(TEXT))
ALL_KINDS = Scope(relation_kinds=frozenset({"causes", "precedes", "same_as"}))


def at(words: str, text: str = TEXT) -> Span:
    """Where words stand."""
    start = text.index(words)
    return Span(start, start + len(words))


def gold(*, scored: tuple[Span, ...] = (WHOLE,), **layers: object) -> GoldDocument:
    return GoldDocument("made", "d1", "t1", TEXT, scored=scored, **layers)  # type: ignore[arg-type]


def gold_event(words: str, **fields: object) -> GoldEvent:
    """An event by its trigger, which is its id too."""
    return GoldEvent(words, at(words), **fields)  # type: ignore[arg-type]


def gold_arguments(*words: str, role: str | None = None) -> tuple[GoldArgument, ...]:
    return tuple(GoldArgument(at(one), role) for one in words)


def gold_link(source: str, target: str, kind: str = "causes") -> tuple[GoldRelation, ...]:
    return (GoldRelation(source, target, kind),)


def found(*events: FoundEvent, **fields: object) -> Found:
    return Found("d1", events=events, **fields)  # type: ignore[arg-type]


def words(quote: str) -> Words:
    return Words(quote, at(quote), "exact")


def entity(quote: str, kind: str, value: str = "") -> FoundEntity:
    return FoundEntity(at(quote), kind, quote, value)


def event(*mentions: str, **fields: object) -> FoundEvent:
    """An event by its mentions, the trigger first, which is its id too."""
    about: dict[str, object] = {"kind": "purchase", "confidence": 0.5, **fields}
    spans = tuple(at(one) for one in mentions)
    return FoundEvent(mentions[0], trigger=words(mentions[0]), mentions=spans, **about)  # type: ignore[arg-type]


def arguments(*quotes: str, role: str = "buyer") -> tuple[FoundArgument, ...]:
    return tuple(FoundArgument(words(one), role) for one in quotes)


def time(quote: str, value: str) -> FoundTime:
    start, end = interval(value) or (None, None)
    return FoundTime(words(quote), value, start, end)


def link(source: str, target: str, kind: str = "causes") -> FoundRelation:
    return FoundRelation(source, target, kind, words("Because"))


def metric(name: str, scope: Scope = ALL_KINDS) -> Metric:
    return next(one for one in metrics(scope) if one.name == name)


def judged(name: str, document: GoldDocument, ours: Found, scope: Scope = ALL_KINDS) -> Judgement:
    judgement = metric(name, scope).judge(document, ours)
    assert judgement is not None, f"{name} does not judge this document"
    return judgement


def counts(name: str, document: GoldDocument, ours: Found, scope: Scope = ALL_KINDS) -> Counts:
    """(right, wrong, missed)."""
    return judged(name, document, ours, scope).counts
