"""A profile's word lists for one language, made ready for lookup."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from simplemma import Lemmatizer

from processors.lexical.english import contraction
from schemas.profile import Connective, Profile

PartOfSpeech = Literal["verb", "noun", "any"]

# Languages that do not part their words: their words are found as they stand.
UNSPACED = frozenset({"ja", "lo", "my", "th", "zh"})
_ARTICLES = ("a ", "an ", "the ")
_MOST_LEXICONS = 64
# On e-mails 0.035 of the words are looked up again with it, 0.028 with four times as many.
_MOST_LEMMAS = 16_384
_SHORTEST_PARTICIPLE = 5

# Forms that the lemmatiser's dictionary gets wrong.
_IRREGULAR = {
    "attaches": "attach",
    "developed": "develop",
    "forwards": "forward",
    "growing": "grow",
    "sales": "sale",
    "swearing": "swear",
    "broke": "break",
    "left": "leave",
    "rose": "rise",
    "shook": "shake",
    "shot": "shoot",
    "won": "win",
}

# What it finds is kept here: a cache of its own would take the same memory again.
_LEMMATIZER = Lemmatizer(cache_max_size=0)

# British spelling doubles the last letter ("cancelled"), and the dictionary does not undo it.
_DOUBLED = frozenset({"cancell", "fuell", "labell", "modell", "quarrell", "signall", "travell"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A trigger: the words of its base form, and where among them the inflected one stands."""

    kind: str
    words: tuple[str, ...]
    head: int
    part_of_speech: PartOfSpeech


@dataclass(frozen=True, slots=True)
class Link:
    """A connective and the kind of relationship that it expresses."""

    kind: str
    connective: Connective


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's triggers and connectives.

    ``entries`` are by the lemma of their first word, longest first; ``triggers`` finds the words of
    unspaced languages and ``kinds`` says what they mean. ``links`` are by the connective's words.
    """

    language: str
    entries: Mapping[str, tuple[Entry, ...]]
    triggers: re.Pattern[str] | None
    kinds: Mapping[str, str]
    connectives: re.Pattern[str] | None
    links: Mapping[str, Link]

    @property
    def is_empty(self) -> bool:
        """Whether the profile lists no trigger for the language."""
        return not self.entries and self.triggers is None


_LEXICONS: dict[tuple[int, str], tuple[Profile, Lexicon]] = {}


def lexicon_of(profile: Profile, language: str) -> Lexicon:
    """The profile's lexicon for a language, made once per profile object.

    Args:
        profile: not changed afterwards: it is remembered by identity.
        language: an ISO 639 code; a region behind a hyphen is left out of account.
    """
    code = language.partition("-")[0].lower()
    key = (id(profile), code)
    # The profile itself is kept beside its lexicon, so that its identity is not given away.
    if key not in _LEXICONS:
        if len(_LEXICONS) >= _MOST_LEXICONS:
            _LEXICONS.clear()
        _LEXICONS[key] = (profile, _compile(profile, code))
    return _LEXICONS[key][1]


@lru_cache(_MOST_LEMMAS)
def lemma(word: str, language: str) -> str:
    """The base form of a word in lower case; the word itself where the language has no rules."""
    if language == "en" and word in _IRREGULAR:
        return _IRREGULAR[word]
    try:
        base: str = _LEMMATIZER.lemmatize(word, language).lower()
    except ValueError:  # what simplemma says of a language that it does not know
        return word
    return base[:-1] if language == "en" and base in _DOUBLED else base


@lru_cache(_MOST_LEMMAS)
def bases(word: str, language: str) -> tuple[str, ...]:
    """What a word in lower case may be a form of, itself included, the likeliest first.

    The dictionary has many English words in -ing as words of their own ("buying"): their verbs
    are added.
    """
    found = [word, lemma(word, language)]
    if language == "en" and word.endswith("ing") and len(word) > _SHORTEST_PARTICIPLE:
        stem = word[: -len("ing")]
        found += [stem, stem + "e"]
        if stem[-1] == stem[-2]:
            found.append(stem[:-1])
    return tuple(dict.fromkeys(found))


def _compile(profile: Profile, language: str) -> Lexicon:
    listed = [
        (kind, trigger)
        for kind, event in profile.events.items()
        for trigger in event.triggers.get(language, ())
    ]
    links: dict[str, Link] = {}
    for kind, relationship in profile.relationships.items():
        for connective in relationship.connectives.get(language, ()):
            links.setdefault(connective.text.lower(), Link(kind, connective))
    unspaced = language in UNSPACED
    kinds: dict[str, str] = {}
    entries: dict[str, list[Entry]] = {}
    for kind, trigger in listed:
        if unspaced:
            kinds.setdefault(trigger, kind)
        else:
            entry = _entry(kind, trigger, language)
            entries.setdefault(entry.words[0], []).append(entry)
    return Lexicon(
        language=language,
        entries={first: _longest_first(found) for first, found in entries.items()},
        triggers=_any_of(kinds, "") if kinds else None,
        kinds=kinds,
        connectives=_any_of(links, "" if unspaced else r"\b") if links else None,
        links=links,
    )


def _entry(kind: str, trigger: str, language: str) -> Entry:
    """Read "to buy" as a verb, "a strike" as a noun, and other words as they are."""
    words = trigger.lower()
    part_of_speech: PartOfSpeech = "any"
    if language == "en" and words.startswith("to "):
        words, part_of_speech = words[3:], "verb"
    elif language == "en" and words.startswith(_ARTICLES):
        words, part_of_speech = words.partition(" ")[2], "noun"
    parts = [part for word in words.split() for part in _uncontracted(word)]
    # A verb is inflected in its first word, a noun in its last, up to "of" or "in" behind it.
    head = 0 if part_of_speech == "verb" else _noun_head(parts)
    return Entry(kind, tuple(parts), head, part_of_speech)


def _uncontracted(word: str) -> list[str]:
    split = contraction(word)
    return [word[:split], word[split:]] if split else [word]


def _noun_head(parts: list[str]) -> int:
    for place, part in enumerate(parts):
        if part in ("of", "with", "in", "on", "to") and place:
            return place - 1
    return len(parts) - 1


def _longest_first(entries: list[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: -len(entry.words)))


def _any_of(words: Mapping[str, object], edge: str) -> re.Pattern[str]:
    by_length = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(edge + f"(?:{'|'.join(map(re.escape, by_length))})" + edge, re.IGNORECASE)
