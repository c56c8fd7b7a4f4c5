"""Offsets of a corpus as spans: checked against the text, without white space at their ends."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from eval.corpora.lines import MalformedError
from eval.gold import Span

TRIMMED = "white space at the ends of a span"


class SpanReader:
    """Makes spans of one text's offsets; ``mended`` counts what had to be changed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.mended: Counter[str] = Counter()

    def read(self, offsets: Sequence[int]) -> Span:
        """``[start, end)`` as a span.

        Raises:
            MalformedError: it lies outside the text or quotes nothing.
        """
        start, end = offsets
        if not 0 <= start < end <= len(self.text):
            raise MalformedError(f"span {start}–{end} in a text of {len(self.text)} characters")
        quoted = self.text[start:end]
        if not quoted.strip():
            raise MalformedError(f"span {start}–{end} quotes white space alone")
        trimmed = Span(end - len(quoted.lstrip()), start + len(quoted.rstrip()))
        if trimmed != (start, end):
            self.mended[TRIMMED] += 1
        return trimmed

    def hull(self, parts: Sequence[Sequence[int]]) -> Span:
        """The shortest span that holds all parts."""
        return self.read((min(part[0] for part in parts), max(part[1] for part in parts)))

    def quote(self, span: Span) -> str:
        """What stands there."""
        return self.text[span.start : span.end]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same characters in as few spans as can be, in the order of the text.

    Spans with nothing or one character between them, such as sentences in a row, become one.
    """
    kept: list[Span] = []
    for span in sorted(spans):
        if kept and span.start <= kept[-1].end + 1:
            kept[-1] = Span(kept[-1].start, max(kept[-1].end, span.end))
        else:
            kept.append(span)
    return tuple(kept)


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sentences in the order of the text.

    Raises:
        MalformedError: two of them overlap.
    """
    ordered = sorted(spans)
    for one, following in pairwise(ordered):
        if following.start < one.end:
            raise MalformedError(f"the sentence at {following.start} overlaps the one before")
    return tuple(ordered)
