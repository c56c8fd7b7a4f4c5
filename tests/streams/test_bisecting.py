"""Which items of a batch are refused: exactly the bad ones, in few inserts."""

import asyncio
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import RowsRefusedError, StoreRefusedError, UnavailableError
from streams.sink.bisecting import refused_of


class Store:
    """Takes all items of an insert or, where a bad one is among them, none."""

    def __init__(self, bad: frozenset[int]) -> None:
        self.bad = bad
        self.written: set[int] = set()
        self.inserts = 0

    async def insert(self, items: Sequence[int]) -> None:
        self.inserts += 1
        found = self.bad & set(items)
        if found:
            raise RowsRefusedError(f"bad: {min(found)}")
        self.written |= set(items)


def bisected(store: Store, count: int) -> list[tuple[int, RowsRefusedError]]:
    return asyncio.run(refused_of(range(count), store.insert))


@given(st.integers(0, 200).flatmap(
    lambda count: st.tuples(st.just(count), st.frozensets(st.integers(0, max(0, count - 1))))
))  # fmt: skip
def test_exactly_the_bad_are_refused_and_all_others_are_written(
    batch: tuple[int, frozenset[int]],
) -> None:
    count, bad = batch
    store = Store(bad)

    refused = bisected(store, count)

    assert [item for item, _ in refused] == sorted(bad & set(range(count)))
    assert store.written == set(range(count)) - bad
    assert [str(error) for item, error in refused] == [f"bad: {item}" for item, _ in refused]


@pytest.mark.parametrize("bad", [0, 499, 500, 999])
def test_one_bad_item_costs_two_inserts_a_halving(bad: int) -> None:
    store = Store(frozenset({bad}))

    bisected(store, 1_000)

    assert store.inserts <= 2 * math.ceil(math.log2(1_000)) + 1


def test_a_batch_of_bad_items_alone_costs_two_inserts_an_item() -> None:
    store = Store(frozenset(range(1_000)))

    assert len(bisected(store, 1_000)) == 1_000
    assert store.inserts == 1_999


@pytest.mark.parametrize("error", [StoreRefusedError("unknown table"), UnavailableError("away")])
def test_what_no_item_is_to_blame_for_ends_it(error: Exception) -> None:
    async def insert(_: Sequence[int]) -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        asyncio.run(refused_of([1, 2, 3], insert))
    assert raised.value is error
