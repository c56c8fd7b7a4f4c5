"""What every response cache does: one suite, in memory and in a file."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest

from streams.inference.cache.completions import CompletionCache, Deletion
from tests.streams.inference.cache.generations import (
    NOON,
    Hands,
    incompressible,
    key,
    owner,
    written,
)


class ForgettingCache(CompletionCache, Protocol):
    async def drop(
        self, deletions: Sequence[Deletion], next_offsets: Mapping[int, int]
    ) -> None: ...

    async def next_offsets(self) -> dict[int, int]: ...


# Opens a cache of so many bytes and seconds.
Opening = Callable[[int, float], AbstractAsyncContextManager[ForgettingCache]]

MANY = 1 << 30
HOUR_S = 3_600.0


class CacheBehaviour:
    @pytest.fixture
    def hands(self) -> Hands:
        return Hands()

    @pytest.fixture
    def opening(self, hands: Hands) -> Opening:
        raise NotImplementedError

    @pytest.fixture
    async def cache(self, opening: Opening) -> AsyncIterator[ForgettingCache]:
        async with opening(MANY, HOUR_S) as cache:
            yield cache

    async def test_what_was_put_comes_back_as_it_was(self, cache: ForgettingCache) -> None:
        answer = written('{"trigger": "kjøpte 東京 🎉", "lone": "\ud83c"}')

        await cache.put(key("q"), owner(), answer)

        assert await cache.get(key("q"), owner()) == answer

    async def test_nothing_is_found_under_another_key(self, cache: ForgettingCache) -> None:
        await cache.put(key("q"), owner(), written())

        assert await cache.get(key("r"), owner()) is None

    @pytest.mark.parametrize("finish_reason", ["length", "error", "abort", ""])
    async def test_truncated_and_failed_answers_are_not_kept(
        self, cache: ForgettingCache, finish_reason: str
    ) -> None:
        await cache.put(key("q"), owner(), written(finish_reason=finish_reason))

        assert await cache.get(key("q"), owner()) is None

    async def test_a_later_answer_takes_the_place_of_an_earlier(
        self, cache: ForgettingCache
    ) -> None:
        await cache.put(key("q"), owner(), written("first"))
        await cache.put(key("q"), owner(), written("second"))

        assert await cache.get(key("q"), owner()) == written("second")

    async def test_an_answer_goes_when_it_is_too_old(
        self, cache: ForgettingCache, hands: Hands
    ) -> None:
        await cache.put(key("q"), owner(), written())
        hands.now += HOUR_S - 1
        young = await cache.get(key("q"), owner())
        hands.now += 2

        assert young == written()
        assert await cache.get(key("q"), owner()) is None

    async def test_the_least_recently_used_make_room(self, opening: Opening, hands: Hands) -> None:
        async with opening(400_000, 1e9) as cache:
            await cache.put(key("used"), owner(), written())
            for number in range(1_000):
                hands.now += 60
                await cache.put(key(number), owner(f"d{number}"), incompressible(number))
                await cache.get(key("used"), owner())

            found = [
                number
                for number in range(1_000)
                if await cache.get(key(number), owner(f"d{number}")) is not None
            ]
            assert await cache.get(key("used"), owner()) == written()

        assert 100 < len(found) < 400
        assert found == list(range(found[0], 1_000))

    async def test_a_deleted_document_takes_its_answers_along(self, cache: ForgettingCache) -> None:
        await cache.put(key("q"), owner("gone"), written())
        await cache.put(key("r"), owner("stays"), written())

        await cache.drop([Deletion("gone", NOON * 1000 + 1)], {0: 7})

        assert await cache.get(key("q"), owner("another")) is None
        assert await cache.get(key("r"), owner("stays")) == written()

    async def test_an_answer_stays_while_another_document_owns_it(
        self, cache: ForgettingCache
    ) -> None:
        await cache.put(key("q"), owner("gone"), written())
        await cache.get(key("q"), owner("equal"))

        await cache.drop([Deletion("gone", NOON * 1000)], {})
        after_the_first = await cache.get(key("q"), owner("equal"))
        await cache.drop([Deletion("equal", NOON * 1000)], {})

        assert after_the_first == written()
        assert await cache.get(key("q"), owner("third")) is None

    async def test_an_answer_in_flight_during_the_deletion_is_not_kept(
        self, cache: ForgettingCache
    ) -> None:
        await cache.drop([Deletion("a1", NOON * 1000)], {})

        await cache.put(key("q"), owner("a1", NOON * 1000 - 5), written())

        assert await cache.get(key("q"), owner("another")) is None

    async def test_a_text_ingested_after_the_deletion_keeps_its_answers(
        self, cache: ForgettingCache
    ) -> None:
        later = owner("a1", NOON * 1000 + 5)
        await cache.put(key("before"), later, written())
        await cache.drop([Deletion("a1", NOON * 1000)], {})
        await cache.put(key("after"), later, written())

        assert await cache.get(key("before"), later) == written()
        assert await cache.get(key("after"), later) == written()

    async def test_an_asker_that_was_deleted_does_not_become_an_owner(
        self, cache: ForgettingCache
    ) -> None:
        await cache.put(key("q"), owner("a"), written())
        await cache.drop([Deletion("b", NOON * 1000)], {})
        await cache.get(key("q"), owner("b"))

        await cache.drop([Deletion("a", NOON * 1000)], {})

        assert await cache.get(key("q"), owner("c")) is None

    async def test_it_knows_how_far_deletions_were_read(self, cache: ForgettingCache) -> None:
        before = await cache.next_offsets()
        await cache.drop([], {0: 5, 1: 8})
        await cache.drop([Deletion("a1", 1)], {1: 9})

        assert before == {}
        assert await cache.next_offsets() == {0: 5, 1: 9}
