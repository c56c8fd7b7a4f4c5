"""An engine in memory that answers from a script and records its calls."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from schemas.completion import Completion
from schemas.task import Task
from schemas.work import Work
from streams.inference.engine import EngineIdentity

Script = Callable[[Task, Work], Completion | Awaitable[Completion]]


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was made."""

    task: Task
    work: Work


class ScriptedEngine:
    """Answers each task by ``script``, at once or when its awaitable is done."""

    def __init__(self, script: Script, identity: EngineIdentity) -> None:
        self._script = script
        self.identity = identity
        self.calls: list[Call] = []
        self.most_in_flight = 0
        self._in_flight = 0

    async def start(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        """Nothing to free."""

    async def complete(self, task: Task, work: Work) -> Completion:
        """The script's answer; what the script raises is raised."""
        self.calls.append(Call(task, work))
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            answer = self._script(task, work)
            if isinstance(answer, Awaitable):
                return await answer
            await asyncio.sleep(0)
            return answer
        finally:
            self._in_flight -= 1
