"""Names from the labels of sub-tokens: of whole words, whatever pieces a model's tokenizer cuts.

A word has the label of its first sub-token, as token classifiers are trained. Where a text was too
long and was read in pieces that overlap, the piece counts that saw most on both sides of it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from processors.tokens import Token, tokenize

OUTSIDE = "O"
# Scripts that put no space between words: a character is a word there.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
    r"\uff66-\uff9f]"
)
_PREFIXED = re.compile(r"([BIESLU])[-_](.+)", re.DOTALL)
_BEGINS = ("B", "S", "U")
_ENDS = ("E", "L", "S", "U")


class SubToken(NamedTuple):
    """What a model says of a piece of a word, by its code points."""

    start: int
    end: int
    label: str


class Labelled(NamedTuple):
    """``text[start:end]`` is a name; ``label`` has no prefix."""

    start: int
    end: int
    label: str


def words_of(text: str, start: int, end: int) -> list[Token]:
    """The words, numbers and signs of ``text[start:end]``, in order."""
    found: list[Token] = []
    for token in tokenize(text, start, end):
        if _UNSPACED.search(token.text):
            found += (Token(text[at], at, at + 1) for at in range(token.start, token.end))
        else:
            found.append(token)
    return found


def labels_of(words: Sequence[Token], pieces: Sequence[Sequence[SubToken]]) -> list[str]:
    """The label of each word.

    Args:
        words: in order.
        pieces: the sub-tokens of the text without special ones; several pieces overlap.
    """
    seen: dict[int, tuple[float, SubToken]] = {}
    for number, piece in enumerate(pieces):
        first: dict[int, tuple[float, SubToken]] = {}
        for at, token in enumerate(piece):
            if token.start < token.end:
                before = at if number else inf
                behind = len(piece) - 1 - at if number + 1 < len(pieces) else inf
                first.setdefault(token.start, (min(before, behind), token))
        for start, (sight, token) in first.items():
            if start not in seen or sight > seen[start][0]:
                seen[start] = sight, token
    tokens = [seen[start][1] for start in sorted(seen)]
    starts = [token.start for token in tokens]
    return [_label(word, tokens, starts) for word in words]


def names_in(words: Iterable[Token], labels: Iterable[str]) -> Iterator[Labelled]:
    """The names that labels mark: with B- and I- of either kind, BIOES, BILOU, or without prefix.

    Args:
        words: of one sentence, in order.
        labels: one for each of them.
    """
    open_name: Labelled | None = None
    for word, label in zip(words, labels, strict=True):
        prefix, kind = split_label(label)
        if open_name is not None and (kind != open_name.label or prefix in _BEGINS):
            yield open_name
            open_name = None
        if kind:
            start = open_name.start if open_name is not None else word.start
            open_name = Labelled(start, word.end, kind)
            if prefix in _ENDS:
                yield open_name
                open_name = None
    if open_name is not None:
        yield open_name


def split_label(label: str) -> tuple[str, str]:
    """Prefix and kind of a label: "B-PER" is ("B", "PER"), "PER" is ("", "PER"), "O" has none."""
    if label == OUTSIDE:
        return "", ""
    match = _PREFIXED.fullmatch(label)
    return (match[1], match[2]) if match else ("", label)


def _label(word: Token, tokens: Sequence[SubToken], starts: Sequence[int]) -> str:
    at = bisect_right(starts, word.start) - 1
    # A sub-token may hold the space before its word; else the first one inside the word counts.
    if at < 0 or tokens[at].end <= word.start:
        at += 1
    is_inside = at < len(tokens) and tokens[at].start < word.end
    return tokens[at].label if is_inside else OUTSIDE
