"""Which items of a batch a store refuses, found by halving the batch."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from schemas.errors import RowsRefusedError

Item = TypeVar("Item")


async def refused_of(
    items: Sequence[Item], insert: Callable[[Sequence[Item]], Awaitable[None]]
) -> list[tuple[Item, RowsRefusedError]]:
    """Write all ``items`` that are taken; give those that are refused, in order, each with why.

    A half that is refused is halved again. One refused item among n costs at most 2 log2(n) + 1
    inserts, n refused ones 2n - 1. What was written before an error stays written, and may be
    written again: an insert must be safe to repeat.

    Args:
        items: what a batch is made of.
        insert: writes some of them, all or none as far as it knows.

    Raises:
        Whatever else ``insert`` raises, at once.
    """
    refused: list[tuple[Item, RowsRefusedError]] = []
    # Halves that are not written yet, the first of them on top.
    waiting = [items] if items else []
    while waiting:
        part = waiting.pop()
        try:
            await insert(part)
        except RowsRefusedError as error:
            if len(part) == 1:
                refused.append((part[0], error))
                continue
            middle = len(part) // 2
            waiting += [part[middle:], part[:middle]]
    return refused
