"""Sentences of a document with what is right, missed and wrong in them marked."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

from eval.gold import GoldDocument, Span
from eval.scoring.judging import Item, Judgement
from processors.sentences import split_sentences

# Of a sentence: a table or a list may be one.
MOST_CHARACTERS = 600
Sort = Literal["missed", "wrong", "right", "of"]


@dataclass(frozen=True, slots=True)
class Shown:
    """Something to be marked in a sentence.

    ``sort`` is "of" for the event that a mistake belongs to. ``end`` tells the ends of a link, and
    ``link`` which of several in a sentence: from 1, 0 where there is one alone.
    """

    span: Span
    sort: Sort
    kind: str
    value: str = ""
    end: Literal["", "source", "target"] = ""
    link: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with mistakes of one metric, or several sentences that a link joins.

    Attributes:
        document_id: of the document that it stands in.
        text: of the sentence.
        shown: what to mark, in offsets of ``text``.
        is_cut: whether the sentence is longer at its beginning, and at its end.
    """

    document_id: str
    text: str
    shown: tuple[Shown, ...]
    is_cut: tuple[bool, bool] = (False, False)

    @property
    def sorts(self) -> frozenset[Sort]:
        """What there is in it: missed, wrong or both."""
        return frozenset(one.sort for one in self.shown if one.sort in ("missed", "wrong"))


@dataclass(frozen=True, slots=True)
class Sentences:
    """A document and where its sentences are; ``starts`` are their first code points."""

    document: GoldDocument
    sentences: tuple[Span, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, document: GoldDocument) -> "Sentences":
        """Those of the corpus, else those of ``split_sentences``."""
        sentences = document.sentences
        if sentences is None:
            split = split_sentences(document.text, "en")
            sentences = tuple(Span(one.start, one.end) for one in split)
        return cls(document, sentences, tuple(one.start for one in sentences))

    def around(self, item: Item) -> Span:
        """The sentence of an item; all from one end to the other of a link."""
        spans = [self._sentence_at(one) for one in (item.span, item.other) if one is not None]
        return Span(min(one.start for one in spans), max(one.end for one in spans))

    def _sentence_at(self, span: Span) -> Span:
        number = bisect_right(self.starts, span.start) - 1
        if number < 0:
            return span
        # Corpora may mark what reaches over the end of a sentence, or stands in none.
        return Span(self.sentences[number].start, max(self.sentences[number].end, span.end))

    def sentence(self, place: Span, judgement: Judgement) -> Sentence:
        """The sentence at a place with all that there is to mark, cut where it is too long."""
        marks = [one for one in _marks(judgement) if _lies_in(one.span, place)]
        first = min(one.span.start for one in marks if one.sort in ("missed", "wrong"))
        start, end = place
        if end - start > MOST_CHARACTERS:
            start = max(start, first - MOST_CHARACTERS // 3)
            end = min(end, start + MOST_CHARACTERS)
        marks = [one for one in marks if _lies_in(one.span, Span(start, end))]
        numbers = {link: number for number, link in enumerate(_links(marks), start=1)}
        return Sentence(
            self.document.document_id,
            self.document.text[start:end],
            tuple(
                replace(
                    one,
                    span=Span(one.span.start - start, one.span.end - start),
                    link=numbers.get(one.link, 0) if len(numbers) > 1 else 0,
                )
                for one in marks
            ),
            (start > place.start, end < place.end),
        )


def _lies_in(span: Span, place: Span) -> bool:
    return place.start <= span.start and span.end <= place.end


def _links(marks: Iterable[Shown]) -> Iterable[int]:
    """The links among marks, each once."""
    return dict.fromkeys(one.link for one in marks if one.link)


def _marks(judgement: Judgement) -> Iterator[Shown]:
    right = (pair.gold for pair in judgement.right)
    sorted_items: tuple[tuple[Sort, Iterable[Item]], ...] = (
        ("missed", judgement.missed),
        ("wrong", judgement.wrong),
        ("right", right),
    )
    numbers = count(1)
    for sort, items in sorted_items:
        for item in items:
            yield from _shown(item, sort, next(numbers))


def _shown(item: Item, sort: Sort, number: int) -> Iterator[Shown]:
    if item.other is not None:
        yield Shown(item.span, sort, item.kind, item.value, "source", number)
        yield Shown(item.other, sort, item.kind, item.value, "target", number)
        return
    yield Shown(item.span, sort, item.kind, item.value)
    if item.at is not None and item.at != item.span and sort != "right":
        yield Shown(item.at, "of", "")
