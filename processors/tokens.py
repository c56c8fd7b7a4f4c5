"""Tokens: words, numbers and signs with the exact characters they cover."""

import re
from typing import NamedTuple

# One alternative per sort of token; each consumes a run without overlap, so matching is linear.
_TOKEN = re.compile(
    r"""
      (?:[A-Z]\.){2,}                                     # U.S., J.K.
    | [A-Z]{1,4}&[A-Z]{1,4}\b                             # AT&T
    | \d+(?:[.,:/\u2019'-]\d+)*                           # 1,200  3.5  09:30  2024-03-03
    | [\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005\u3007]+          # Han
    | [\u3041-\u309f]+                                    # hiragana
    | [\u30a0-\u30ff\uff66-\uff9f]+                       # katakana
    | (?:['’][sS]\b)                                      # possessive: a token of its own
    | (?:(?![\u3005\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f])[^\W_]
         [\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0903\u093a-\u094f\u200d]*)+
      (?:(?:['’](?![sS]\b)|-)[^\W\d_][^\W_]*)*            # don't, well-known
    | \s+
    | .                                                   # a sign alone
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word, a number or a sign: ``text[start:end]`` of the document, in code points."""

    text: str
    start: int
    end: int


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of ``text[start:end]`` in order, white space left out.

    Words keep inner apostrophes and hyphens ("don't", "well-known"), but a possessive "'s" is a
    token of its own. Numbers keep their separators. Chinese and Japanese, which do not part their
    words, are cut into runs of one script.

    Returns:
        Tokens whose offsets are code points into the whole of ``text``.
    """
    tokens = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        found = match.group()
        if not found.isspace():
            tokens.append(Token(found, match.start(), match.end()))
    return tokens
