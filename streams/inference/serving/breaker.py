"""A circuit breaker: a server that keeps failing gets no calls until a probe of it succeeds."""

import math
from typing import Literal

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Decides whether a server gets calls. Times are seconds of the caller's clock.

    1. *closed*: it gets calls. ``failures_to_open`` failures in a row open it.
    2. *open*: it gets none. When its wait is over, a probe is due.
    3. *half open*: the probe is under way. It closes the breaker or opens it for twice the wait.

    A breaker that a probe has closed opens again at the first failure, and forgets how long it
    waited only after a success. It begins open, its first probe due at once: no server is trusted
    before it was seen.
    """

    def __init__(self, failures_to_open: int, first_wait_s: float, longest_wait_s: float) -> None:
        self._failures_to_open = failures_to_open
        self._first_wait_s = first_wait_s
        self._longest_wait_s = longest_wait_s
        self._state: State = "open"
        self._failures = 0
        self._wait_s = first_wait_s
        self._due = -math.inf

    @property
    def state(self) -> State:
        """Where it stands."""
        return self._state

    @property
    def due(self) -> float:
        """When the next probe may be made; of an open breaker only."""
        return self._due

    def begin_probe(self, now: float) -> bool:
        """Whether the caller is to make a probe now; then no one else is."""
        if self._state != "open" or now < self._due:
            return False
        self._state = "half_open"
        return True

    def probe_succeeded(self) -> None:
        """The probe was answered: calls may come, on trial."""
        self._state = "closed"
        self._failures = self._failures_to_open - 1

    def probe_failed(self, now: float, jitter: float = 0.0) -> None:
        """The probe failed; ``jitter``, 0 to 1, makes the wait longer by up to a quarter."""
        self._open(now, jitter)

    def failed(self, now: float, jitter: float = 0.0) -> None:
        """A call failed. One that began before the breaker opened tells nothing new."""
        if self._state != "closed":
            return
        self._failures += 1
        if self._failures >= self._failures_to_open:
            self._open(now, jitter)

    def succeeded(self) -> None:
        """A call was answered."""
        if self._state == "closed":
            self._failures = 0
            self._wait_s = self._first_wait_s

    def _open(self, now: float, jitter: float) -> None:
        self._state = "open"
        self._due = now + self._wait_s * (1 + jitter / 4)
        self._wait_s = min(self._wait_s * 2, self._longest_wait_s)
