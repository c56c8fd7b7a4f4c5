"""Whether the services of this process are up to their work."""

import threading
import time
from collections.abc import Callable

from mode import Service

from schemas.metrics import READY
from streams.telemetry.metrics import show

ALIVE_WITHIN_S = 30.0
KAFKA_AWAY = "Kafka, which does not answer"
_BEAT_S = 2.0


class Readiness:
    """What is ready and what is not yet, told by the services, asked for from another thread.

    A stage is ready once its engine is loaded, its clients are connected and its group has given
    it partitions, or has none left for it; and as long as Kafka answers.
    """

    def __init__(self) -> None:
        self._waits_for: dict[str, str] = {}
        self._kafka_answers = True
        self._lock = threading.Lock()
        self._beat_at: float | None = None

    def expect(self, stage: str, what: str) -> None:
        """A stage is not ready: it waits for ``what``."""
        with self._lock:
            self._waits_for[stage] = what
        self._show()

    def ready(self, stage: str) -> None:
        """A stage is ready."""
        self.expect(stage, "")

    def kafka_answers(self, answers: bool) -> None:
        """Whether Kafka answered when it was last asked something."""
        with self._lock:
            self._kafka_answers = answers
        self._show()

    def beat(self) -> None:
        """The event loop goes on; to be called every few seconds from the first time on."""
        self._beat_at = time.monotonic()

    @property
    def missing(self) -> dict[str, str]:
        """The stages that are not ready, each with what it waits for."""
        with self._lock:
            away = "" if self._kafka_answers else KAFKA_AWAY
            waits = {stage: what or away for stage, what in self._waits_for.items()}
        return {stage: what for stage, what in waits.items() if what}

    @property
    def stuck_s(self) -> float:
        """For how many seconds the event loop has been still, if that is longer than usual."""
        if self._beat_at is None:  # it waits for Kafka, before anything is started
            return 0.0
        still = time.monotonic() - self._beat_at
        return still if still > ALIVE_WITHIN_S else 0.0

    def _show(self) -> None:
        missing = self.missing
        for stage in list(self._waits_for):
            show(READY, stage not in missing, stage)


class Heartbeat(Service):
    """Tells that the event loop of this process goes on: readiness, and whom ``tell`` reaches."""

    def __init__(self, readiness: Readiness, tell: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._readiness = readiness
        self._tell = tell

    @Service.task
    async def _beat(self) -> None:
        while not self.should_stop:
            self._readiness.beat()
            self._tell()
            await self.sleep(_BEAT_S)
