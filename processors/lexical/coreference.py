"""Coreference: the second words for an event that a text has told already ("the quake")."""

from dataclasses import dataclass

from processors.lexical.english_triggers import OTHER
from processors.lexical.outline import Outline, Reader

# How many sentences back a definite noun still points.
_REACH = 12
# Words with this many letters in common at their start, or one within the other, are akin.
_SHORTEST_STEM = 4


@dataclass(slots=True)
class Told:
    """An event with the sentence that tells it first, and where it is spoken of again."""

    sentence: int
    outline: Outline
    reader: Reader
    echoes: list[tuple[int, int]]


def told_once(readings: list[tuple[int, Reader]]) -> list[Told]:
    """The events of a stretch of text, each once.

    A noun with a definite article or a possessive is taken as the last event of its kind that an
    akin word told ("elected" and "the election"), a noun in apposition as that of its clause; not
    so one of no listed kind, which may be anything.

    Args:
        readings: sentences with their indices, in order.
    """
    events: list[Told] = []
    latest: dict[str, list[Told]] = {}
    for index, reader in readings:
        for outline in reader.outlines:
            same_kind = latest.setdefault(outline.kind, [])
            antecedent = None
            if outline.is_definite:
                antecedent = _antecedent(same_kind, index, outline, reader)
            if antecedent is not None:
                antecedent.echoes.extend([(outline.start, outline.end), *outline.echoes])
                continue
            told = Told(index, outline, reader, list(outline.echoes))
            events.append(told)
            same_kind.append(told)
    return events


def _antecedent(earlier: list[Told], index: int, outline: Outline, reader: Reader) -> Told | None:
    words = reader.words(outline).lower()
    for told in earlier[: -_REACH - 1 : -1]:
        if index - told.sentence > _REACH:
            return None
        if told.outline.polarity != outline.polarity:
            continue
        if _akin(told.reader.words(told.outline).lower(), words):
            return told
        if told.sentence == index and outline.is_apposition and outline.kind != OTHER:
            return told
    return None


def _akin(one: str, other: str) -> bool:
    stem = one[:_SHORTEST_STEM]
    akin = len(stem) == _SHORTEST_STEM and other.startswith(stem)
    return akin or one in other or other in one
