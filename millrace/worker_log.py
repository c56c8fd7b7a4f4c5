"""The log of a process of stages: a line each, and none again and again."""

import logging
import sys
import time
from collections.abc import Callable

_REPEATED_S = 30.0


class NotAgain(logging.Filter):
    """Drops what was logged within some seconds already: one wording of one logger, once.

    While Kafka is away, its client would else write 200 MB an hour.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._clock = clock
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log the record."""
        wording = (record.name, str(record.msg))
        now = self._clock()
        if now - self._last.get(wording, -self._seconds) < self._seconds:
            return False
        self._last[wording] = now
        return True


def log_to_stderr() -> None:
    """Log warnings and errors of this process to stderr, which its supervisor keeps in a file."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(NotAgain(_REPEATED_S))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
