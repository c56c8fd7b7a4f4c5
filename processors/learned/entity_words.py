"""What is known of words before a document is read: their clusters, and names seen elsewhere.

Both were counted in corpora by ``millrace train``. Words are looked up as ``normal`` writes them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

# Of one name, in words.
LONGEST_NAME = 6

_DIGIT = re.compile(r"\d")


class Seen(NamedTuple):
    """Words ``first`` to ``last``, without ``last``, are a name that was seen.

    ``kind`` is what it was most often; ``is_sure`` where it was never anything else.
    """

    first: int
    last: int
    kind: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class EntityWords:
    """Clusters of words, coarse ones first, and how often names were of which kind.

    Attributes:
        clusters: of words that are used alike.
        names: documents that have a name as one kind or another, by its words joined with spaces.
        parts: where in names a word was seen: "1person" alone, "fplace" first, "lplace" last,
            "mplace" in the middle.
    """

    clusters: Mapping[str, Sequence[int]]
    names: Mapping[str, Mapping[str, int]]
    parts: Mapping[str, Sequence[str]]

    @classmethod
    def from_json(cls, content: bytes) -> "EntityWords":
        """Those that ``to_json`` wrote."""
        return cls(**json.loads(content))

    def to_json(self) -> bytes:
        """All of it, the same for the same content."""
        whole = {"clusters": self.clusters, "names": self.names, "parts": self.parts}
        return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def seen(self, words: Sequence[str], is_capital: Sequence[bool]) -> Iterator[Seen]:
        """The names among a sentence's words, the longest at each place, in order.

        Args:
            words: as ``normal`` writes them.
            is_capital: which of them may begin a name.
        """
        start = 0
        while start < len(words):
            found = self._longest(words, start) if is_capital[start] else None
            if found:
                yield found
            start = found.last if found else start + 1

    def _longest(self, words: Sequence[str], start: int) -> Seen | None:
        if words[start] not in self.parts:
            return None
        for end in range(min(len(words), start + LONGEST_NAME), start, -1):
            kinds = self.names.get(" ".join(words[start:end]))
            if kinds:
                kind = max(kinds, key=lambda one: (kinds[one], one))
                return Seen(start, end, kind, len(kinds) == 1)
        return None


def normal(word: str) -> str:
    """A word as it is counted: in lower case, every digit a zero."""
    return _DIGIT.sub("0", word.lower())
