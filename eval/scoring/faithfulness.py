"""Rates of what stands in the text: grounding, offsets, invention. They need no gold.

All of a document counts, not its scored regions alone.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from eval.found import Found, Words
from eval.gold import GoldDocument, Span
from eval.scoring.judging import Item, Judgement, Metric, Pair

# What is checked: what it is, its words, where they are said to stand.
_Quoted = tuple[str, str, Span | None]


def _grounding(_: GoldDocument, found: Found) -> Judgement:
    return _rated(_answered(found), lambda quoted: quoted[2] is not None)


def _offsets(document: GoldDocument, found: Found) -> Judgement:
    placed = [quoted for quoted in _all(document, found) if quoted[2] is not None]
    return _rated(placed, partial(_quotes, document.text))


def _invention(document: GoldDocument, found: Found) -> Judgement:
    return _rated(_all(document, found), lambda quoted: quoted[1] in document.text)


FAITHFULNESS_METRICS = (
    Metric(
        "grounding",
        "a trigger, argument or evidence whose words were found in the document, exactly or nearly",
        (),
        _grounding,
        is_rate=True,
    ),
    Metric(
        "offsets",
        "an entity, trigger, mention, argument, time, place or evidence whose offsets lie in the "
        "document and quote its words; must be 100 %",
        (),
        _offsets,
        is_rate=True,
    ),
    Metric(
        "not invented",
        "an entity, trigger, argument, time, place or evidence whose words stand in the document "
        "as they are; what is ungrounded does not; must be 100 % of an engine that only quotes",
        (),
        _invention,
        is_rate=True,
    ),
)


def _rated(items: Iterable[_Quoted], is_right: Callable[[_Quoted], bool]) -> Judgement:
    right, wrong = [], []
    for quoted in items:
        kind, _, span = quoted
        item = Item(span or Span(0, 0), kind)
        if is_right(quoted):
            right.append(Pair(item, item))
        else:
            wrong.append(item)
    return Judgement(tuple(right), tuple(wrong))


def _quotes(text: str, quoted: _Quoted) -> bool:
    _, words, span = quoted
    if span is None or not 0 <= span.start < span.end <= len(text):
        return False
    return text[span.start : span.end] == words


def _all(document: GoldDocument, found: Found) -> Iterator[_Quoted]:
    for entity in found.entities:
        yield "entity", entity.text, entity.span
    yield from _answered(found)
    for event in found.events:
        for span in event.mentions:
            # They have no words of their own: only that they lie in the text can be checked.
            yield "mention", document.text[span.start : span.end], span
        if event.time is not None:
            yield _quoted("time", event.time.words)
        if event.place is not None:
            yield _quoted("place", event.place)


def _answered(found: Found) -> Iterator[_Quoted]:
    for event in found.events:
        yield _quoted("trigger", event.trigger)
        for argument in event.arguments:
            yield _quoted("argument", argument.words)
    for link in found.relations:
        yield _quoted("evidence", link.evidence)


def _quoted(kind: str, words: Words) -> _Quoted:
    return kind, words.text, words.span
