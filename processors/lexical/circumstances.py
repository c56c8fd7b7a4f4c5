"""When and where: the date and the place that a sentence gives for a trigger."""

from processors.lexical.english import CLAUSE_SIGNS, COORDINATORS, SUBORDINATORS
from processors.lexical.sentence import Sentence
from schemas.annotation import EntityMention
from schemas.output import Quote

_TIME_KINDS = ("date", "time")
_PLACE_PREPOSITIONS = frozenset(
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
_BOUNDARIES = (SUBORDINATORS - {"as", "once", "so", "where"}) | CLAUSE_SIGNS
_PLACE_REACH = 6
_PARTED_WORDS = 4
_CLAUSE_REACH = 12
_RELATIVES = frozenset({"who", "which", "that", "whose", "whom"})
# A date behind one of these is not when it happened: "the strongest since 2014".
_NOT_WHEN = frozenset({"since", "than", "until", "till"})


def time_of(sentence: Sentence, first: int, last: int, limit: int) -> Quote | None:
    """The date nearest to the trigger in its clause, or else the time of day.

    Args:
        sentence: with the clause.
        first: the trigger's first position.
        last: its last.
        limit: where another verb takes over; a date behind it is that one's.
    """
    for kind in _TIME_KINDS:
        mention = _nearest(sentence, kind, first, last, limit)
        if mention is not None:
            return Quote(text=mention.text, at=mention.start)
    return None


def place_of(sentence: Sentence, first: int, last: int) -> Quote | None:
    """The nearest place in the clause that a preposition of place announces."""
    mention = _nearest(sentence, "place", first, last, len(sentence.words))
    return Quote(text=mention.text, at=mention.start) if mention else None


def _nearest(
    sentence: Sentence, kind: str, first: int, last: int, limit: int
) -> EntityMention | None:
    best: tuple[int, EntityMention] | None = None
    for position, mention in sentence.mentions:
        if mention.kind != kind or position >= limit or not _fits(sentence, kind, position):
            continue
        words_between = first - position if position < first else position - last - 1
        if best is not None and words_between >= best[0]:
            continue
        distance = _distance(sentence, position, first, last)
        if best is not None and distance >= best[0]:
            continue
        if not _parted(sentence, position, first, last):
            best = (distance, mention)
    return best[1] if best else None


def _distance(sentence: Sentence, position: int, first: int, last: int) -> int:
    """In words; what "and" or a comma parts is further away than what stands without."""
    low, high = (position, first) if position < first else (last + 1, position)
    parting = sum(word == "," or word in COORDINATORS for word in sentence.words[low:high])
    return high - low + _PARTED_WORDS * parting


def _fits(sentence: Sentence, kind: str, position: int) -> bool:
    if kind == "place":
        return _is_announced(sentence, position)
    return sentence.word(position - 1) not in _NOT_WHEN


def _is_announced(sentence: Sentence, position: int) -> bool:
    for before in range(position - 1, max(-1, position - 1 - _PLACE_REACH), -1):
        word = sentence.words[before]
        if word in _PLACE_PREPOSITIONS:
            return True
        # "off the northern coast of Peru"
        if not sentence.is_nominal(before) and word not in ("the", "a", ",", "of"):
            return False
    return False


def _parted(sentence: Sentence, position: int, first: int, last: int) -> bool:
    """Whether a clause ends between a mention and the trigger."""
    if position < first and _in_relative_clause(sentence, position, first):
        return True
    low, high = (position, first) if position < first else (last + 1, position)
    for between in range(low, high):
        if sentence.words[between] in _BOUNDARIES and sentence.owner[between] is None:
            # "after 3 March" is a date, not a clause of its own.
            if between + 1 == position and position > last:
                continue
            return True
    return False


def _in_relative_clause(sentence: Sentence, position: int, first: int) -> bool:
    """Whether a mention before the trigger stands in a clause that ends before it.

    As "May" does in "Acme, which was founded in May, bought Widget".
    """
    if "," not in sentence.words[position:first]:
        return False
    for before in range(position - 1, max(-1, position - _CLAUSE_REACH), -1):
        if sentence.words[before] in (",", ";"):
            return False
        if sentence.words[before] in _RELATIVES:
            return True
    return False
