"""The two ports of an engine: answering tasks, and its life."""

from dataclasses import dataclass
from typing import Protocol

from schemas.completion import Completion
from schemas.errors import MillraceError
from schemas.task import Task
from schemas.work import Work


class EngineDeadError(MillraceError):
    """The engine is gone. Nothing that it had in flight is committed; the process ends."""


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """What decides an engine's answers; a run's specification names the first two."""

    engine: str
    model: str
    model_revision: str


class Engine(Protocol):
    """Answers tasks. Several calls may be in flight at once."""

    async def complete(self, task: Task, work: Work) -> Completion:
        """The answer to ``task``, or the failure that came of it; ``work`` is only read.

        Raises:
            EngineDeadError: the engine cannot answer any more, whatever the task.
        """
        ...


class EngineLife(Protocol):
    """Starts and ends an engine."""

    @property
    def identity(self) -> EngineIdentity:
        """Which engine and model this is."""
        ...

    async def start(self) -> None:
        """Load and warm up; partitions are taken only afterwards."""
        ...

    async def close(self) -> None:
        """Free everything; what is still in flight fails."""
        ...


class DeployedEngine(Engine, EngineLife, Protocol):
    """Both ports, as one adapter serves them."""
