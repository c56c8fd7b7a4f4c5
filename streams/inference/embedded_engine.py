"""The ``local`` engine: rules and small models of its own on this CPU, no download."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from time import perf_counter

from processors.asking import profile_of
from processors.lexical.answering import Reading
from processors.lexical.identity import ENGINE, MODEL, model_revision
from schemas.completion import Attempt, Completed, Completion
from schemas.profile import Profile
from schemas.task import Task
from schemas.work import Work
from streams.inference.engine import EngineIdentity
from streams.processing import Clock, utc_now

# A reading of more is not kept: it may take hundreds of MB.
_KEPT_CHARACTERS = 100_000


@cache
def local_identity() -> EngineIdentity:
    """Which rules and models answer here, read once.

    Raises:
        ModelFileError: the manifest of the models is missing or damaged.
    """
    return EngineIdentity(ENGINE, MODEL, model_revision())


class EmbeddedEngine:
    """Runs the rules on a thread of its own, so that polling goes on during a large document."""

    def __init__(self, profiles: Mapping[str, Profile], clock: Clock = utc_now) -> None:
        self._profiles = profiles
        self._clock = clock
        # Tasks of one record come one after the other: what was read for the first serves all.
        self._reading: Reading | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="local-engine")

    @property
    def identity(self) -> EngineIdentity:
        """Which engine and model this is."""
        return local_identity()

    async def start(self) -> None:
        """Nothing is to be loaded before the first task."""

    async def close(self) -> None:
        """End the thread once its present task is done."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def complete(self, task: Task, work: Work) -> Completion:
        """The rules' answer; it has no tokens to count.

        Raises:
            RefusedError: the work's profile is not known here.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._answer, task, work
        )

    def _answer(self, task: Task, work: Work) -> Completion:
        profile = profile_of(work, self._profiles)
        called_at, began = self._clock(), perf_counter()
        output = self._reading_of(work, profile).answer(task)
        attempt = Attempt(
            engine=ENGINE,
            model=MODEL,
            model_revision=self.identity.model_revision,
            outcome="completed",
            called_at=called_at,
            finish_reason="stop",
            run_ms=round((perf_counter() - began) * 1000, 3),
            cost_usd=0.0,
        )
        return Completed(task_id=task.task_id, output=output, attempts=(attempt,))

    def _reading_of(self, work: Work, profile: Profile) -> Reading:
        if self._reading is not None and self._reading.is_of(work, profile):
            return self._reading
        reading = Reading(work, profile)
        self._reading = reading if len(work.document.text) <= _KEPT_CHARACTERS else None
        return reading
