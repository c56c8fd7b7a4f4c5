"""`millrace cache`: what is kept and forgetting it, also while a consumer uses the file."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from millrace.settings import Settings
from millrace.wiring import cache_settings
from streams.inference.cache.completions import CacheSettings
from streams.inference.cache.disk import DiskCompletions
from tests.command import Ended, elsewhere, millrace
from tests.streams.inference.cache.generations import incompressible, key, owner

DAY_S = 86_400


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in elsewhere(tmp_path).items():
        monkeypatch.setenv(name, value)
    return Settings()


@asynccontextmanager
async def in_use(settings: Settings, age_s: float = 0.0) -> AsyncIterator[DiskCompletions]:
    """The cache as a consumer of this home has it open, some time ago."""
    cache = DiskCompletions(
        CacheSettings(cache_settings(settings).path), lambda: time.time() - age_s
    )
    await cache.start()
    yield cache
    await cache.close()


async def keep(cache: DiskCompletions, *documents: str) -> None:
    for document in documents:
        await cache.put(key(document), owner(document), incompressible(len(document)))


async def command(*arguments: str) -> Ended:
    return await asyncio.to_thread(millrace, "cache", *arguments)


async def test_stats_say_what_is_kept(home: Settings) -> None:
    async with in_use(home) as cache:
        await keep(cache, "a", "bb")
        ended = await command("stats", "--json")
        text = await command("stats")

    found = ended.json()
    assert (found["answers"], found["documents"], found["aside_bytes"]) == (2, 2, 0)
    assert 2_000 < found["answer_bytes"] < found["file_bytes"]
    assert found["oldest"][:2] == "20"
    assert text.out.startswith("2 answers of 2 documents in ")


async def test_stats_of_nothing_make_no_file(home: Settings) -> None:
    ended = await command("stats")

    assert (ended.status, ended.out[:16]) == (0, "nothing is kept ")
    assert not cache_settings(home).path.parent.exists()


async def test_clear_forgets_all_at_once_and_the_file_shrinks(home: Settings) -> None:
    async with in_use(home) as cache:
        await keep(cache, *(f"d{number}" for number in range(200)))
        before = (await command("stats", "--json")).json()["file_bytes"]
        ended = await command("clear", "--yes")
        after = (await command("stats", "--json")).json()["file_bytes"]
        gone = await cache.get(key("d1"), owner("d1"))
        await keep(cache, "later")
        kept = await cache.get(key("later"), owner("later"))

    assert ended.out == "forgot 200 answers\n"
    assert after < before / 4
    assert (gone, kept) == (None, incompressible(5))


async def test_clear_asks_first_where_somebody_can_answer(home: Settings) -> None:
    async with in_use(home) as cache:
        await keep(cache, "a")
        ended = await command("clear")

        assert (ended.status, ended.err.count("\n")) == (2, 1)
        assert "--yes" in ended.err
        assert await cache.get(key("a"), owner("a")) is not None


async def test_clear_can_mean_one_document(home: Settings) -> None:
    async with in_use(home) as cache:
        await keep(cache, "a", "bb")
        ended = await command("clear", "--document", "a")

        assert ended.out == "forgot 1 answer\n"
        assert await cache.get(key("a"), owner("a")) is None
        assert await cache.get(key("bb"), owner("bb")) is not None


async def test_clear_can_mean_what_is_older(home: Settings) -> None:
    async with in_use(home, age_s=10 * DAY_S) as cache:
        await keep(cache, "old")
    async with in_use(home) as cache:
        await keep(cache, "young")
        ended = await command("clear", "--older-than", "7")

        assert ended.out == "forgot 1 answer\n"
        assert await cache.get(key("young"), owner("young")) is not None


async def test_clear_removes_what_was_set_aside(home: Settings) -> None:
    async with in_use(home):
        cache_settings(home).path.with_name("completions.sqlite.corrupt-3").write_bytes(b"damaged")
        before = (await command("stats", "--json")).json()["aside_bytes"]
        await command("clear", "--yes")
        after = (await command("stats", "--json")).json()["aside_bytes"]

    assert (before, after) == (7, 0)
