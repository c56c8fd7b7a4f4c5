"""Where: the place that a sentence gives for a trigger."""

from processors.learned.participant_choosing import Parts
from processors.lexical.clauses import distance, is_parted
from processors.lexical.sentence import Sentence
from schemas.annotation import EntityMention
from schemas.output import Quote

_PREPOSITIONS = frozenset(
    {
        "in",
        "at",
        "near",
        "off",
        "across",
        "outside",
        "inside",
        "around",
        "throughout",
        "from",
        "on",
        "to",
        "over",
        "into",
    }
)
_REACH = 6
# A place that the rules find is none where the model thinks so little of it.
_LEAST_PROBABLE = 0.05


def place_of(sentence: Sentence, first: int, last: int, parts: Parts | None = None) -> Quote | None:
    """The place that the model finds, or else the nearest that a preposition announces.

    Args:
        sentence: with its mentions.
        first: the trigger's first position.
        last: its last.
        parts: what a model says belongs to the event; None where none was asked.
    """
    if parts is not None and parts.place is not None:
        start = sentence.tokens[parts.place.first].start
        end = sentence.tokens[parts.place.last].end
        return Quote(text=sentence.text[start:end], at=start)
    found = _nearest(sentence, first, last)
    if found is None:
        return None
    position, mention = found
    behind = position
    while behind + 1 < len(sentence.owner) and sentence.owner[behind + 1] is mention:
        behind += 1
    if parts is not None and parts.place_probability(position, behind) < _LEAST_PROBABLE:
        return None
    return Quote(text=mention.text, at=mention.start)


def _nearest(sentence: Sentence, first: int, last: int) -> tuple[int, EntityMention] | None:
    """The nearest place in the clause that a preposition of place announces, and its position."""
    best: tuple[int, int, EntityMention] | None = None
    for position, mention in sentence.mentions:
        if mention.kind != "place" or not _is_announced(sentence, position):
            continue
        apart = distance(sentence, position, first, last)
        nearer = best is None or apart < best[0]
        if nearer and not is_parted(sentence, position, first, last):
            best = (apart, position, mention)
    return best[1:] if best else None


def _is_announced(sentence: Sentence, position: int) -> bool:
    for before in range(position - 1, max(-1, position - 1 - _REACH), -1):
        word = sentence.words[before]
        if word in _PREPOSITIONS:
            return True
        # "off the northern coast of Peru"
        if not sentence.is_nominal(before) and word not in ("the", "a", ",", "of"):
            return False
    return False
