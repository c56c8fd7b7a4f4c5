"""A language model in memory that answers from a script and records its requests."""

import asyncio
from collections.abc import Awaitable, Callable

from streams.inference.engine import EngineIdentity
from streams.inference.generation import Generation, GenerationRequest

ModelScript = Callable[[GenerationRequest], Generation | Awaitable[Generation]]


class ScriptedModel:
    """Writes what ``script`` gives for each request, at once or when its awaitable is done."""

    def __init__(self, script: ModelScript, identity: EngineIdentity) -> None:
        self._script = script
        self.identity = identity
        self.requests: list[GenerationRequest] = []
        self.most_in_flight = 0
        self._in_flight = 0

    async def start(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to free."""

    async def generate(self, request: GenerationRequest) -> Generation:
        """What the script gives; what it raises is raised."""
        self.requests.append(request)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            written = self._script(request)
            if isinstance(written, Awaitable):
                return await written
            await asyncio.sleep(0)
            return written
        finally:
            self._in_flight -= 1
