"""Polarity: whether an event is told as a fact, as denied, or as possible."""

from processors.lexical.english import (
    CLAUSE_SIGNS,
    FACTUAL_BEFORE_TO,
    NEGATIONS,
    POSSIBILITIES,
    SENTENCE_SIGNS,
    SUBORDINATORS,
)
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger
from schemas.output import Polarity

# How many words before a trigger still speak of it.
_REACH = 10
_STOPS = CLAUSE_SIGNS | SENTENCE_SIGNS | {","}
# Of the words that open a clause, these carry over into it.
_OPEN = frozenset({"that", "if", "unless", "whether"})
_BREAKS = SUBORDINATORS - _OPEN


def polarity(sentence: Sentence, trigger: Trigger) -> Polarity:
    """Negative after a negation in the clause, possible after a modal, an intent or a condition."""
    words = sentence.words
    before = sentence.before_adverbs(trigger.first - 1)
    if trigger.is_verb and words[before : before + 1] == ["to"]:
        governor = sentence.word(sentence.before_adverbs(before - 1))
        if governor not in FACTUAL_BEFORE_TO and governor not in NEGATIONS:
            return _infinitive(sentence, before)
    return _by_words_before(sentence, trigger.first)


def _infinitive(sentence: Sentence, to: int) -> Polarity:
    """An infinitive is what is meant to happen, unless it is negated."""
    return "negative" if _by_words_before(sentence, to) == "negative" else "possible"


def _by_words_before(sentence: Sentence, first: int) -> Polarity:
    found: Polarity = "positive"
    for position in range(first - 1, max(-1, first - 1 - _REACH), -1):
        word = sentence.words[position]
        if word in _STOPS or word in _BREAKS:
            break
        if word in NEGATIONS:
            return "negative"
        if word in POSSIBILITIES and sentence.owner[position] is None:
            found = "possible"
    return found
