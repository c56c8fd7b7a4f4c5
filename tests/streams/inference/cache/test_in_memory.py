"""The cache in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from streams.inference.cache.memory import MemoryCompletions
from tests.streams.inference.cache.cache_behaviour import CacheBehaviour, ForgettingCache, Opening
from tests.streams.inference.cache.generations import Hands


class TestCacheInMemory(CacheBehaviour):
    @pytest.fixture
    def opening(self, hands: Hands) -> Opening:
        @asynccontextmanager
        async def open_cache(max_bytes: int, max_age_s: float) -> AsyncIterator[ForgettingCache]:
            yield MemoryCompletions(max_bytes, max_age_s, hands)

        return open_cache
