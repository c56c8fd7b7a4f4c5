"""Clauses: how far a word is from an event, and whether a clause ends between them."""

from processors.lexical.english import CLAUSE_SIGNS, COORDINATORS, SUBORDINATORS
from processors.lexical.sentence import Sentence

_BOUNDARIES = (SUBORDINATORS - {"as", "once", "so", "where"}) | CLAUSE_SIGNS
_PARTED_WORDS = 4
_CLAUSE_REACH = 12
_RELATIVES = frozenset({"who", "which", "that", "whose", "whom"})


def distance(sentence: Sentence, position: int, first: int, last: int) -> int:
    """In words; what "and" or a comma parts is further away than what stands without."""
    low, high = (position, first) if position < first else (last + 1, position)
    parting = sum(word == "," or word in COORDINATORS for word in sentence.words[low:high])
    return high - low + _PARTED_WORDS * parting


def is_parted(sentence: Sentence, position: int, first: int, last: int) -> bool:
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
