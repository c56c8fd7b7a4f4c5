"""The cache as a service: open while its process works."""

from mode import Service

from streams.inference.cache.disk import DiskCompletions


class CacheOpening(Service):
    """Opens the cache before whatever is started after it, and closes it after that has stopped."""

    def __init__(self, cache: DiskCompletions) -> None:
        super().__init__()
        self._cache = cache

    async def on_start(self) -> None:
        """Open the file.

        Raises:
            CacheError: it cannot be opened or written.
        """
        await self._cache.start()

    async def on_stop(self) -> None:
        """Finish what was asked, close the file."""
        await self._cache.close()
