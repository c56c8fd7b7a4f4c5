"""The bundled gazetteer: names that are known by themselves. Read at first use, then shared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")
_PLACE_FILES = ("countries.txt", "cities.txt", "us_states.txt")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Known names and words.

    ``places`` and ``organizations`` map each way to write a name, without full stops, to its
    canonical one; ``cjk``
    matches all of them that are written in Chinese or Japanese, the longest first. ``first_names``
    and ``no_entities`` are capitalised as in the text, ``common_words`` lower case.
    """

    places: dict[str, str]
    organizations: dict[str, str]
    first_names: frozenset[str]
    no_entities: frozenset[str]
    common_words: frozenset[str]
    cjk: re.Pattern[str]


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of this installation."""
    places = {alias: name for file in _PLACE_FILES for alias, name in _aliases(file)}
    organizations = dict(_aliases("organizations.txt"))
    cjk = sorted(filter(_CJK.match, places.keys() | organizations.keys()), key=len, reverse=True)
    return Gazetteer(
        places=places,
        organizations=organizations,
        first_names=_words("first_names.txt"),
        no_entities=_words("demonyms.txt"),
        common_words=_words("common_words.txt"),
        cjk=re.compile("|".join(map(re.escape, cjk))),
    )


def _aliases(file: str) -> Iterator[tuple[str, str]]:
    for line in _lines(file):
        name, *others = line.split("|")
        for alias in (name, *others):
            yield alias.replace(".", ""), name


def _words(file: str) -> frozenset[str]:
    return frozenset(word for line in _lines(file) for word in line.split())


def _lines(file: str) -> Iterator[str]:
    content = files("processors.recognition").joinpath("data", file).read_text("utf-8")
    return (line for line in content.splitlines() if line and not line.startswith("#"))
