"""What a model of triggers is told of each word of a sentence: its form, its sort, its neighbours.

There is no tagger of parts of speech at hand. Its place take the closed classes of English, what
the lemmatiser's dictionary knows of a word's other forms ("attack" can be a verb, for there is
"attacking"), the endings that make nouns of verbs, and what WordNet says of a word's senses.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from processors.learned.word_forms import is_verb, verb_of
from processors.learned.word_senses import senses
from processors.lexical.english import (
    ADVERBS,
    BE,
    COORDINATORS,
    DETERMINERS,
    DO,
    HAVE,
    MODALS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    TIME_NOUNS,
    is_adverb,
)
from processors.lexical.lexicon import lemma

_MOST_WORDS = 16_384
_LONGEST_WORD = 40
_CLASSES: tuple[tuple[str, frozenset[str]], ...] = (
    ("to", frozenset({"to"})),
    ("not", frozenset({"not", "n't", "never"})),
    ("have", HAVE),
    ("do", DO),
    ("modal", MODALS),
    ("be", BE),
    ("determiner", DETERMINERS),
    ("possessive", frozenset({"'s", "’s", "'"})),
    ("coordinator", COORDINATORS),
    ("pronoun", PRONOUNS),
    ("preposition", PREPOSITIONS),
    ("subordinator", SUBORDINATORS),
    ("negation", NEGATIONS),
    ("time", TIME_NOUNS),
    ("adverb", ADVERBS),
)
_PEOPLE = ("er", "or", "ist", "ee", "ant", "man", "men")
_SHAPES = ((re.compile(r"[A-Z]"), "X"), (re.compile(r"[a-z]"), "x"), (re.compile(r"\d"), "0"))
_REPEATED = re.compile(r"(.)\1+")


def sentence_features(words: Sequence[str]) -> list[list[str]]:
    """The features of every word of one sentence.

    Args:
        words: as they stand in the text.

    Returns:
        For each word, in order, the names of what holds of it. Time grows with the number of
        words alone.
    """
    known = [_known(word[:_LONGEST_WORD].replace("’", "'")) for word in words]
    is_shouted = sum(word.isupper() for word in words) * 2 > len(words)
    return [_of_word(known, place, is_shouted) for place in range(len(known))]


class _Word:
    """What holds of a word wherever it stands."""

    __slots__ = ("alone", "capital", "lemma", "lower", "senses", "sort", "topic", "uses")

    def __init__(self, text: str) -> None:
        self.lower = text.lower()
        self.lemma = lemma(self.lower, "en")
        self.capital = text[:1].isupper()
        self.sort = _sort(text, self.lower, self.lemma)
        self.senses = senses(self.lemma) or senses(self.lower)
        if not self.senses and self.lower.isalpha():
            self.senses = ("unknown",)
        self.topic = next((held for held in self.senses if held.startswith("n=")), "")
        self.uses = next((held for held in self.senses if held.startswith("as=")), "")
        self.alone = (
            *_alone(text, self.lower, self.lemma, self.sort),
            *self.senses,
            *(f"{self.sort}|{held}" for held in self.senses),
        )


@lru_cache(_MOST_WORDS)
def _known(text: str) -> _Word:
    return _Word(text)


def _sort(text: str, lower: str, base: str) -> str:
    """A coarse part of speech, as far as the word alone tells."""
    for name, listed in _CLASSES:
        if lower in listed:
            return name
    if not text:
        return "none"
    if not any(character.isalnum() for character in lower):
        return lower if len(lower) == 1 else "sign"
    if lower[0].isdigit():
        return "number"
    if is_adverb(lower):
        return "adverb"
    if is_verb(base):
        if lower.endswith("ing"):
            return "verb-ing"
        if lower.endswith("ed") or (base != lower and not lower.endswith("s")):
            return "verb-ed"
        return "verb-s" if base != lower else "verb"
    if lower.endswith("ing"):
        return "ing"
    if verb_of(base):
        return "nominal"
    for ending in ("ous", "ful", "ive", "able", "ible", "ic", "less", "ish", "ary", "al"):
        if lower.endswith(ending):
            return "adjective"
    return "noun-s" if base != lower else "noun"


def _alone(text: str, lower: str, base: str, sort: str) -> tuple[str, ...]:
    found = [f"w={lower}", f"l={base}", f"s={sort}", f"x={_shape(text)}"]
    if text[:1].isupper():
        found.append("capital")
    if not lower.isalpha():
        return tuple(found)
    found += [f"e{size}={lower[-size:]}" for size in (2, 3, 4) if len(lower) > size]
    found += [f"b{size}={lower[:size]}" for size in (3, 4, 5) if len(lower) > size]
    made_of = verb_of(base)
    if made_of:
        found += ["made", f"m={made_of}"]
    for ending in _PEOPLE:
        if base.endswith(ending) and is_verb(base.removesuffix(ending)):
            found.append("person")
    return tuple(found)


def _shape(text: str) -> str:
    for pattern, sign in _SHAPES:
        text = pattern.sub(sign, text)
    return _REPEATED.sub(r"\1", text)[:6]


def _of_word(known: Sequence[_Word], place: int, is_shouted: bool) -> list[str]:
    word, outside = known[place], _known("")

    def at(distance: int) -> _Word:
        other = place + distance
        return known[other] if 0 <= other < len(known) else outside

    before, behind = at(-1), at(1)
    second, next_but_one = at(-2), at(2)
    third = at(-3)
    found = ["bias", *word.alone]
    for name, other in (("-1", before), ("+1", behind), ("-2", second), ("+2", next_but_one)):
        found += [f"{name}l={other.lemma}", f"{name}s={other.sort}"]
        if other.senses:
            found += [name + other.uses, name + other.topic]
        if other.capital:
            found.append(f"{name}capital")
    found += [
        f"-1w={before.lower}",
        f"+1w={behind.lower}",
        f"-1s0={before.sort}|{word.sort}",
        f"0s+1={word.sort}|{behind.sort}",
        f"-2s-1s0={second.sort}|{before.sort}|{word.sort}",
        f"-1s0s+1={before.sort}|{word.sort}|{behind.sort}",
        f"0s+1s+2={word.sort}|{behind.sort}|{next_but_one.sort}",
        f"-3s={third.sort}|{second.sort}|{before.sort}",
        f"l-1={before.lemma}|{word.lemma}",
        f"l+1={word.lemma}|{behind.lemma}",
        f"l-1s={word.lemma}|{before.sort}",
        f"l+1s={word.lemma}|{behind.sort}",
    ]
    found += [f"{before.sort}|{held}" for held in word.senses]
    found += [f"{held}|{behind.sort}" for held in word.senses]
    if place + 1 < len(known):
        found.append(f"0+1{word.topic}{behind.topic}{behind.uses}")
    if place == 0:
        found.append("first")
    if is_shouted:
        found.append("shouted")
    return found
