"""The cache in a file: the same, and what a file meets in its life."""

import asyncio
import logging
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from schemas.errors import MillraceError
from streams.inference.cache.completions import CacheSettings, Deletion
from streams.inference.cache.disk import DiskCompletions
from streams.inference.cache.packing import pack
from streams.inference.cache.upkeep import statistics
from tests.streams.inference.cache.cache_behaviour import CacheBehaviour, ForgettingCache, Opening
from tests.streams.inference.cache.generations import (
    NOON,
    Hands,
    incompressible,
    key,
    owner,
    written,
)

# Puts answers and says so, a line each, until it is killed.
WRITER = """
import asyncio, sys
from pathlib import Path
from streams.inference.cache.completions import CacheSettings
from streams.inference.cache.disk import DiskCompletions
from tests.streams.inference.cache.generations import incompressible, key, owner

async def write():
    cache = DiskCompletions(CacheSettings(Path(sys.argv[1])))
    await cache.start()
    first = int(sys.argv[2])
    for number in range(first, first + int(sys.argv[3])):
        await cache.put(key(number), owner(f"d{number}"), incompressible(number))
        print(number, flush=True)
    await cache.close()

asyncio.run(write())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a home" / "cache" / "completions.sqlite"


@asynccontextmanager
async def opened(path: Path, max_bytes: int = 1 << 30) -> AsyncIterator[DiskCompletions]:
    cache = DiskCompletions(CacheSettings(path, max_bytes), Hands())
    await cache.start()
    try:
        yield cache
    finally:
        await cache.close()


def writer(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def size(path: Path) -> int:
    return path.stat().st_size


def content(path: Path) -> bytes:
    return path.read_bytes()


def fill(path: Path, value: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(value)


def damage(path: Path) -> None:
    """Overwrite all pages but the first, as a failing disk would."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\x55" * (path.stat().st_size - 4096))


class TestCacheOnDisk(CacheBehaviour):
    @pytest.fixture
    def opening(self, path: Path, hands: Hands) -> Opening:
        @asynccontextmanager
        async def open_cache(max_bytes: int, max_age_s: float) -> AsyncIterator[ForgettingCache]:
            cache = DiskCompletions(CacheSettings(path, max_bytes, max_age_s), hands)
            await cache.start()
            try:
                yield cache
            finally:
                await cache.close()

        return open_cache


class TestTheFile:
    async def test_it_keeps_everything_from_one_process_to_the_next(self, path: Path) -> None:
        async with opened(path) as cache:
            await cache.put(key("q"), owner(), written())
            await cache.drop([Deletion("gone", NOON * 1000)], {3: 14})

        async with opened(path) as cache:
            await cache.put(key("late"), owner("gone"), written())
            assert await cache.get(key("q"), owner()) == written()
            assert await cache.get(key("late"), owner()) is None
            assert await cache.next_offsets() == {3: 14}

    async def test_it_stays_within_its_bytes(self, path: Path) -> None:
        bound = 1_000_000
        async with opened(path, bound) as cache:
            for first in range(0, 3_000, 100):
                await asyncio.gather(
                    *(
                        cache.put(key(number), owner(f"d{number}"), incompressible(number))
                        for number in range(first, first + 100)
                    )
                )

        # What comes in at once may lie above it.
        assert 0.7 * bound < size(path) < 1.4 * bound
        assert 200 < statistics(path).answers < 900

    async def test_only_its_user_may_read_it(self, path: Path) -> None:
        async with opened(path) as cache:
            await cache.put(key("q"), owner(), written())
            modes = {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}

        assert modes == {0o600}
        assert path.parent.stat().st_mode & 0o777 == 0o700

    async def test_a_deleted_answer_is_written_over(self, path: Path) -> None:
        piece = pack(incompressible(1))[200:400]
        async with opened(path) as cache:
            await cache.put(key("q"), owner("gone"), incompressible(1))
        before = content(path)

        async with opened(path) as cache:
            await cache.drop([Deletion("gone", NOON * 1000)], {})

        assert piece in before
        assert piece not in content(path)

    async def test_an_asker_that_is_cancelled_disturbs_nobody(self, path: Path) -> None:
        async with opened(path) as cache:
            asking = asyncio.create_task(cache.get(key("q"), owner()))
            await asyncio.sleep(0)
            asking.cancel()
            await cache.put(key("q"), owner(), written())

            assert await cache.get(key("q"), owner()) == written()
        assert asking.cancelled()

    async def test_a_folder_that_cannot_be_written_is_said_at_the_start(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "home").write_text("a file")
        cache = DiskCompletions(CacheSettings(tmp_path / "home" / "cache" / "completions.sqlite"))

        with pytest.raises(MillraceError, match=r"completions\.sqlite cannot be used .*writable"):
            await cache.start()
        await cache.close()


