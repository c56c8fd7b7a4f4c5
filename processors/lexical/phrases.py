"""Noun phrases beside a trigger: who stands before it, what stands behind it."""

from dataclasses import dataclass

from processors.lexical.english import (
    ARTICLES,
    AUXILIARIES,
    DETERMINERS,
    FACTUAL_BEFORE_TO,
    NEGATIONS,
    POSSIBILITIES,
    PREPOSITIONS,
    PRONOUNS,
    SUBJECT_PRONOUNS,
    SUBORDINATORS,
    TIME_NOUNS,
)
from processors.lexical.sentence import Sentence
from schemas.annotation import EntityMention

_MOST_WORDS = 8
_MOST_PREPOSITIONS = 3
_APPOSITION_WORDS = 14
_OBJECT_PRONOUNS = frozenset({"me", "you", "him", "her", "it", "us", "them"})
# Words that look like part of a phrase and only follow it.
_TRAILING = frozenset({"'s", "early", "late", "last", "next", "shortly"})
_QUANTIFIERS = frozenset(
    {"at", "least", "most", "more", "less", "fewer", "than", "up", "to", "as", "many", "about"}
    | {"around", "nearly", "almost", "over", "some", "only", "another"}
)
_QUANTIFIER_WORDS = 3
# A phrase ends before an amount of its own: "fined his party €80,000".
_AMOUNTS = frozenset({"money", "percent"})
_RELATIVES = frozenset({"who", "which", "that"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: tokens ``first`` to ``last``, with its head noun at ``head``."""

    first: int
    last: int
    head: int

    def mentions(self, sentence: Sentence) -> list[EntityMention]:
        """The mentions up to the head: those behind belong to what qualifies it."""
        found: list[EntityMention] = []
        for position in range(self.first, self.head + 1):
            owner = sentence.owner[position]
            if owner is not None and (not found or found[-1] is not owner):
                found.append(owner)
        return found


def phrase_before(sentence: Sentence, position: int) -> Phrase | None:
    """The subject of a verb at ``position``: the phrase that the words before it lead back to."""
    position = _before_verb_group(sentence, position - 1)
    if sentence.word(position) in _RELATIVES:
        position -= 1
        if sentence.word(position) == ",":
            position -= 1
    elif sentence.word(position) == ",":
        position = _before_apposition(sentence, position)
    if sentence.word(position) in SUBJECT_PRONOUNS:
        return Phrase(position, position, position)
    last = position
    for _ in range(_MOST_PREPOSITIONS + 1):
        phrase = phrase_ending_at(sentence, position)
        if phrase is None:
            return None
        before = sentence.word(phrase.first - 1)
        if before not in PREPOSITIONS or before in SUBORDINATORS:
            return Phrase(phrase.first, last, phrase.head)
        if before != "of":
            # "Police in London arrested": what the preposition brings in is not the subject.
            last = phrase.first - 2
        position = phrase.first - 2
    return None


def phrase_after(sentence: Sentence, position: int) -> Phrase | None:
    """The phrase that begins at ``position``, with what "of" adds to it."""
    position = _after_quantifier(sentence, position)
    if sentence.word(position) in _OBJECT_PRONOUNS:
        # "send me the figures": the figures are sent.
        behind = _end_from(sentence, position + 1)
        if behind is None:
            return Phrase(position, position, position)
        position += 1
    last = _end_from(sentence, position)
    if last is None:
        return None
    head = last
    if sentence.word(last + 1) == "of":
        last = _end_from(sentence, last + 2) or last
    return Phrase(position, last, head)


def _after_quantifier(sentence: Sentence, position: int) -> int:
    """The position behind "at least", "more than" and their like, where a number follows."""
    for behind in range(position + 1, position + 1 + _QUANTIFIER_WORDS):
        owner = sentence.owner[behind] if behind < len(sentence.owner) else None
        if owner is not None and owner.kind == "number":
            words = sentence.words[position:behind]
            return behind if _QUANTIFIERS.issuperset(words) else position
    return position


def _before_verb_group(sentence: Sentence, position: int) -> int:
    """Back over auxiliaries, adverbs, and a verb that governs an infinitive."""
    while position >= 0:
        position = sentence.before_adverbs(position)
        word = sentence.word(position)
        if word == "to":
            governor = sentence.before_adverbs(position - 1)
            name = sentence.word(governor)
            if not (name in POSSIBILITIES or name in NEGATIONS or name in FACTUAL_BEFORE_TO):
                return position
            position = governor - 1
        elif word in AUXILIARIES:
            position -= 1
        else:
            return position
    return position


def _before_apposition(sentence: Sentence, comma: int) -> int:
    """The position before the comma that opens what the comma at ``comma`` closes."""
    for position in range(comma - 1, max(-1, comma - _APPOSITION_WORDS), -1):
        if sentence.words[position] == ",":
            return position - 1
    return -1


def phrase_ending_at(sentence: Sentence, last: int) -> Phrase | None:
    """The phrase whose last word, its head, is at ``last``."""
    first = last
    while sentence.is_nominal(first) and last - first < _MOST_WORDS:
        first -= 1
    if first == last or sentence.word(last) == "'s":
        return None
    if sentence.word(first) not in DETERMINERS or (first in sentence.taken):
        first += 1
    if sentence.word(first) == "'s":
        return None
    # "both the ..." and "all his ..." open with two determiners.
    if first > 0 and sentence.word(first - 1) in ("all", "both", "half"):
        first -= 1
    return Phrase(first, last, last)


def _end_from(sentence: Sentence, first: int) -> int | None:
    """The last position of the phrase from ``first``; None where no phrase begins there."""
    position = first
    while sentence.word(position) in DETERMINERS or sentence.word(position) in ("all", "half"):
        if sentence.word(position) in ("that",) or position - first > 1:
            return None
        position += 1
    opened = position > first
    start = position
    while (
        sentence.is_nominal(position)
        and position - first < _MOST_WORDS
        and not (position > first and _ends_phrase(sentence, position))
    ):
        position += 1
    last = position - 1
    while last >= start and sentence.word(last) in _TRAILING:
        last -= 1
    if last < start:
        return None
    if not opened and sentence.word(first) in ARTICLES | PRONOUNS:
        return None
    return last


def _ends_phrase(sentence: Sentence, position: int) -> bool:
    owner = sentence.owner[position]
    if owner is not None:
        return owner.kind in _AMOUNTS
    return sentence.words[position] in ("last", "next") and (
        sentence.word(position + 1) in TIME_NOUNS
    )
