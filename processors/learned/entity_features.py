"""What a model of names looks at: each token, the tokens beside it, its document, and the rules.

The rules for names (processors/recognition/names.py) are not replaced but heard: what they found is
a feature, so that their lists and their grammar need not be learned from a few hundred documents.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from processors.learned.entity_words import EntityWords, normal
from processors.recognition import lexicon
from processors.recognition.found import Found
from processors.recognition.gazetteer import gazetteer
from processors.tokens import Token

OUTSIDE = "O"

_REPEATED = re.compile(r"(.)\1+")
_LONGEST_SHAPE = 8
# Of a token's letters: one that is longer is no word, and costs no more than one.
_LONGEST_WORD = 24
_MANY = 0.7
_FEW_WORDS = 3
# Some 2 KB each.
_KEPT_WORDS = 4_096


class _Word(NamedTuple):
    """What a word says by itself, as features for itself and for the words beside it."""

    own: tuple[str, ...]
    before: tuple[str, ...]
    behind: tuple[str, ...]
    far_before: tuple[str, ...]
    far_behind: tuple[str, ...]
    normal: str
    shape: str


@dataclass(frozen=True, slots=True)
class _Counts:
    """What a document's other places say of a word, by the word in lower case."""

    lower: Mapping[str, int]
    capital: Mapping[str, int]
    labels: Mapping[str, Counter[str]]


class EntityFeatures:
    """Features of the tokens of documents, by what is known of words."""

    def __init__(self, words: EntityWords) -> None:
        self._words = words
        self._lists = tuple(_lists())
        self._word = lru_cache(_KEPT_WORDS)(self._described)

    def of(
        self, sentences: Sequence[Sequence[Token]], rules: Iterable[Found]
    ) -> Iterator[list[list[str]]]:
        """The features of each token of a document, sentence by sentence: all at once are large.

        Args:
            sentences: their tokens, in the order of the text.
            rules: the names that the rules found in it.
        """
        ruled = labels(sentences, rules)
        counts = _counts(sentences, ruled)
        for tokens, tags in zip(sentences, ruled, strict=True):
            yield self._sentence(tokens, tags, counts)

    def _sentence(
        self, tokens: Sequence[Token], ruled: Sequence[str], counts: _Counts
    ) -> list[list[str]]:
        described = [self._word(token.text[:_LONGEST_WORD]) for token in tokens]
        capitals = _capitals(tokens)
        listed = _listed(tokens, described, self._words)
        edge = self._word("")
        last = len(tokens) - 1
        rows = []
        for at, (token, word) in enumerate(zip(tokens, described, strict=True)):
            before = described[at - 1] if at else edge
            behind = described[at + 1] if at < last else edge
            rule = ruled[at]
            rows.append(
                [
                    *word.own,
                    *before.before,
                    *behind.behind,
                    *(described[at - 2].far_before if at > 1 else edge.far_before),
                    *(described[at + 2].far_behind if at + 1 < last else edge.far_behind),
                    f"b-{before.normal}|{word.normal}",
                    f"b+{word.normal}|{behind.normal}",
                    f"ss{before.shape}|{word.shape}|{behind.shape}",
                    f"m={capitals}{word.shape}",
                    f"r={rule}",
                    f"rs={rule}{word.shape}",
                    f"r-{ruled[at - 1] if at else '^'}|{rule}",
                    f"r+{rule}|{ruled[at + 1] if at < last else '$'}",
                    *listed[at],
                    *_elsewhere(token.text, word.normal, at == 0, rule, counts),
                ]
            )
        return rows

    def _described(self, word: str) -> _Word:
        name = normal(word)
        full = "".join(map(_sort, word))
        shape = _REPEATED.sub(r"\1", full)
        lists = [f"g={sort}" for sort, members in self._lists if name in members]
        clusters = [f"c{at}={one}" for at, one in enumerate(self._words.clusters.get(name, ()))]
        beside = [f"w={name}", f"s={shape}", f"e3={name[-3:]}", *lists, *clusters]
        far = [f"w={name}", f"s={shape}", *clusters[:1]]
        affixes = [f"p{size}={name[:size]}" for size in (2, 3, 4)]
        affixes += [f"e{size}={name[-size:]}" for size in (1, 2, 3, 4)]
        own = [f"w={name}", f"s={shape}", f"S={full[:_LONGEST_SHAPE]}", *affixes]
        own += [*lists, *clusters, *(["hyphen"] if "-" in word else [])]
        return _Word(
            own=tuple(own),
            before=tuple(f"-1{one}" for one in beside),
            behind=tuple(f"+1{one}" for one in beside),
            far_before=tuple(f"-2{one}" for one in far),
            far_behind=tuple(f"+2{one}" for one in far),
            normal=name,
            shape=shape,
        )


