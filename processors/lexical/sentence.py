"""A sentence as the rules see it: its tokens, and which of them belong to a mention."""

from collections.abc import Sequence

from processors.lexical.english import (
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    contraction,
    is_adverb,
)
from processors.tokens import Token, tokenize
from schemas.annotation import EntityMention, Span

_FUNCTION_WORDS = AUXILIARIES | COORDINATORS | DETERMINERS | PREPOSITIONS | PRONOUNS | SUBORDINATORS
_TIME_KINDS = frozenset({"date", "time"})


class Sentence:
    """A stretch of the text with its tokens; positions count tokens from 0.

    ``words`` are the tokens in lower case. ``mentions`` come with the position of their first
    token; ``owner`` holds, for each token, the mention that it is part of, or None. ``taken`` are
    positions that belong to triggers: no part of any phrase.
    """

    __slots__ = ("end", "mentions", "owner", "start", "taken", "text", "tokens", "words")

    def __init__(self, text: str, span: Span, mentions: Sequence[EntityMention]) -> None:
        self.text = text
        self.start = span.start
        self.end = span.end
        self.tokens: list[Token] = []
        self.words: list[str] = []
        for token in tokenize(text, span.start, span.end):
            word = token.text.lower().replace("’", "'")
            # What lower case makes longer ("İ") would not fit its token any more.
            split = contraction(word) if len(word) == len(token.text) else 0
            if split:
                middle = token.start + split
                self.tokens.append(Token(token.text[:split], token.start, middle))
                self.tokens.append(Token(token.text[split:], middle, token.end))
                self.words += [word[:split], word[split:]]
            else:
                self.tokens.append(token)
                self.words.append(word)
        self.mentions: list[tuple[int, EntityMention]] = []
        self.owner: list[EntityMention | None] = [None] * len(self.tokens)
        self.taken: set[int] = set()
        position = 0
        for mention in mentions:
            while position < len(self.tokens) and self.tokens[position].end <= mention.start:
                position += 1
            if position < len(self.tokens):
                self.mentions.append((position, mention))
            inside = position
            while inside < len(self.tokens) and self.tokens[inside].start < mention.end:
                self.owner[inside] = mention
                inside += 1

    def word(self, position: int) -> str:
        """The word at a position, empty outside of the sentence."""
        return self.words[position] if 0 <= position < len(self.words) else ""

    def is_capitalized(self, position: int) -> bool:
        """Whether a word is written with a capital letter."""
        return 0 <= position < len(self.tokens) and self.tokens[position].text[0].isupper()

    def is_nominal(self, position: int) -> bool:
        """Whether a word can be part of a noun phrase, as far as the word itself tells."""
        if not 0 <= position < len(self.words) or position in self.taken:
            return False
        owner = self.owner[position]
        if owner is not None:
            return owner.kind not in _TIME_KINDS
        word = self.words[position]
        if word == "'s":
            return True
        return word[0].isalnum() and word not in _FUNCTION_WORDS and not is_adverb(word)

    def before_adverbs(self, position: int) -> int:
        """The last position at or before ``position`` that is no adverb; -1 if none."""
        while position >= 0 and is_adverb(self.words[position]):
            position -= 1
        return position
