"""Salience: how much an event matters to its document, by plain signs."""

from processors.learned.word_senses import senses
from processors.lexical.coreference import Told
from processors.lexical.english_triggers import OTHER
from processors.lexical.lexicon import lemma
from processors.tokens import tokenize
from schemas.profile import Profile

# The most that each sign adds; together 1.
_PLACE, _FACT, _TITLE, _NAMES, _KIND = 0.35, 0.15, 0.2, 0.15, 0.15
# After this many sentences an event's place is worth half.
_HALF_WORTH = 4
_NAMES_COUNTED = 3
# What is of no listed kind counts less than what is, and what is only said or thought least.
_OTHER_WEIGHT = -1.0
_TELLING = 0.15
_TELLING_TOPICS = frozenset({"v1=communication", "v1=cognition", "v1=perception", "v1=stative"})
_SHORTEST_TITLE_WORD = 4


class Titled:
    """The title's words, to see whether an event is what it announces."""

    def __init__(self, title: str, language: str) -> None:
        self._language = language
        self._title = title
        self._lemmas = {
            lemma(token.text.lower(), language)
            for token in tokenize(title)
            if len(token.text) >= _SHORTEST_TITLE_WORD
        }

    def names(self, trigger: str) -> bool:
        """Whether the title holds a trigger in one of its forms."""
        if not self._title:
            return False
        if trigger in self._title:
            return True
        words = trigger.lower().split()
        return any(lemma(word, self._language) in self._lemmas for word in words)


def kind_weights(profile: Profile) -> dict[str, float]:
    """A profile lists its kinds by importance: 1 for the first, falling to 0 for the last.

    What is of none of them, ``other``, is worth less than nothing.
    """
    listed = [kind for kind in profile.events if kind != OTHER]
    last = max(1, len(listed) - 1)
    weights = {kind: 1 - place / last for place, kind in enumerate(listed)}
    return weights if len(listed) == len(profile.events) else {**weights, OTHER: _OTHER_WEIGHT}


def salience(told: Told, titled: Titled, kind_weight: float) -> float:
    """From 0 to 1: early, told as a fact, announced by the title, among names and figures.

    Args:
        told: the event, and which of the document's sentences tells it.
        titled: the document's title.
        kind_weight: how much the event's kind counts, as ``kind_weights`` gives it.
    """
    outline, reader = told.outline, told.reader
    worth = _PLACE * _HALF_WORTH / (_HALF_WORTH + told.sentence)
    if outline.polarity == "positive":
        worth += _FACT * outline.certainty
    if titled.names(reader.words(outline)):
        worth += _TITLE
    worth += _KIND * kind_weight
    if outline.kind == OTHER and _is_told(reader.words(outline)):
        worth -= _TELLING
    worth += _NAMES * min(reader.names_beside, _NAMES_COUNTED) / _NAMES_COUNTED
    # Of two events in a sentence the first is a little ahead.
    return round(max(0.0, worth - 0.01 * min(outline.place, 5)), 4)


def _is_told(trigger: str) -> bool:
    """Whether a verb only says, thinks or is something: "said", "believes", "remains"."""
    first = trigger.lower().split()[0]
    return not _TELLING_TOPICS.isdisjoint(senses(lemma(first, "en")))
