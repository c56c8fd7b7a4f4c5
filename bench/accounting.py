"""What became of every record that was sent: whether it ended, once, and unchanged."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# The topic, partition and offset of a record.
Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class State:
    """What a document is in the views: the hash of all that was extracted, and its events."""

    revision: str
    events: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What lies on the topics: good documents by id, each with its place, and places of bad input.

    ``expected`` says what the good ones are where no bad input is among them.
    """

    good: Mapping[str, Place]
    bad: frozenset[Place]
    expected: Mapping[str, State]


@dataclass(frozen=True, slots=True)
class Ended:
    """What is in the tables: rows of documents with their places, and the places of letters."""

    rows: Iterable[tuple[str, State, Place]]
    letters: Iterable[Place]


@dataclass(frozen=True, slots=True)
class Account:
    """Names and places of what is wrong, and how the bad inputs ended.

    Attributes:
        lost: good documents without a row.
        twice: good documents with several rows, or with a letter too.
        changed: good documents that are other than without bad input.
        unaccounted: bad inputs that are neither a document nor a letter.
        repeated: bad inputs that ended more than once.
        letters: how many bad inputs are letters; the others are documents.
    """

    lost: tuple[str, ...]
    twice: tuple[str, ...]
    changed: tuple[str, ...]
    unaccounted: tuple[Place, ...]
    repeated: tuple[Place, ...]
    letters: int


def account(sent: Sent, ended: Ended) -> Account:
    """Compare what was sent with what is in the tables."""
    rows, letters = list(ended.rows), Counter(ended.letters)
    shown = Counter(identity for identity, _, _ in rows)
    states = {identity: state for identity, state, _ in rows}
    ends = letters + Counter(place for _, _, place in rows)
    return Account(
        lost=tuple(one for one in sent.good if one not in shown),
        twice=tuple(one for one, place in sent.good.items() if shown[one] + letters[place] > 1),
        changed=tuple(
            one for one in sent.good if one in states and states[one] != sent.expected.get(one)
        ),
        unaccounted=tuple(sorted(sent.bad - ends.keys())),
        repeated=tuple(sorted(one for one in sent.bad if ends[one] > 1)),
        letters=len(sent.bad & letters.keys()),
    )
