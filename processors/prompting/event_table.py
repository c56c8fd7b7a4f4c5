"""The events that a question names, in the form in which its template lists them."""

from collections.abc import Iterable
from typing import NamedTuple

from processors.span_index import SpanIndex
from schemas.annotation import Span
from schemas.extraction import Event
from schemas.work import Work

_AROUND_CHARACTERS = 40
_SENTENCE_CHARACTERS = 400


class Row(NamedTuple):
    """An event in a question: words of the document as they are, for the template to quote.

    ``sentence`` is where it stands, where that has to be said: the words around a repeated trigger,
    marked in them; or among events to be linked, the sentence, in the first row that needs it.
    """

    name: str
    kind: str
    trigger: str
    time: str
    parent: str
    sentence: str


def row(work: Work, event: Event, name: str = "") -> Row:
    """An event, with the words around its trigger where the document holds those more than once."""
    around = ""
    if event.end and work.document.text.count(event.text) > 1:
        before = _cut(work, event.start - _AROUND_CHARACTERS, event.start)
        after = _cut(work, event.end, event.end + _AROUND_CHARACTERS)
        around = f"{before}»{event.text}«{after}"
    return Row(name, event.kind, event.text, _dates(event), "", around)


def linked_rows(
    work: Work, events: Iterable[Event], names: dict[str, str], evidence: tuple[Span, ...]
) -> tuple[Row, ...]:
    """Events to be linked, by their short names.

    Args:
        work: the document.
        events: in the order of the text.
        names: the short name of each event's id.
        evidence: the sentences to show; none where the prompt shows the document.
    """
    sentences = SpanIndex(evidence)
    shown: Span | None = None
    rows = []
    for event in events:
        one = row(work, event, names[event.event_id])
        if evidence:
            found = next(sentences.overlapping(event.start, event.start + 1), None)
            found = found if event.end else None
            words = _sentence(work, found, event) if found and found != shown else ""
            shown = found or shown
            one = one._replace(sentence=words)
        rows.append(one._replace(parent=names.get(event.parent_event_id, "")))
    return tuple(rows)


def _sentence(work: Work, sentence: Span, event: Event) -> str:
    """The sentence, or as much of a very long one as surrounds the event."""
    start = sentence.start
    if sentence.end - start > _SENTENCE_CHARACTERS:
        start = max(start, event.start - _SENTENCE_CHARACTERS // 2)
    return _cut(work, start, min(sentence.end, start + _SENTENCE_CHARACTERS))


def _cut(work: Work, start: int, end: int) -> str:
    return work.document.text[max(0, start) : end]


def _dates(event: Event) -> str:
    if event.time_start is None:
        return event.time_text
    first = event.time_start.date().isoformat()
    last = event.time_end.date().isoformat() if event.time_end else first
    return first if first == last else f"{first}/{last}"
