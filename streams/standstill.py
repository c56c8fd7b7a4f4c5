"""For how long something has not moved, as a watcher saw it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Standstill:
    """For how long nothing has moved; only time between two looks that were close counts.

    So a laptop that slept, or a process that was stopped, is not taken for one that stood still.
    """

    longest_step_s: float
    seconds: float = 0.0
    _seen: object = None
    _at: float | None = None

    def look(self, seen: object, now: float) -> float:
        """The seconds for which ``seen`` has been the same; ``now`` in seconds of some clock."""
        if self._at is None or seen != self._seen:
            self.seconds = 0.0
        else:
            self.seconds += min(now - self._at, self.longest_step_s)
        self._seen, self._at = seen, now
        return self.seconds
