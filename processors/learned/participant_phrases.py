"""Phrases that may take part in an event: the noun phrases of a sentence, each in several cuts.

Without a parser it is not known where a phrase ends: "the value of the contract in London" may be
meant whole or in part. So each has several cuts, of which a model chooses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processors.lexical.english import (
    ADVERBS,
    ARTICLES,
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    TIME_NOUNS,
    is_adverb,
)
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger

# A sentence without verbs, such as a table, is no phrase.
_MOST_WORDS = 14
_MOST_TRIGGERS = 4
_PRONOUNS = PRONOUNS - {"there", "here", "what"}
_QUANTIFIERS = frozenset({"all", "both", "half", "more", "most", "up", "nearly", "over"})
_FUNCTION_WORDS = AUXILIARIES | COORDINATORS | DETERMINERS | PREPOSITIONS | PRONOUNS | SUBORDINATORS
# Adverbs that stand inside of phrases, too.
_COUNTING = frozenset({"first", "early", "late", "then", "well", "only"})
_TIME_KINDS = frozenset({"date", "time"})
_SIGNS = frozenset({"&", "$", "#", "£", "€", "-", "'", "/"})


@dataclass(frozen=True, slots=True)
class Cut:
    """One way to cut a phrase: tokens ``first`` to ``last``, and how it was made."""

    first: int
    last: int
    how: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase by its head, with its own words from ``first`` to ``head``, and all its cuts.

    The first cut is that of its own words.
    """

    first: int
    head: int
    cuts: tuple[Cut, ...]


def candidates(sentence: Sentence, triggers: Sequence[Trigger]) -> list[Candidate]:
    """The phrases of a sentence in order; they may lie in each other, with heads of their own.

    Args:
        sentence: cut into tokens, with its mentions.
        triggers: of the sentence, in order.
    """
    finder = _Finder(sentence, triggers)
    own: dict[int, set[int]] = {}
    for first, last in finder.phrases():
        own.setdefault(last, set()).add(first)
    behind: dict[int, list[int]] = {}
    for last, starts in own.items():
        for first in starts:
            # "of its" goes on.
            if first < last or sentence.words[last] not in POSSESSIVES:
                behind.setdefault(first, []).append(last)
    return [
        Candidate(min(starts), last, tuple(finder.cuts(starts, last, behind)))
        for last, starts in sorted(own.items())
    ]


class _Finder:
    def __init__(self, sentence: Sentence, triggers: Sequence[Trigger]) -> None:
        self._sentence = sentence
        self._verbs: set[int] = set()
        self._nouns: set[int] = set()
        for one in triggers:
            (self._verbs if one.is_verb else self._nouns).update(range(one.first, one.last + 1))

    def phrases(self) -> Iterator[tuple[int, int]]:
        """First and last word of each phrase without what describes it behind its head."""
        position = 0
        words = self._sentence.words
        while position < len(words):
            end = self._end(position)
            if end >= position:
                yield from self._parts(position, end)
                position = end + 1
                continue
            if words[position] in _PRONOUNS and position not in self._verbs:
                yield position, position
            position += 1

    def cuts(self, starts: set[int], last: int, behind: dict[int, list[int]]) -> Iterator[Cut]:
        """The cuts of the phrase whose head is at ``last``; later ones take in more."""
        word = self._sentence.word
        first = min(starts)
        yield Cut(first, last, "own")
        yield from (Cut(start, last, "part") for start in sorted(starts - {first}))
        yield from self._name(first, last)
        if last + 1 in self._nouns and first < last and word(first) in ARTICLES:
            # "the Acme deal"
            yield Cut(first + 1, last, "bare")
        if word(last + 1) in PREPOSITIONS:
            how = "of" if word(last + 1) == "of" else "preposition"
            for end in behind.get(last + 2, ()):
                yield Cut(first, end, how)
                if word(end + 1) in PREPOSITIONS:
                    yield from (Cut(first, far, f"{how}+") for far in behind.get(end + 2, ()))
        if word(last + 1) == ",":
            for end in behind.get(last + 2, ()):
                if self._is_named(end) != self._is_named(last):
                    yield Cut(first, end, "apposition")
        if word(last + 1) in ("and", "or", "&"):
            yield from (Cut(first, end, "joined") for end in behind.get(last + 2, ()))

    def _name(self, first: int, last: int) -> Iterator[Cut]:
        """The name that a phrase ends with, where it has words of its own before it."""
        owners = self._sentence.owner
        start = last
        while owners[last] is not None and start > first and owners[start - 1] is owners[last]:
            start -= 1
        if owners[last] is not None and start > first:
            yield Cut(start, last, "name")

    def _is_named(self, position: int) -> bool:
        owner = self._sentence.owner[position]
        return owner is not None and owner.kind in ("person", "organization", "place")

    def _parts(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """A phrase, its possessors, and what stands in it before, between and behind triggers."""
        words = self._sentence.words
        yield first, end
        if words[first] in POSSESSIVES and end > first:
            yield first, first
        inside = [at for at in range(first, end + 1) if at in self._nouns][:_MOST_TRIGGERS]
        for at in range(first + 1, end + 1):
            if words[at] == "'s":
                yield first, at - 1
        start = first
        for at in inside:
            stop = at - 1
            if stop >= start and (words[stop] == "'s" or words[stop] in DETERMINERS):
                stop -= 1
            if stop >= start:
                yield start, stop
            start = at + 1
        if inside and first < start <= end:
            yield start, end

    def _end(self, first: int) -> int:
        """The last word of the phrase that begins at ``first``; less where none does."""
        sentence, position = self._sentence, first
        words = sentence.words
        while position < len(words) and (
            words[position] in DETERMINERS or words[position] in _QUANTIFIERS
        ):
            is_clause = words[position] == "that" and self._opens_clause(position)
            if position - first > 1 or position in self._verbs or is_clause:
                return first - 1
            position += 1
        start = position
        limit = min(len(words), first + _MOST_WORDS)
        while position < limit and self._continues(position, position > first):
            position += 1
        last = position - 1
        while last >= start and self._is_trailing(last):
            last -= 1
        if last >= start and words[last] in TIME_NOUNS and sentence.owner[last] is None:
            return first - 1
        if last < start and words[first] in POSSESSIVES:
            return first
        return last if last >= start else first - 1

    def _opens_clause(self, position: int) -> bool:
        """Whether a "that" opens a clause, or stands for what is before it."""
        behind = position + 1
        return (
            position - 1 in self._verbs
            or self._sentence.is_capitalized(behind)
            or not self._is_nominal(behind)
        )

    def _continues(self, position: int, is_opened: bool) -> bool:
        if self._is_nominal(position):
            return True
        word = self._sentence.words[position]
        return (
            (word in _COUNTING or (is_opened and word.endswith("ly") and word not in ADVERBS))
            and position not in self._verbs
            and self._is_nominal(position + 1)
        )

    def _is_trailing(self, position: int) -> bool:
        sentence = self._sentence
        word = sentence.words[position]
        if sentence.owner[position] is not None:
            return word == "'s"
        return word == "'s" or not word[0].isalnum()

    def _is_nominal(self, position: int) -> bool:
        """Whether a word can be part of a phrase; a noun that tells of an event can."""
        sentence = self._sentence
        if not 0 <= position < len(sentence.words) or position in self._verbs:
            return False
        owner = sentence.owner[position]
        if owner is not None:
            return owner.kind not in _TIME_KINDS
        word = sentence.words[position]
        if word == "'s" or word in _SIGNS:
            return True
        return word[0].isalnum() and word not in _FUNCTION_WORDS and not is_adverb(word)
