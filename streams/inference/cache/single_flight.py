"""One call for all who ask the same at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from streams.inference.cache.completions import CompletionCache, Owner
from streams.inference.generation import Generation

Make = Callable[[], Awaitable[Generation]]
IsGood = Callable[[Generation], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was written, and whether by a call of this asker or an earlier or other one."""

    generation: Generation
    from_cache: bool


class SingleFlight:
    """Asks the cache first, then the model once per key, and keeps what is good."""

    def __init__(self, cache: CompletionCache) -> None:
        self._cache = cache
        self._open: dict[str, asyncio.Future[Generation | None]] = {}

    async def answered(self, key: str, owner: Owner, make: Make, is_good: IsGood) -> Answer:
        """The answer to ``key``; a good one is kept before this returns.

        Whoever asks while a call is open waits for it. When that call fails or is cancelled, this
        concerns its caller alone: one of those who wait makes the call anew.

        Args:
            key: what the answer depends on.
            owner: the document that asks.
            make: calls the model.
            is_good: decides what is kept, and whether what was kept is still of use.

        Raises:
            whatever ``make`` raises, when this asker's own call fails.
        """
        while (others := self._open.get(key)) is not None:
            await asyncio.wait([others])
            shared = others.result()
            if shared is not None:
                # Asked again for the sake of the owner; one that is not good was not kept.
                kept = await self._kept(key, owner, is_good)
                return Answer(kept or shared, from_cache=True)
        mine = asyncio.get_running_loop().create_future()
        self._open[key] = mine
        try:
            answer = await self._first(key, owner, make, is_good)
            mine.set_result(answer.generation)
            return answer
        finally:
            del self._open[key]
            if not mine.done():
                mine.set_result(None)

    async def _first(self, key: str, owner: Owner, make: Make, is_good: IsGood) -> Answer:
        kept = await self._kept(key, owner, is_good)
        if kept is not None:
            return Answer(kept, from_cache=True)
        generation = await make()
        if is_good(generation):
            await self._cache.put(key, owner, generation)
        return Answer(generation, from_cache=False)

    async def _kept(self, key: str, owner: Owner, is_good: IsGood) -> Generation | None:
        kept = await self._cache.get(key, owner)
        return kept if kept is not None and is_good(kept) else None
