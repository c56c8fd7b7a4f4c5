"""The heartbeat between a process of stages and its supervisor: bytes in a pipe."""

import contextlib
import os

from streams.standstill import Standstill

BEATS = "_MILLRACE_BEATS_FD"
# A supervisor that was stopped, or a machine that slept, has seen nothing: of the time between two
# looks no more counts.
_LONGEST_STEP_S = 1.0
_READ_BYTES = 65_536


def beat() -> None:
    """Tell the supervisor that the event loop goes on; without one, do nothing."""
    descriptor = os.environ.get(BEATS)
    if descriptor is None:
        return
    # A full pipe says as much; a supervisor that is gone is noticed by the lifeline.
    with contextlib.suppress(BlockingIOError, BrokenPipeError):
        os.write(int(descriptor), b".")


class Silence:
    """For how long a process has not beaten, in time that the supervisor saw pass.

    It counts from the first beat on: before that the process loads, or waits for Kafka.
    """

    def __init__(self) -> None:
        self._beats = 0
        self._still = Standstill(_LONGEST_STEP_S)

    def look(self, beaten: bool, now: float) -> float:
        """Seconds of silence, with whether it has beaten since the last look."""
        self._beats += beaten
        return self._still.look(self._beats, now) if self._beats else 0.0


class Pulse:
    """The supervisor's end of the pipe of one process; ``writing`` is handed to the process."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self.writing, False)
        self._silence = Silence()

    def handed_over(self) -> None:
        """The process has its end: the copy here is closed."""
        os.close(self.writing)

    def silent_s(self, now: float) -> float:
        """Seconds of silence; ``now`` in seconds of a monotonic clock."""
        try:
            beaten = bool(os.read(self._reading, _READ_BYTES))
        except BlockingIOError:
            beaten = False
        return self._silence.look(beaten, now)

    def close(self) -> None:
        """Forget the process."""
        os.close(self._reading)
