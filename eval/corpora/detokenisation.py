"""A text made of tokens, as it may have stood: the CoNLL files have none.

What counts is that the pipeline gets text of the usual shape, and that every token's place in it is
known: offsets are exact by construction.
"""

import re
from collections.abc import Iterable, Sequence

from eval.gold import Span

_OPENS = re.compile(r"[(\[{<“‘«$£€#¿¡]+")
_CLOSES = re.compile(r"[)\]}>”’»,.;:!?%…]+[\"'”]?|''")
_EMOTICON = re.compile(r"[:;=]['-]?[()\[\]DPp/|]+|<3")
_CLITIC = re.compile(r"n['’]t|['’](?:s|S|re|ve|ll|d|m)", re.IGNORECASE)
_AFTER_APOSTROPHE = frozenset({"s", "t", "re", "ve", "ll", "d", "m"})
_APOSTROPHES = frozenset({"'", "’", "´"})
_QUOTES = frozenset({'"', "'"})
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_GROUP = re.compile(r"\d{3}\D*")


def joined(words: Sequence[str], is_split_everywhere: bool = False) -> tuple[str, list[Span]]:
    """A text of the words and the place of each in it.

    Args:
        words: of one sentence.
        is_split_everywhere: the tokeniser cut words and numbers at every sign as well
            ("re - borrowed", "43 , 160 , 000", "and / or").
    """
    text = ""
    places: list[Span] = []
    # The straight quotes that are open: each is closed by the next one like it.
    open_quotes: set[str] = set()
    glued = True
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        after = words[index + 1] if index + 1 < len(words) else ""
        closes_quote = _quote(word, before, words[index + 1 :], open_quotes)
        to_left = closes_quote is True or _joins_left(word, before, after, words[index + 2 :])
        inside = is_split_everywhere and _is_inside(words, index)
        if not (glued or to_left or inside):
            text += " "
        places.append(Span(len(text), len(text) + len(word)))
        text += word
        glued = (
            closes_quote is False
            or bool(_OPENS.fullmatch(word))
            or inside
            or _is_apostrophe(word, before, after)
        )
    return text, places


def documents_text(
    sentences: Iterable[tuple[str, list[Span]]],
) -> tuple[str, list[Span], list[list[Span]]]:
    """Sentences as one text, their spans in it, and the places of their words.

    A sentence that ends as one is followed by a space; all others (headings, signatures) by a new
    line, for without it they would run into the next.
    """
    text = ""
    borders: list[Span] = []
    places: list[list[Span]] = []
    for sentence, words in sentences:
        if text:
            text += " " if _SENTENCE_END.search(text) else "\n"
        start = len(text)
        text += sentence
        borders.append(Span(start, len(text)))
        places.append([Span(start + one.start, start + one.end) for one in words])
    return text, borders, places


def _joins_left(word: str, before: str, after: str, rest: Sequence[str]) -> bool:
    if _EMOTICON.fullmatch(word):
        return False
    return (
        bool(_CLOSES.fullmatch(word))
        or bool(_CLITIC.fullmatch(word))
        or _is_apostrophe(word, before, after)
        # "do n ' t"
        or (word == "n" and after in _APOSTROPHES and bool(rest) and rest[0] == "t")
    )


def _is_apostrophe(word: str, before: str, after: str) -> bool:
    """Whether a sign stands within a word: "Borrower ' s"."""
    return word in _APOSTROPHES and before[-1:].isalpha() and after.lower() in _AFTER_APOSTROPHE


def _quote(word: str, before: str, rest: Sequence[str], open_quotes: set[str]) -> bool | None:
    """Whether a straight quote closes (True) or opens (False); None where it is none."""
    if '"' in word and word not in _QUOTES and not any(map(str.isalnum, word)):
        opens = word[0] in "([{" and word[-1] == '"'
        (open_quotes.add if opens else open_quotes.discard)('"')
        return not opens
    if word not in _QUOTES or (rest and _is_apostrophe(word, before, rest[0])):
        return None
    if word in open_quotes:
        open_quotes.remove(word)
        return True
    # "the lenders' possession", or one that is never closed.
    if word == "'" and (before.endswith("s") or word not in rest):
        return True
    open_quotes.add(word)
    return False


def _is_inside(words: Sequence[str], index: int) -> bool:
    """Whether a word continues a word or number that the tokeniser cut."""
    word = words[index]
    before = words[index - 1] if index else ""
    after = words[index + 1] if index + 1 < len(words) else ""
    if not before[-1:].isalnum() or not after[:1].isalnum():
        return False
    if word in ("-", "/"):
        return True
    is_number = before[-1:].isdigit() and after[:1].isdigit()
    return is_number and (word == "." or (word == "," and bool(_GROUP.fullmatch(after))))
