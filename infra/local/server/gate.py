"""Many may pass at a time, or one alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Lets work of one event loop pass side by side, until somebody asks to be alone."""

    def __init__(self) -> None:
        self._passing = 0
        self._closed = False
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Pass beside others; wait first while somebody is alone, or waits to be."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._closed)
            self._passing += 1
        try:
            yield
        finally:
            async with self._changed:
                self._passing -= 1
                self._changed.notify_all()

    @asynccontextmanager
    async def alone(self, patience_s: float) -> AsyncIterator[None]:
        """Be alone once all others have passed.

        Raises:
            TimeoutError: somebody still passes after ``patience_s`` seconds.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: not self._closed)
            self._closed = True
        try:
            async with asyncio.timeout(patience_s), self._changed:
                await self._changed.wait_for(lambda: self._passing == 0)
            yield
        finally:
            async with self._changed:
                self._closed = False
                self._changed.notify_all()
