"""What a model of links is told of two events in a sentence: each, and what stands between them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from processors.learned.link_classes import classes
from processors.learned.word_forms import is_verb, verb_of
from processors.learned.word_senses import senses
from processors.lexical.english import (
    AUXILIARIES,
    COORDINATORS,
    DETERMINERS,
    PREPOSITIONS,
    SUBORDINATORS,
)
from processors.lexical.lexicon import lemma
from processors.span_index import HasSpan
from processors.tokens import tokenize

# Two events with more of others between them are as good as never linked (2 of 100 links).
MOST_BETWEEN = 3
_FURTHEST = 80
_WORDS_TOLD = 12
_WORDS_JOINED = 4
_JOINTS_TOLD = 4
_WORDS_BEFORE = 5
_JOINTS = (
    PREPOSITIONS
    | SUBORDINATORS
    | COORDINATORS
    | frozenset({"to", ",", ";", ":", "-", "–", "—", '"', "“", "”", "(", ")"})
)
_DISTANCES = (0, 1, 2, 3, 5, 8, 12, 20)
_LONG = 3
_LONGEST_WORD = 40
_MOST_KEPT = 8_192


class Place(NamedTuple):
    """Positions ``first`` to ``last`` of a trigger among a sentence's words."""

    first: int
    last: int


class Candidate(NamedTuple):
    """Two events of a sentence by their numbers, the one told first before the other."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence with its events.

    Attributes:
        number: how many sentences stand before it.
        words: as they stand in the text.
        places: of the triggers, in order and apart from each other.
        numbers: which of the triggers that were given each place is of.
    """

    number: int
    words: Sequence[str]
    places: Sequence[Place]
    numbers: Sequence[int]


class Word:
    """What holds of a word wherever it stands."""

    __slots__ = (
        "between",
        "classes",
        "form",
        "is_joint",
        "is_saying",
        "lemma",
        "lower",
        "stem",
        "topic",
    )

    def __init__(self, text: str) -> None:
        self.lower = text.lower().replace("’", "'")
        self.lemma = lemma(self.lower, "en")
        self.is_joint = self.lower in _JOINTS
        self.between = f"w={self.lemma}"
        self.form = _form(self.lower, self.lemma)
        self.stem = self.lemma if is_verb(self.lemma) else verb_of(self.lemma) or self.lemma
        self.classes = classes(self.lemma) or classes(self.stem) or ("none",)
        self.is_saying = self.classes == ("say",)
        held = senses(self.lemma) or senses(self.lower)
        self.topic = next(
            (one for sign in ("v1=", "n=") for one in held if one.startswith(sign)), "?"
        )


def known(text: str) -> Word:
    """A word of a text."""
    return _known(text[:_LONGEST_WORD])


@lru_cache(_MOST_KEPT)
def _known(text: str) -> Word:
    return Word(text)


def trigger_head(words: Sequence[str], first: int, last: int) -> Word:
    """The first word where it may be a verb ("take over"), else the last ("plane crash")."""
    opening = known(words[first])
    if first == last or opening.form.startswith("v"):
        return opening
    return known(words[last])


def telling_of(text: str, number: int, sentence: HasSpan, triggers: Sequence[HasSpan]) -> Telling:
    """A sentence as the model sees it.

    Args:
        text: the document's.
        number: how many sentences stand before this one.
        sentence: where it stands.
        triggers: those in it, in order; of two that share a word the first counts.
    """
    tokens = tokenize(text, sentence.start, sentence.end)
    places: list[Place] = []
    numbers = []
    at = 0
    for which, trigger in enumerate(triggers):
        while at < len(tokens) and tokens[at].end <= trigger.start:
            at += 1
        last = at
        while last + 1 < len(tokens) and tokens[last + 1].start < trigger.end:
            last += 1
        if at < len(tokens) and (not places or at > places[-1].last):
            places.append(Place(at, last))
            numbers.append(which)
    return Telling(number, [token.text for token in tokens], places, numbers)


def candidates(telling: Telling) -> list[Candidate]:
    """The pairs of events that may be linked: time grows with the number of events alone.

    What is only said leads to nothing that the corpus marks (2 of 616 pairs): it is left out.
    """
    places = telling.places
    told = [
        at for at, place in enumerate(places) if not trigger_head(telling.words, *place).is_saying
    ]
    return [
        Candidate(first, second)
        for at, first in enumerate(told)
        for second in told[at + 1 : at + 2 + MOST_BETWEEN]
        if second - first <= MOST_BETWEEN + 1
        and places[second].first - places[first].last <= _FURTHEST
    ]


def repeated(tellings: Sequence[Telling]) -> Counter[str]:
    """How often the triggers of a document tell of the same, by the verbs behind them."""
    return Counter(
        trigger_head(telling.words, *place).stem for telling in tellings for place in telling.places
    )


