"""What a reader says of a sentence: the events in outline, and on request the rest of each."""

from dataclasses import dataclass
from typing import Protocol

from schemas.output import FoundArgument, Polarity, Quote


@dataclass(frozen=True, slots=True)
class Outline:
    """An event as one sentence tells it, in code points of the text.

    ``place`` counts the sentence's events from 0. ``echoes`` are other words for the same event.
    ``is_definite``: a noun that points to something known; ``is_apposition``: right behind a comma;
    ``is_verb``: a verb, as far as the words beside it tell.
    ``certainty`` is how sure the sort of word makes it, 0 to 1.
    """

    kind: str
    place: int
    start: int
    end: int
    polarity: Polarity
    certainty: float
    echoes: tuple[tuple[int, int], ...] = ()
    is_definite: bool = False
    is_apposition: bool = False
    is_verb: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Who takes part in an event, when and where it is."""

    arguments: tuple[FoundArgument, ...] = ()
    time: Quote | None = None
    location: Quote | None = None


class Reader(Protocol):
    """A sentence, read; ``names_beside`` counts its names, dates and amounts.

    ``is_headline``: it opens the text, and no full stop ends it.
    """

    outlines: list[Outline]
    names_beside: int
    is_headline: bool

    def words(self, outline: Outline) -> str:
        """The trigger as it stands in the text."""
        ...

    def surroundings(self, outline: Outline) -> Surroundings:
        """The rest of one of the sentence's events."""
        ...
