"""Sentences: exact spans of a text, ordered, apart from each other, and trimmed of white space.

Lines are judged first (processors/lines.py), because a headline, a date line or a greeting ends
without a full stop. Inside a passage the sentencex library decides. It slows down with the square
of a long text in some scripts, so it sees a passage through a window; a sentence over the bound is
cut at white space, or where there is none between two characters.
"""

import re
import unicodedata
from collections.abc import Iterator

import sentencex

from processors.lines import passages
from schemas.annotation import Span

MAX_SENTENCE_CHARACTERS = 2_000
_WINDOW_CHARACTERS = 2 * MAX_SENTENCE_CHARACTERS
_TERMINATOR = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\uff0e\uff61\u061f\u06d4\u0964\u0589\u1362]")
_SPACES = re.compile(r"\s*")
_JOINERS = "\u200d\ufe0e\ufe0f"


def split_sentences(text: str, language: str) -> tuple[Span, ...]:
    """The sentences of ``text``.

    Args:
        text: any text, of any length; time grows with its length alone.
        language: an ISO 639 code, which chooses the abbreviations; unknown ones do no harm.

    Returns:
        Spans in code points into ``text`` that cover every character that is not white space;
        none is longer than ``MAX_SENTENCE_CHARACTERS``.
    """
    return tuple(
        Span.model_construct(start=start, end=end)
        for passage_start, passage_end in passages(text)
        for start, end in _sentences(text, passage_start, passage_end, language)
    )


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """The trimmed, bounded sentences of one passage."""
    while (start := _after_space(text, start, end)) < end:
        window_end = min(start + _WINDOW_CHARACTERS, end)
        lengths = _lengths(text[start:window_end], language)
        if window_end < end and len(lengths) > 1:
            lengths.pop()  # the window may have cut the last one: it opens the next window
        elif window_end < end:
            lengths = [_cut(text, start, start + MAX_SENTENCE_CHARACTERS) - start]
        for length in lengths:
            yield from _bounded(text, start, start + length)
            start += length


def _lengths(window: str, language: str) -> list[int]:
    if _TERMINATOR.search(window) is None:
        return [len(window)]
    lengths = [len(sentence) for sentence in sentencex.segment(language, window)]
    # A library that lost or added a character would shift every offset behind it.
    return lengths if lengths and sum(lengths) == len(window) else [len(window)]


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence trimmed, and cut where it is too long."""
    while (start := _after_space(text, start, end)) < end:
        cut = end
        if end - start > MAX_SENTENCE_CHARACTERS:
            cut = _cut(text, start, start + MAX_SENTENCE_CHARACTERS)
        trimmed = cut
        while text[trimmed - 1].isspace():
            trimmed -= 1
        yield start, trimmed
        start = cut


def _cut(text: str, start: int, limit: int) -> int:
    """The last white space before ``limit``, else the last place that parts no character."""
    for position in range(limit, start, -1):
        if text[position].isspace():
            return position
    for position in range(limit, start, -1):
        if not _continues(text[position]) and text[position - 1] != "\u200d":
            return position
    return limit


def _continues(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in _JOINERS


def _after_space(text: str, start: int, end: int) -> int:
    match = _SPACES.match(text, start, end)
    return match.end() if match else start
