"""What is in a corpus, counted, and whether every span of it quotes something."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from eval.gold import GoldDocument, Span


@dataclass(slots=True)
class Census:
    """Counts over the documents of a corpus.

    ``found`` is by layer, documents and words included; ``mended`` by what readers changed or left
    out; ``faulty_spans`` quote nothing, white space alone, or have white space at an end.
    """

    found: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    faulty_spans: int = 0


def census(documents: Iterable[GoldDocument]) -> Census:
    """Count what is in these documents."""
    counted = Census()
    for document in documents:
        events = document.events or ()
        counted.found.update(
            {
                "documents": 1,
                "words": len(document.text.split()),
                "characters": len(document.text),
                "scored characters": sum(span.end - span.start for span in document.scored),
                "sentences": len(document.sentences or ()),
                "entities": len(document.entities or ()),
                "times": len(document.times or ()),
                "time values": sum(one.value is not None for one in document.times or ()),
                "events": len(events),
                "arguments": sum(len(event.arguments or ()) for event in events),
                "event times": sum(len(event.times or ()) for event in events),
                "places": sum(len(event.places or ()) for event in events),
                "relations": len(document.relations or ()),
                "clause relations": len(document.clause_relations or ()),
            }
        )
        counted.mended.update(document.mended)
        counted.faulty_spans += sum(1 for span in spans(document) if is_faulty(document, span))
    return counted


def spans(document: GoldDocument) -> Iterator[Span]:
    """Every span of a document that quotes something, of whatever layer."""
    yield from document.sentences or ()
    yield from (one.span for one in document.entities or ())
    yield from (one.span for one in document.times or ())
    for event in document.events or ():
        yield event.span
        yield from (event.head,) if event.head else ()
        yield from (argument.span for argument in event.arguments or ())
        yield from event.times or ()
        yield from event.places or ()
    for relation in document.clause_relations or ():
        yield relation.source
        yield relation.target
        yield from relation.signals


def is_faulty(document: GoldDocument, span: Span) -> bool:
    """Whether a span quotes nothing, or white space at one of its ends."""
    quoted = document.text[span.start : span.end]
    inside = 0 <= span.start < span.end <= len(document.text)
    return not inside or quoted != quoted.strip()
