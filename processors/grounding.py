"""Grounding: where in a document the words of an answer stand, to the exact character.

Four steps, the first that succeeds decides:

1. exact: the words as they are;
2. normalized: in another case, with other white space, quotation marks or dashes;
3. fuzzy: nearly the same words (at least ``FUZZY_SCORE`` of 100), in a bounded stretch of text;
4. ungrounded: nowhere; the span is 0-0.
"""

import re
from typing import Protocol

from rapidfuzz.fuzz import partial_ratio_alignment

from schemas.extraction import GroundedText, Grounding
from schemas.output import Quote

# rapidfuzz's partial ratio, 0 to 100. 85 forgives one wrong letter in seven.
FUZZY_SCORE = 85.0
# Longer words of an answer are looked for as they are, or not at all.
LONGEST_NORMALIZED = 1_000
LONGEST_FUZZY = 300
# How far around the place where the words are expected the costly steps look.
WINDOW_CHARACTERS = 30_000
# Repeats that are looked at for one that does not begin or end inside a word.
_MOST_REPEATS = 100

_LOOKALIKES = ("'’‘`´", '"“”„«»', "-‐‑‒–—−")
_CLASSES = {sign: f"[{re.escape(signs)}]" for signs in _LOOKALIKES for sign in signs}


class Region(Protocol):
    """A stretch of text in code points, end exclusive."""

    @property
    def start(self) -> int:
        """The first code point."""
        ...

    @property
    def end(self) -> int:
        """The code point after the last."""
        ...


def ground(text: str, quote: Quote, within: Region | None = None) -> GroundedText:
    """Find the words of ``quote`` in ``text``.

    Args:
        text: the document's text.
        quote: the words. Of repeated words those nearest to ``quote.at`` are taken.
        within: where the words are expected; without ``at``, the first ones there are taken, or
            else the first anywhere.

    Returns:
        The words as they stand in the document: ``text[start:end]``, unless ungrounded.
    """
    words = quote.text
    if words and not words.isspace():
        start = _exact(text, quote, within)
        if start >= 0:
            return _grounded(text, start, start + len(words), "exact")
        low, high = _window(text, quote, within)
        if span := _normalized(text, words, low, high):
            return _grounded(text, *span, "normalized")
        if span := _fuzzy(text, words, low, high):
            return _grounded(text, *span, "fuzzy")
    return GroundedText(text=words, start=0, end=0, grounding="ungrounded")


def _grounded(text: str, start: int, end: int, grounding: Grounding) -> GroundedText:
    return GroundedText(text=text[start:end], start=start, end=end, grounding=grounding)


def _exact(text: str, quote: Quote, within: Region | None) -> int:
    words, at = quote.text, quote.at
    if at is not None:
        return _nearest(text, words, at)
    if within is not None:
        start = _first(text, words, within.start, within.end)
        if start >= 0:
            return start
    return _first(text, words, 0, len(text))


def _nearest(text: str, words: str, at: int) -> int:
    if text.startswith(words, at):
        return at
    before = text.rfind(words, 0, at + len(words))
    after = text.find(words, at)
    if before < 0 or after < 0:
        return max(before, after)
    return before if at - before <= after - at else after


def _first(text: str, words: str, low: int, high: int) -> int:
    """The first place where the words stand alone, else the first at all, else -1."""
    first = start = text.find(words, low, high)
    for _ in range(_MOST_REPEATS):
        if start < 0 or not (_inside_word(text, start) or _inside_word(text, start + len(words))):
            break
        start = text.find(words, start + 1, high)
    return start if start >= 0 else first


def _inside_word(text: str, position: int) -> bool:
    """Whether a word of a script with upper and lower case goes on across ``position``."""
    return 0 < position < len(text) and all(
        character.isdigit() or character.lower() != character.upper()
        for character in text[position - 1 : position + 1]
    )


def _window(text: str, quote: Quote, within: Region | None) -> tuple[int, int]:
    if within is not None and within.end > within.start:
        middle = min(max(within.start, quote.at or 0), within.end)
        low = max(within.start, middle - WINDOW_CHARACTERS // 2)
        return low, min(within.end, low + WINDOW_CHARACTERS)
    low = max(0, (quote.at or 0) - WINDOW_CHARACTERS // 2)
    return low, min(len(text), low + WINDOW_CHARACTERS)


def _normalized(text: str, words: str, low: int, high: int) -> tuple[int, int] | None:
    if len(words) > LONGEST_NORMALIZED:
        return None
    # Matching on the text itself keeps its offsets: no normalised copy, no map back.
    pattern = r"\s+".join(
        "".join(_CLASSES.get(sign) or re.escape(sign) for sign in word) for word in words.split()
    )
    match = re.compile(pattern, re.IGNORECASE).search(text, low, high)
    return match.span() if match else None


def _fuzzy(text: str, words: str, low: int, high: int) -> tuple[int, int] | None:
    words = words.strip()
    # Words longer than the stretch would be the side that is searched.
    if not len(words) <= min(LONGEST_FUZZY, high - low):
        return None
    alignment = partial_ratio_alignment(words, text[low:high], score_cutoff=FUZZY_SCORE)
    if alignment is None:
        return None
    return _whole_words(text, low + alignment.dest_start, low + alignment.dest_end)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space around it, and with the rest of words that it cuts."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return None
    low, high = start - LONGEST_FUZZY, end + LONGEST_FUZZY
    while start > low and _inside_word(text, start):
        start -= 1
    while end < high and _inside_word(text, end):
        end += 1
    return start, end
