"""Coreference: the second words for an event that a text has told already ("the quake")."""

from dataclasses import dataclass

from processors.learned.word_forms import verb_of
from processors.learned.word_senses import senses
from processors.lexical.english import (
    ARTICLES,
    COORDINATORS,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
)
from processors.lexical.english_triggers import OTHER
from processors.lexical.lexicon import lemma
from processors.lexical.outline import Outline, Reader

# How many sentences back a definite noun still points.
_REACH = 12
# Words with this many letters in common at their start, or one within the other, are akin.
_SHORTEST_STEM = 4
# What is said, thought, seen or is the case twice is seldom the same.
_REPEATED = frozenset(
    {
        "v1=communication",
        "v1=cognition",
        "v1=perception",
        "v1=stative",
    }
)
_SIGNS = ".,;:'\"()`“”"
_EMPTY = ARTICLES | POSSESSIVES | PRONOUNS | PREPOSITIONS | COORDINATORS | {"'s", "more", "most"}
# Events of one word that are looked at, the latest first: a list of a thousand stays quick.
_MOST_EARLIER = 8
# In how many sentences behind a headline its events are told again.
_HEADLINE_REACH = 4


@dataclass(slots=True)
class Told:
    """An event with the sentence that tells it first, and where it is spoken of again."""

    sentence: int
    outline: Outline
    reader: Reader
    echoes: list[tuple[int, int]]


def told_once(readings: list[tuple[int, Reader]], language: str = "en") -> list[Told]:
    """The events of a stretch of text, each once.

    A noun with a definite article or a possessive is taken as the last event of its kind that an
    akin word told ("elected" and "the election"), a noun in apposition as that of its clause; not
    so one of no listed kind, which may be anything. In English the same word, as a verb or a noun,
    is the same event wherever it stands if one who takes part is the same, and so is the one of a
    headline right behind it; an event of some names is never that of others.

    Args:
        readings: sentences with their indices, in order.
        language: ISO 639-1 code of the text's.
    """
    events: list[Told] = []
    latest: dict[str, list[Told]] = {}
    english = _English() if language == "en" else None
    for index, reader in readings:
        for outline in reader.outlines:
            same_kind = latest.setdefault(outline.kind, [])
            told = Told(index, outline, reader, list(outline.echoes))
            antecedent = _antecedent(same_kind, told) if outline.is_definite else None
            if english is not None:
                if antecedent is not None and english.differ(antecedent, told):
                    antecedent = None
                antecedent = antecedent or english.repeated(told)
            if antecedent is not None:
                antecedent.echoes.extend([(outline.start, outline.end), *outline.echoes])
                continue
            events.append(told)
            same_kind.append(told)
            if english is not None:
                english.add(told)
    return events


class _English:
    """Events by their words, and who takes part in them, as far as it was asked."""

    def __init__(self) -> None:
        self._earlier: dict[tuple[str, str], list[Told]] = {}
        self._taking_part: dict[int, tuple[Told, frozenset[str]]] = {}

    def add(self, told: Told) -> None:
        """Remember an event."""
        if base := _telling_base(told):
            self._earlier.setdefault((told.outline.kind, base), []).append(told)

    def repeated(self, told: Told) -> Told | None:
        """The event that was told in the same word before; None where none was."""
        base = _telling_base(told)
        earlier = self._earlier.get((told.outline.kind, base), []) if base else []
        for other in earlier[: -_MOST_EARLIER - 1 : -1]:
            if (
                other.sentence < told.sentence
                and other.outline.polarity == told.outline.polarity
                and _are_alike_in_number(other, told)
                and self._is_told_of(other, told)
            ):
                return other
        return None

    def _is_told_of(self, other: Told, told: Told) -> bool:
        """Whether one who takes part is the same, or a headline's event is told anew."""
        if self._words(other) & self._words(told):
            return True
        near = told.sentence - other.sentence <= _HEADLINE_REACH
        return other.reader.is_headline and near and not self.differ(other, told)

    def differ(self, one: Told, other: Told) -> bool:
        """Whether two are told of different names, or of one and of several."""
        if not _are_alike_in_number(one, other):
            return True
        names = [
            {word for word in self._words(told) if not word.islower()} for told in (one, other)
        ]
        return bool(names[0] and names[1] and not names[0] & names[1])

    def _words(self, told: Told) -> frozenset[str]:
        """The words of those who take part in an event, without those of every phrase."""
        kept = self._taking_part.get(id(told))
        if kept is None:
            # An id is only its object's while that lives.
            kept = self._taking_part[id(told)] = (told, _taking_part(told))
        return kept[1]


def _taking_part(told: Told) -> frozenset[str]:
    arguments = told.reader.surroundings(told.outline).arguments
    words = (
        word.strip(_SIGNS).removesuffix("'s")
        for argument in arguments
        for word in argument.value.text.replace("’", "'").split()
    )
    return frozenset(
        word for word in words if word and not word.isdigit() and word.lower() not in _EMPTY
    )


def _telling_base(told: Told) -> str:
    """The verb or noun that a trigger is a form of; empty where it tells little by itself."""
    word = told.reader.words(told.outline).lower()
    if not word.isalpha():
        return word
    base = lemma(word, "en")
    base = verb_of(base) or base
    is_weak = len(base) < _SHORTEST_STEM or not _REPEATED.isdisjoint(senses(base))
    return "" if is_weak else base


def _are_alike_in_number(one: Told, other: Told) -> bool:
    """Whether both are one, or both several: "deals" are not "the deal"."""
    return _is_plural(one) == _is_plural(other)


def _is_plural(told: Told) -> bool:
    word = told.reader.words(told.outline).lower()
    # Of verbs the third person looks the same: those say nothing of a number.
    return not told.outline.is_verb and word.endswith("s") and lemma(word, "en") != word


def _antecedent(earlier: list[Told], again: Told) -> Told | None:
    outline = again.outline
    words = again.reader.words(outline).lower()
    for told in earlier[: -_REACH - 1 : -1]:
        if again.sentence - told.sentence > _REACH:
            return None
        if told.outline.polarity != outline.polarity:
            continue
        if _akin(told.reader.words(told.outline).lower(), words):
            return told
        is_same = told.sentence == again.sentence and outline.is_apposition
        if is_same and outline.kind != OTHER:
            return told
    return None


def _akin(one: str, other: str) -> bool:
    stem = one[:_SHORTEST_STEM]
    if len(stem) == _SHORTEST_STEM and other.startswith(stem):
        return True
    inner, outer = sorted((one, other), key=len)
    # "is" is no "decision"; Chinese and Japanese words are short.
    return inner in outer and (len(inner) >= _SHORTEST_STEM or not inner.isascii())
