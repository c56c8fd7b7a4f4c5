"""What WordNet knows of English words: what they are about, and as which part of speech."""

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "words" / "english.txt.gz"


def senses(word: str) -> tuple[str, ...]:
    """What holds of a base form in lower case, as names of features; empty where it is unknown.

    ``n=event`` is the topic of its first sense as a noun, ``v1=motion`` and ``v2=contact`` are
    those of its first two as a verb, ``eventful=3/4`` says how many of its first senses as a noun
    are of acts, events, states and the like, ``of-verb`` that a verb is akin to the noun, and
    ``as=vn`` as which parts of speech it is met, the commonest first.
    """
    return _words().get(word, ())


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    words: dict[str, tuple[str, ...]] = {}
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            features, _, names = line.rstrip("\n").partition("\t")
            held = tuple(features.split())
            words.update((name, held) for name in names.split())
    return words
