"""The cache in a file: what waits at the same time shares a transaction."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from streams.inference.cache.completions import CacheSettings, Deletion, Owner
from streams.inference.cache.file import CacheFile, Lookup, Request, Storing
from streams.inference.generation import Generation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Asked:
    request: Request
    done: asyncio.Future[Generation | None]


class DiskCompletions:
    """Survives the death of its process; several processes may share one file.

    All reading and writing is done on one thread, in rounds: what is asked during a round goes
    together in the next.
    """

    def __init__(self, settings: CacheSettings, clock: Callable[[], float] = time.time) -> None:
        self._make = partial(CacheFile, settings, clock)
        self._file: CacheFile | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="response-cache")
        self._waiting: list[_Asked] = []
        self._rounds: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the file.

        Raises:
            CacheError: it cannot be opened or written.
        """
        self._file = await self._on_thread(self._make)

    async def close(self) -> None:
        """Finish what was asked, close the file, end the thread."""
        if self._rounds is not None:
            await asyncio.wait([self._rounds])
        if self._file is not None:
            await self._on_thread(self._file.close)
        self._thread.shutdown(wait=True)

    async def get(self, key: str, owner: Owner) -> Generation | None:
        """What is kept under ``key``."""
        return await self._ask(Lookup(key, owner))

    async def put(self, key: str, owner: Owner, generation: Generation) -> None:
        """Keep a finished answer; it lasts when this returns, unless the log says otherwise."""
        await self._ask(Storing(key, owner, generation))

    async def drop(self, deletions: Sequence[Deletion], next_offsets: Mapping[int, int]) -> None:
        """Forget what belongs to deleted documents alone, and note how far deletions were read.

        Raises:
            CacheError: it cannot be written now.
        """
        await self._on_thread(partial(self._opened().drop, deletions, next_offsets))

    async def next_offsets(self) -> dict[int, int]:
        """Where the reader of deletions goes on.

        Raises:
            CacheError: it cannot be read.
        """
        return await self._on_thread(self._opened().next_offsets)

    async def _ask(self, request: Request) -> Generation | None:
        asked = _Asked(request, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._go_round())
        return await asked.done

    async def _go_round(self) -> None:
        """Rounds until nothing waits."""
        file = self._opened()
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                requests = [one.request for one in asked]
                try:
                    found = await self._on_thread(partial(file.answer, requests))
                except Exception as error:
                    _fail(asked, error)
                    continue
                for one, generation in zip(asked, found, strict=True):
                    if not one.done.done():  # its asker may have gone
                        one.done.set_result(generation)
        finally:
            self._rounds = None

    def _opened(self) -> CacheFile:
        if self._file is None:
            raise RuntimeError("the cache is used before it was started")
        return self._file

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _fail(asked: Sequence[_Asked], error: Exception) -> None:
    for one in asked:
        if not one.done.done():
            one.done.set_exception(error)
