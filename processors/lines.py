"""Lines: which line breaks part a text, and which merely wrap a paragraph.

A blank line always parts. So does a break around a line that stands for itself: a headline, a date
line, a mail header, a list item, a greeting. A break inside a hard-wrapped paragraph does not: the
next line goes on in lower case, or its first word would not have fitted into the paragraph's width.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_QUOTE_MARKS = re.compile(r"[>|\s]*")
_STANDS_ALONE = re.compile(
    r"[-*\u2022\u25cf\u25e6\u00b7\u2013\u2014]+\s"  # a list item or a rule
    r"|\(?\d{1,3}[.)]\s"  # a numbered item
    r"|[A-Z][A-Za-z-]{0,20}:(?:\s|$)"  # a mail header
    r"|[-=_*#~]{3,}"  # a rule
)
_FIRST_WORD = re.compile(r"\S+")

# Paragraphs are wrapped by hand or by mail programs at 60 to 120 columns.
_NARROWEST_WRAP = 55
_WIDEST_WRAP = 130


class _Line(NamedTuple):
    start: int
    end: int
    text_start: int  # after quote marks and indentation


def passages(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of ``text`` between line breaks that part, in order.

    Returns:
        Start and end in code points. White space alone lies between two passages.
    """
    for paragraph in _paragraphs(text):
        width = _wrap_width(paragraph)
        start = paragraph[0].start
        for line, following in pairwise(paragraph):
            if not _wraps(text, line, following, width):
                yield start, line.end
                start = following.start
        yield start, paragraph[-1].end


def _paragraphs(text: str) -> Iterator[list[_Line]]:
    """Lines between blank lines; a carriage return with its line feed is one break."""
    paragraph: list[_Line] = []
    previous_end = 0
    for match in _LINE.finditer(text):
        start, end = match.span()
        if match.group().isspace():
            continue
        breaks = text[previous_end:start]
        marks = _QUOTE_MARKS.match(text, start, end)
        line = _Line(start, end, marks.end() if marks else start)
        blank = line.text_start == end  # quote marks alone
        if paragraph and (blank or breaks.count("\n") > 1 or breaks.count("\r") > 1):
            yield paragraph
            paragraph = []
        if blank:
            yield [line]
        else:
            paragraph.append(line)
        previous_end = end
    if paragraph:
        yield paragraph


def _wrap_width(paragraph: list[_Line]) -> int:
    """The columns at which a paragraph was wrapped; 0 where it shows no sign of that."""
    lengths = [line.end - line.start for line in paragraph]
    width = max(lengths)
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return 0
    full = sum(length >= 0.8 * width for length in lengths)
    return width if full > 1 else 0


def _wraps(text: str, line: _Line, following: _Line, width: int) -> bool:
    if _STANDS_ALONE.match(text, following.text_start):
        return False
    first = text[following.text_start : following.text_start + 1]
    if first.islower():
        return True
    word = _FIRST_WORD.match(text, following.text_start)
    needed = word.end() - word.start() if word else 0
    return width > 0 and line.end - line.start + 1 + needed > width