class TestDeathAndCompany:
    async def test_what_was_put_outlives_a_killed_process(self, path: Path) -> None:
        process = writer(path, 0, 1_000_000)
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(200)]
        process.send_signal(signal.SIGKILL)
        said += [int(line) for line in process.stdout.read().splitlines()]
        process.stdout.close()
        process.wait()

        async with opened(path) as cache:
            for number in said:
                found = await cache.get(key(number), owner(f"d{number}"))
                assert found == incompressible(number)
        assert len(said) >= 200

    async def test_several_processes_share_it(self, path: Path) -> None:
        processes = [writer(path, 0, 300), writer(path, 300, 300)]
        for process in processes:
            process.communicate(timeout=60)

        async with opened(path) as cache:
            found = [
                await cache.get(key(number), owner(f"d{number}")) == incompressible(number)
                for number in range(600)
            ]
        assert [process.returncode for process in processes] == [0, 0]
        assert all(found)


class TestDamage:
    async def test_what_is_no_database_is_set_aside_at_the_start(
        self, path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        fill(path, b"not a database, " * 1_000)

        async with opened(path) as cache:
            await cache.put(key("q"), owner(), written())
            assert await cache.get(key("q"), owner()) == written()

        aside = path.with_name("completions.sqlite.corrupt-1")
        assert content(aside).startswith(b"not a database")
        assert str(aside) in caplog.text

    async def test_damaged_pages_are_set_aside_when_they_are_met(
        self, path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with opened(path) as cache:
            for number in range(50):
                await cache.put(key(number), owner(), incompressible(number))
        damage(path)

        async with opened(path) as cache:
            before = await cache.get(key(1), owner())
            await cache.put(key("q"), owner(), written())
            after = await cache.get(key("q"), owner())

        assert (before, after) == (None, written())
        assert path.with_name("completions.sqlite.corrupt-1").exists()
        assert "it lies at" in caplog.text

    async def test_two_who_meet_the_same_damage_set_aside_one_file(self, path: Path) -> None:
        async with opened(path) as cache:
            for number in range(50):
                await cache.put(key(number), owner(), incompressible(number))
        damage(path)

        async with opened(path) as one, opened(path) as another:
            await one.get(key(1), owner())
            await one.put(key("q"), owner(), written())
            assert await another.get(key(1), owner()) is None
            assert await another.get(key("q"), owner()) == written()

        aside = sorted(file.name for file in path.parent.glob("*.corrupt-*"))
        assert aside[0] == "completions.sqlite.corrupt-1"
        assert not [name for name in aside if "corrupt-2" in name]

    async def test_a_file_of_another_version_is_set_aside(self, path: Path) -> None:
        async with opened(path) as cache:
            await cache.put(key("q"), owner(), written())
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()

        async with opened(path) as cache:
            assert await cache.get(key("q"), owner()) is None

        assert path.with_name("completions.sqlite.other-1").exists()

    async def test_a_file_that_was_removed_is_begun_anew(self, path: Path) -> None:
        async with opened(path) as cache:
            await cache.put(key("q"), owner(), written())
            for file in path.parent.iterdir():
                file.unlink()
            before = await cache.get(key("q"), owner())
            await cache.put(key("q"), owner(), written())

        async with opened(path) as cache:
            assert (before, await cache.get(key("q"), owner())) == (None, written())


class TestAFullDisk:
    @contextmanager
    def no_file_beyond(self, size: int) -> Iterator[None]:
        """Writes beyond ``size`` fail, as on a full disk; Python ignores the signal for it."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    async def test_it_costs_no_answer_and_is_said(
        self, path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        async with opened(path) as cache:
            await cache.put(key("before"), owner(), written())
            with self.no_file_beyond(size(path.with_name(f"{path.name}-wal"))):
                await cache.put(key("during"), owner(), incompressible(1, 50_000))
                during = await cache.get(key("during"), owner())
                before = await cache.get(key("before"), owner())
                with pytest.raises(MillraceError, match="free some space"):
                    await cache.drop([Deletion("a1", NOON * 1000)], {})
            await cache.put(key("after"), owner(), written())

            assert (before, during) == (written(), None)
            assert await cache.get(key("after"), owner()) == written()
        assert "fails (" in caplog.text
