"""Runs of capitalised words: what a name can be made of, with the words around it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from processors.recognition.lexicon import COMPANY_SUFFIXES, DOTTED, HEADS_WITH_OF, PARTICLES
from processors.tokens import Token, tokenize
from schemas.annotation import Span

_NAME = re.compile(r"[A-Z\u00c0-\u00d6\u00d8-\u00de\u0400-\u042f]|(?:al|el)-[A-Z]|[a-z][A-Z]")
_LETTERS = re.compile(r"[^\W\d_]")
# Belongs to the name before its comma: Acme, Inc.
_BEHIND_COMMA = frozenset(
    ("Inc", "Ltd", "LLC", "Corp", "PLC", "LLP", "Incorporated", "Limited", "D.C.")
)
_LONGEST = 12
_HEADLINE_WORDS = 4
_HEADLINE_LOWER_SHARE = 0.25
_HEADLINE_LONGEST_LOWER = 4


class Part(NamedTuple):
    """A word of a run; ``word`` is it without the full stop of an abbreviation."""

    word: str
    start: int
    end: int


def written(parts: Iterable[Part]) -> str:
    """A name as the gazetteer writes it: one space between words, no full stops."""
    return " ".join(part.word for part in parts).replace(" ,", ",").replace(".", "")


@dataclass(slots=True)
class Run:
    """Neighbouring parts, the words before and behind them, and whether they open a sentence.

    ``headline``: all words of the sentence are capitalised, so that capitals say nothing.
    """

    parts: list[Part]
    before: str
    behind: str
    initial: bool
    headline: bool

    def cut(self, start: int, end: int) -> "Run":
        """The run of ``parts[start:end]``."""
        return Run(
            self.parts[start:end],
            self.parts[start - 1].word if start else self.before,
            self.parts[end].word if end < len(self.parts) else self.behind,
            self.initial and start == 0,
            self.headline,
        )


def name_runs(text: str, sentence: Span, particles: bool) -> Iterator[Run]:
    """The runs of one sentence, in order.

    ``particles``: whether "van" and "de" may join a family name; in some languages they are
    articles.
    """
    tokens = tokenize(text, sentence.start, sentence.end)
    headline = _is_headline(tokens)
    position = 0
    opening = True  # no word has been seen yet
    while position < len(tokens):
        if not _NAME.match(tokens[position].text):
            opening = opening and not tokens[position].text[0].isalnum()
            position += 1
            continue
        parts, following = _gather(text, tokens, position, particles)
        yield Run(
            parts=parts,
            before=tokens[position - 1].text if position else "",
            behind=tokens[following].text if following < len(tokens) else "",
            initial=opening or (position > 0 and tokens[position - 1].text in '"“‘:'),
            headline=headline,
        )
        opening = False
        position = following


def _gather(
    text: str, tokens: list[Token], position: int, particles: bool
) -> tuple[list[Part], int]:
    """The parts of the run that starts at ``position``, and the position behind it."""
    parts: list[Part] = []
    while len(parts) < _LONGEST:
        part, position = _part(tokens, position)
        parts.append(part)
        following = _continuation(text, tokens, position, parts)
        joined = tokens[position].text if following is not None else ""
        if following is None or (joined in PARTICLES and not particles):
            break
        parts += [Part(*joiner) for joiner in tokens[position:following]]
        position = following
    return parts, position


def _part(tokens: list[Token], position: int) -> tuple[Part, int]:
    """A word, with the full stop of an abbreviation unless that ends the sentence."""
    token = tokens[position]
    stop = position + 1
    abbreviated = token.text in DOTTED or len(token.text) == 1
    if (
        abbreviated
        and stop + 1 < len(tokens)
        and tokens[stop].text == "."
        and tokens[stop].start == token.end
    ):
        return Part(token.text, token.start, tokens[stop].end), stop + 1
    return Part(token.text, token.start, token.end), stop


def _continuation(text: str, tokens: list[Token], position: int, parts: list[Part]) -> int | None:
    """Where the run goes on: the position of its next capitalised word, or None.

    It goes on over the comma of a legal form, over "&", over the particles of family names, over
    "of" behind a word such as Bank, and over "and" behind such an "of". It ends with a legal form.
    """
    if position >= len(tokens):
        return None
    token = tokens[position]
    if not _is_gap(text, parts[-1].end, token.start):
        return None
    heads = [part.word for part in parts]
    if _NAME.match(token.text):
        closed = heads[-1] in COMPANY_SUFFIXES and token.text not in COMPANY_SUFFIXES
        return None if closed else position
    ahead = position + 1
    if token.text == "," and ahead < len(tokens) and tokens[ahead].text in _BEHIND_COMMA:
        return ahead
    if token.text == "of" and heads[-1] in HEADS_WITH_OF:
        if ahead < len(tokens) and tokens[ahead].text == "the":
            ahead += 1
    elif token.text == "and" and "of" in heads and heads[0] in HEADS_WITH_OF:
        pass
    elif token.text != "&" and (token.text not in PARTICLES or len(parts[-1].word) < 2):
        return None
    elif token.text in PARTICLES and ahead < len(tokens) and tokens[ahead].text in PARTICLES:
        ahead += 1
    if ahead >= len(tokens) or not _NAME.match(tokens[ahead].text):
        return None
    return ahead


def _is_gap(text: str, start: int, end: int) -> bool:
    """One space or line break, or nothing at all (AT&T)."""
    return end - start <= 2 and (start == end or text[start:end].isspace())


def _is_headline(tokens: list[Token]) -> bool:
    """Many capitals, and nothing in lower case but short words such as "with"."""
    words = [token.text for token in tokens if len(token.text) > 3 and _LETTERS.match(token.text)]
    lower = [len(word) for word in words if not word[0].isupper()]
    return (
        len(words) >= _HEADLINE_WORDS
        and len(lower) <= _HEADLINE_LOWER_SHARE * len(words)
        and max(lower, default=0) <= _HEADLINE_LONGEST_LOWER
    )