def link_features(
    telling: Telling, pairs: Sequence[Candidate], often: Counter[str]
) -> list[list[str]]:
    """The features of pairs of events in one sentence.

    Args:
        telling: the sentence.
        pairs: of its events.
        often: as ``repeated`` counts them in the document.
    """
    words = [known(word) for word in telling.words]
    heads = [trigger_head(telling.words, *place) for place in telling.places]
    firsts = [_side("1", head, min(often[head.stem], 4)) for head in heads]
    seconds = [_side("2", head, min(often[head.stem], 4)) for head in heads]
    shared = ["bias", f"sentence={min(telling.number, 4)}", f"events={min(len(heads), 7)}"]
    rows = []
    for pair in pairs:
        row = [*shared, *firsts[pair.first], *seconds[pair.second]]
        row += _between(telling, words, heads, pair)
        row += _around(heads, pair)
        rows.append(row)
    return rows


@lru_cache(_MOST_KEPT)
def _side(which: str, head: Word, often: int) -> tuple[str, ...]:
    return (
        f"{which}s={head.stem}",
        f"{which}f={head.form}",
        f"{which}often={often}",
        *(f"{which}c={one}" for one in head.classes),
    )


def _between(
    telling: Telling, words: Sequence[Word], heads: Sequence[Word], pair: Candidate
) -> list[str]:
    one, other = telling.places[pair.first], telling.places[pair.second]
    first, second = heads[pair.first], heads[pair.second]
    between = words[one.last + 1 : other.first]
    distance = sum(len(between) > bound for bound in _DISTANCES)
    inside = pair.second - pair.first - 1
    joints = [word.lower for word in between if word.is_joint]
    before = _joint_before(words, one.first)
    opening, closing = (joints[0], joints[-1]) if joints else ("", "")
    found = [
        f"d={distance}",
        f"n={inside}",
        f"dn={distance}|{inside}",
        "j=" + (" ".join(joints) if len(joints) <= _JOINTS_TOLD else "many"),
        f"j0jf={before}|{opening}",
        f"jltt={closing}|{second.topic}",
        f"jftt={opening}|{first.topic}",
        *(word.between for word in between[:_WORDS_TOLD]),
        *_by_classes(first.classes, second.classes, distance > _LONG),
        *_by_joint("j2c", "jl", closing, second.classes),
        *_by_joint("j1c", "jf", opening, second.classes),
        *_by_joint("j0c", "j0", before, first.classes),
        *_by_joint("c1j", "", closing, first.classes),
        *_by_form(closing, first.form, second.form),
    ]
    if first.stem == second.stem:
        found.append("same")
    if len(between) <= _WORDS_JOINED:
        found.append("b=" + " ".join(word.lower for word in between))
    return found


@lru_cache(_MOST_KEPT)
def _by_classes(first: tuple[str, ...], second: tuple[str, ...], is_long: bool) -> tuple[str, ...]:
    both = [f"{one}|{other}" for one in first for other in second]
    return (*(f"cc={one}" for one in both), *(f"ccj={one}|{is_long}" for one in both))


@lru_cache(_MOST_KEPT)
def _by_joint(name: str, alone: str, joint: str, classes: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(f"{name}={joint}|{one}" for one in classes)
    return (*found, f"{alone}={joint}") if alone else found


@lru_cache(_MOST_KEPT)
def _by_form(joint: str, first: str, second: str) -> tuple[str, str]:
    return f"ff={first}|{second}", f"jlff={joint}|{first}|{second}"


def _around(heads: Sequence[Word], pair: Candidate) -> list[str]:
    """The events beside and between: what is said or known is none that parts others."""
    inside = heads[pair.first + 1 : pair.second]
    found = [f"n2={sum('say' not in head.classes for head in inside)}"]
    found += [f"mid={name}" for head in inside for name in head.classes]
    if pair.first:
        found.append(f"pre={heads[pair.first - 1].classes[0]}")
    if pair.second + 1 < len(heads):
        found.append(f"post={heads[pair.second + 1].classes[0]}")
    return found


def _joint_before(words: Sequence[Word], position: int) -> str:
    """The last joint in the few words before a position; "^" where the sentence begins."""
    for at in range(position - 1, max(-1, position - 1 - _WORDS_BEFORE), -1):
        if words[at].is_joint:
            return words[at].lower
    return "^" if position <= _WORDS_BEFORE else ""


def _form(lower: str, base: str) -> str:
    if lower in DETERMINERS or lower in AUXILIARIES:
        return "function"
    if is_verb(base):
        if lower.endswith("ing"):
            return "v-ing"
        if lower.endswith("ed") or (base != lower and not lower.endswith("s")):
            return "v-ed"
        return "v-s" if base != lower else "v"
    if lower.endswith("ing"):
        return "ing"
    return "made" if verb_of(base) else "noun"
