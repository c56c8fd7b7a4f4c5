"""Which of many spans overlap one: found by bisection, so that large documents stay linear."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Generic, Protocol, TypeVar


class HasSpan(Protocol):
    """Anything that covers code points ``start`` to ``end``, the end exclusive."""

    @property
    def start(self) -> int:
        """The first code point."""
        ...

    @property
    def end(self) -> int:
        """The code point after the last."""
        ...


Item = TypeVar("Item", bound=HasSpan)


class SpanIndex(Generic[Item]):
    """Items by their spans; items may nest and overlap each other."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: list[Item] = sorted(items, key=lambda item: (item.start, item.end))
        self._starts = [item.start for item in self.items]
        # The furthest end so far never falls: it bounds how far back an overlap can begin.
        self._reaches = list(accumulate((item.end for item in self.items), max))

    def overlapping(self, start: int, end: int) -> Iterator[Item]:
        """The items that share a code point with ``start`` to ``end``, by their starts."""
        first = bisect_right(self._reaches, start)
        for item in self.items[first : bisect_left(self._starts, end)]:
            if item.end > start:
                yield item

    def starting_in(self, start: int, end: int) -> list[Item]:
        """The items whose first code point lies in ``start`` to ``end``."""
        return self.items[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


def overlap(one: HasSpan, other: HasSpan) -> int:
    """How many code points two spans share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))