def labels(sentences: Sequence[Sequence[Token]], names: Iterable[Found]) -> list[list[str]]:
    """The label of each token: B- where a name begins, I- where it goes on, O elsewhere.

    A name that does not begin where a token does has none.
    """
    starts = {name.start: name for name in names}
    labelled = []
    for tokens in sentences:
        tags: list[str] = []
        inside: Found | None = None
        for token in tokens:
            begun = starts.get(token.start)
            if begun and token.end <= begun.end:
                inside = begun
                tags.append(f"B-{begun.kind}")
            elif inside and token.end <= inside.end:
                tags.append(f"I-{inside.kind}")
            else:
                inside = None
                tags.append(OUTSIDE)
        labelled.append(tags)
    return labelled


def _lists() -> Iterable[tuple[str, frozenset[str]]]:
    known = gazetteer()
    for sort, members in (
        ("first name", known.first_names),
        ("place", known.places),
        ("organization", known.organizations),
        ("people", known.no_entities),
        ("common", known.common_words),
        ("suffix", lexicon.COMPANY_SUFFIXES),
        ("body", lexicon.BODY_HEADS),
        ("head of", lexicon.HEADS_WITH_OF),
        ("place head", lexicon.PLACE_HEADS),
        ("place opener", lexicon.PLACE_OPENERS),
        ("title", lexicon.TITLES),
        ("generation", lexicon.GENERATIONS),
        ("particle", lexicon.PARTICLES),
        ("body verb", lexicon.BODY_VERBS),
        ("person verb", lexicon.PERSON_VERBS),
        ("place preposition", lexicon.PLACE_PREPOSITIONS),
    ):
        yield sort, frozenset(map(str.lower, members))


def _counts(sentences: Sequence[Sequence[Token]], ruled: Sequence[Sequence[str]]) -> _Counts:
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for tokens, tags in zip(sentences, ruled, strict=True):
        for at, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
            if token.text.islower():
                lower[token.text] += 1
            elif token.text[0].isupper():
                name = normal(token.text)
                kinds[name][tag[2:]] += 1
                if at:
                    capital[name] += 1
    return _Counts(lower, capital, kinds)


def _elsewhere(text: str, name: str, opens: bool, rule: str, counts: _Counts) -> list[str]:
    """What the rest of the document says of a token."""
    if not text[0].isupper():
        return ["also capital"] if text.islower() and name in counts.capital else []
    said = ["also lower" if name in counts.lower else "never lower"]
    if opens:
        said.append("capital inside" if name in counts.capital else "no capital inside")
    kinds = counts.labels.get(name, Counter())
    others = {kind: count - (kind == rule[2:]) for kind, count in kinds.items()}
    most = max(others, key=lambda kind: (others[kind], kind), default="")
    if others.get(most, 0) > 0:
        said.append(f"elsewhere={most}")
    return said


def _listed(
    tokens: Sequence[Token], described: Sequence[_Word], words: EntityWords
) -> list[list[str]]:
    """What was seen elsewhere: whole names, and the places of words in names."""
    names = [word.normal for word in described]
    listed: list[list[str]] = [[] for _ in names]
    for seen in words.seen(names, [token.text[0].isupper() for token in tokens]):
        size = "1" if seen.last == seen.first + 1 else "n"
        sure = "!" if seen.is_sure else "?"
        for at in range(seen.first, seen.last):
            place = "b" if at == seen.first else "i"
            listed[at] += [f"l{place}={seen.kind}{size}", f"l{sure}{seen.kind}{size}"]
    for at, name in enumerate(names):
        parts = words.parts.get(name, ())
        listed[at] += [f"t={part}" for part in parts]
        if at:
            listed[at - 1] += [f"+1t={part}" for part in parts]
        if at + 1 < len(names):
            listed[at + 1] += [f"-1t={part}" for part in parts]
    return listed


def _capitals(tokens: Sequence[Token]) -> str:
    """What capitals mean in a sentence: in a headline or a shout nothing, else a name."""
    words = [token.text for token in tokens if token.text[0].isalpha()]
    upper = sum(len(word) > 1 and word.isupper() for word in words)
    title = sum(word[0].isupper() for word in words)
    if words and upper > _MANY * len(words):
        return "upper"
    if len(words) > _FEW_WORDS and title > _MANY * len(words):
        return "title"
    return "mixed" if title else "lower"


def _sort(character: str) -> str:
    if character.isupper():
        return "X"
    if character.islower():
        return "x"
    return "0" if character.isdigit() else character
