"""A few documents that show how two runs differ, of each kind of change some."""

from bisect import insort
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import zip_longest
from typing import Final, Generic, TypeVar

from processors.comparison.difference import EVENT_PARTS, Difference

Kept = TypeVar("Kept")

# In the order in which they are chosen from.
KINDS: Final = (
    "added", "removed", *EVENT_PARTS,
    "relationship added", "relationship removed", "relationship changed",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Chosen(Generic[Kept]):
    """A document that differs; ``kept`` is what was offered with it."""

    place: str
    document_id: str
    found: Difference = field(compare=False)
    kept: Kept = field(compare=False)


class Examples(Generic[Kept]):
    """Takes documents one by one, and holds no more than ``wanted`` of each kind of change.

    The same documents give the same examples, in whatever order they come: their ids decide.
    """

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._of_kind: defaultdict[str, list[Chosen[Kept]]] = defaultdict(list)

    def offer(self, document_id: str, found: Difference, kept: Kept) -> None:
        """Take a document, if it differs and its turn may come."""
        place = sha256(document_id.encode()).hexdigest()
        one = Chosen(place, document_id, found, kept)
        for kind in kinds(found):
            held = self._of_kind[kind]
            insort(held, one)
            del held[self._wanted :]

    def spread(self) -> list[Chosen[Kept]]:
        """The examples: one of each kind in turn, until there are as many as wanted."""
        found: dict[str, Chosen[Kept]] = {}
        for row in zip_longest(*(self._of_kind[kind] for kind in KINDS)):
            for one in row:
                if one is not None and len(found) < self._wanted:
                    found.setdefault(one.document_id, one)
        return list(found.values())


def kinds(found: Difference) -> set[str]:
    """In which ways two readings differ."""
    there = {what for one in found.changed for what in one.what}
    named = {
        "added": found.added, "removed": found.removed,
        "relationship added": found.links_added, "relationship removed": found.links_removed,
        "relationship changed": found.links_changed,
    }  # fmt: skip
    return there | {kind for kind, some in named.items() if some}
