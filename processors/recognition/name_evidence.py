"""Evidence: what makes a piece of text the name of a person, an organization or a place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from processors.recognition.found import Found
from processors.recognition.gazetteer import Gazetteer, gazetteer
from processors.recognition.lexicon import (
    BODY_HEADS,
    BODY_VERBS,
    COMPANY_SUFFIXES,
    GENERATIONS,
    HEADS_WITH_OF,
    PARTICLES,
    PERSON_VERBS,
    PLACE_HEADS,
    PLACE_OPENERS,
    PLACE_PREPOSITIONS,
    PLACES_WITH_OF,
)
from processors.recognition.name_runs import Part, Run, written

_LOWER_WORD = re.compile(r"(?<![\w-])[a-z]{2,}(?![\w-])")
_ACRONYM = re.compile(r"[A-Z]{2,6}")
_LONGEST_PERSON = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A run that may be one name; ``titled`` where a title stands before it."""

    run: Run
    titled: bool

    @property
    def words(self) -> list[str]:
        """The words as they stand, without the full stops of abbreviations."""
        return [part.word for part in self.run.parts]

    @property
    def name(self) -> str:
        """The words as the gazetteer would write them."""
        return written(self.run.parts)


class CommonWords:
    """Which capitalised words are ordinary ones: from a list, and from the text itself."""

    def __init__(self, known: Gazetteer, text: str) -> None:
        self._known = known
        self._lower = frozenset(_LOWER_WORD.findall(text))

    def __contains__(self, word: str) -> bool:
        lower = word.lower()
        return lower in self._known.common_words or lower in self._lower

    def opens(self, word: str) -> bool:
        """Whether a word is certainly no name, however it is written."""
        return word.lower() in self._known.common_words or word in self._known.no_entities


def classify(piece: Piece, common: CommonWords) -> Iterator[Found]:
    """The mentions in one piece, by the first rule below that has evidence.

    Usually there is one; several where the piece merely holds gazetteer names; none without
    evidence.
    """
    known = gazetteer()
    name = piece.name
    if name in known.organizations:
        yield mention_of(piece.run.parts, "organization", known.organizations[name])
    elif name in known.places and not piece.titled:
        yield mention_of(piece.run.parts, "place", known.places[name])
    elif is_body(piece.words):
        yield mention_of(piece.run.parts, "organization")
    elif kind := _by_form(piece, known, common):
        yield mention_of(piece.run.parts, kind)
    elif inner := list(_known_inside(piece.run.parts, known)):
        yield from inner
    elif kind := _by_context(piece, known, common):
        yield mention_of(piece.run.parts, kind)


def _by_form(piece: Piece, known: Gazetteer, common: CommonWords) -> str | None:
    """What the words of a piece say about it."""
    words = piece.words
    several = len(words) > 1
    if several and "of" in words and words[0] in PLACES_WITH_OF:
        return "place"
    if several and (words[-1] in PLACE_HEADS or words[0] in PLACE_OPENERS):
        return "place"
    if len(words) > _LONGEST_PERSON or "&" in words:
        return "organization" if "&" in words and several else None
    if piece.titled and not common.opens(words[0]):
        return "person"
    if words[0] in known.first_names:
        return _by_first_name(piece, known, common)
    if several and (words[-1] in GENERATIONS or any(len(word) == 1 for word in words[:-1])):
        return "person"
    return None


def _by_first_name(piece: Piece, known: Gazetteer, common: CommonWords) -> str | None:
    first, last = piece.words[0], piece.words[-1]
    if first == last:
        return None if piece.run.initial and first in common else "person"
    # "told John Monday" is no John Monday, but Theresa May is a person.
    if last in known.no_entities and last != "May":
        return None
    return None if piece.run.headline and common.opens(last) else "person"


def _by_context(piece: Piece, known: Gazetteer, common: CommonWords) -> str | None:
    """What the words around a piece say about it."""
    words = piece.words
    run = piece.run
    if run.headline or any(word in known.no_entities for word in words):
        return None
    if words[-1] in known.first_names or all(word in common for word in words):
        return None
    if run.behind in BODY_VERBS:
        return "organization"
    if run.behind in PERSON_VERBS and len(words) > 1:
        return "person"
    if len(words) == 1 and _ACRONYM.fullmatch(words[0]):
        return "organization"
    if run.initial and len(words) == 1:
        return None
    if run.before in PLACE_PREPOSITIONS and len(words) <= 2:
        return "place"
    own = [word for word in words if word not in PARTICLES]
    if len(own) in (2, 3) and not any(word in common for word in own):
        return "person" if all(word.isalpha() for word in own) else None
    return None


def _known_inside(parts: list[Part], known: Gazetteer) -> Iterator[Found]:
    """Gazetteer names within a piece, the longest at each place."""
    start = 0
    while start < len(parts):
        for end in range(len(parts), start, -1):
            name = written(parts[start:end])
            if name in known.places:
                yield mention_of(parts[start:end], "place", known.places[name])
            elif name in known.organizations:
                yield mention_of(parts[start:end], "organization", known.organizations[name])
            else:
                continue
            start = end
            break
        else:
            start += 1


def is_known(parts: list[Part]) -> bool:
    """Whether the gazetteer has a place or an organization of exactly this name."""
    name = written(parts)
    known = gazetteer()
    return name in known.places or name in known.organizations


def is_body(words: list[str]) -> bool:
    """Whether the words themselves say that they name an organization."""
    if len(words) < 2:
        return False
    if words[-1] in COMPANY_SUFFIXES or words[-1] in BODY_HEADS:
        return True
    return "of" in words and words[0] in HEADS_WITH_OF and words[0] not in PLACES_WITH_OF


def mention_of(parts: list[Part], kind: str, value: str = "") -> Found:
    """The claim that ``parts`` are a name of ``kind``."""
    return Found(parts[0].start, parts[-1].end, kind, value)
