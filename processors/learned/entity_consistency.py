"""One name, one kind: what a document says of a name in one place holds in its others.

A model sees a sentence at a time. Where it says "Lohan" is a person in two sentences, an
organization in a third and nothing in a fourth, the words beside it were too few in those.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from processors.learned.crf import Tagged
from processors.learned.entity_features import OUTSIDE
from processors.tokens import Token

# How sure all mentions of a name must be together for its other places to be names as well, how
# sure that a place is none before it is left alone, and how far a full name speaks for its last
# word. Chosen as the model's parameters were.
_SURE = 0.8
_SURELY_NONE = 0.95
_FAMILY_NAME = 0.5
_LONGEST = 5
_PERSON = "person"


class Named(NamedTuple):
    """Tokens ``first`` to ``last``, without ``last``, of a sentence are a name of ``kind``."""

    first: int
    last: int
    kind: str


class _Weighed(NamedTuple):
    words: tuple[str, ...]
    named: Named
    probability: float


def consistent(
    sentences: Sequence[Sequence[Token]], tagged: Sequence[Sequence[Tagged]]
) -> list[list[Named]]:
    """The names of each sentence of a document, in order and without overlaps.

    A name is of the kind that its mentions make likeliest together; a capitalised place without a
    name is one where its very words are a name elsewhere, unless the model is sure that it is none.

    Args:
        sentences: their tokens.
        tagged: the label of each token.
    """
    weighed = [
        [_weighed(tokens, tags, one) for one in names_of(tags)]
        for tokens, tags in zip(sentences, tagged, strict=True)
    ]
    kinds = _kinds(one for names in weighed for one in names)
    openers = {words[0] for words in kinds}
    found = []
    for tokens, tags, names in zip(sentences, tagged, weighed, strict=True):
        settled = [one.named._replace(kind=_settled(kinds[one.words], one)) for one in names]
        settled += _others(tokens, tags, kinds, openers)
        found.append(sorted(settled))
    return found


def names_of(tagged: Sequence[Tagged]) -> Iterator[Named]:
    """The names that labels make; where labels do not fit together, a new one begins."""
    first = 0
    inside = ""
    for at, one in enumerate(tagged):
        prefix, _, kind = one.label.partition("-")
        if inside and (kind != inside or prefix in "BS"):
            yield Named(first, at, inside)
            inside = ""
        if kind and not inside:
            first, inside = at, kind
        if inside and prefix in "ES":
            yield Named(first, at + 1, inside)
            inside = ""
    if inside:
        yield Named(first, len(tagged), inside)


def _weighed(tokens: Sequence[Token], tagged: Sequence[Tagged], named: Named) -> _Weighed:
    inside = tagged[named.first : named.last]
    probability = sum(one.probability for one in inside) / len(inside)
    words = tuple(token.text for token in tokens[named.first : named.last])
    return _Weighed(words, named, probability)


def _kinds(names: Iterable[_Weighed]) -> dict[tuple[str, ...], dict[str, float]]:
    """How sure the mentions of a name are together, by its words and its kind."""
    kinds: defaultdict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for words, named, probability in names:
        sure = kinds[words]
        sure[named.kind] = sure.get(named.kind, 0) + probability
        if named.kind == _PERSON and len(words) > 1:
            sure = kinds[words[-1:]]
            sure[_PERSON] = sure.get(_PERSON, 0) + probability * _FAMILY_NAME
    return kinds


def _likeliest(kinds: dict[str, float]) -> str:
    return max(kinds, key=lambda kind: (kinds[kind], kind))


def _settled(kinds: dict[str, float], one: _Weighed) -> str:
    likeliest = _likeliest(kinds)
    return likeliest if kinds[likeliest] > kinds[one.named.kind] else one.named.kind


def _others(
    tokens: Sequence[Token],
    tagged: Sequence[Tagged],
    kinds: dict[tuple[str, ...], dict[str, float]],
    openers: set[str],
) -> Iterator[Named]:
    """Names in a sentence that only the rest of the document tells."""
    at = 0
    while at < len(tokens):
        last = at + 1
        if tokens[at].text in openers and tokens[at].text[0].isupper():
            for end in range(min(len(tokens), at + _LONGEST), at, -1):
                of_words = kinds.get(tuple(token.text for token in tokens[at:end]))
                if of_words and _is_open(tagged[at:end]):
                    likeliest = _likeliest(of_words)
                    if of_words[likeliest] >= _SURE:
                        yield Named(at, end, likeliest)
                        last = end
                        break
        at = last


def _is_open(tagged: Sequence[Tagged]) -> bool:
    """Whether none of the tokens is in a name, and the model is not sure of it."""
    return all(one.label == OUTSIDE for one in tagged) and sum(
        one.probability for one in tagged
    ) < _SURELY_NONE * len(tagged)
