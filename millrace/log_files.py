"""The files that processes of stages log to: each of bounded length, with a few older ones."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Write = Callable[[bytes], object]

MOST_BYTES = 10 * 1024 * 1024
KEPT = 3


@dataclass(frozen=True, slots=True)
class LogKeeping:
    """How long a log may get, and who else is given its lines."""

    most_bytes: int = MOST_BYTES
    pass_on: Write | None = None


BOUNDED = LogKeeping()


def too_long(log: Path, most_bytes: int = MOST_BYTES) -> bool:
    """Whether a file should be begun anew."""
    try:
        return log.stat().st_size > most_bytes
    except FileNotFoundError:
        return False


def move_content(log: Path, kept: int = KEPT) -> None:
    """Move a log's content to ``NAME.1``, that to ``NAME.2``, and so on; the oldest goes.

    The file itself stays: a process that has it open for appending goes on at its new beginning.
    What it writes at this very moment, between copy and cut, is lost.
    """
    for number in range(kept - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)


class Follower:
    """Hands on the lines that processes add to a log, whole lines at a time.

    A log that is moved away is followed to its end before, and from its beginning after.
    """

    def __init__(self, log: Path, write: Write) -> None:
        self._log = log
        self._write = write
        self._position = log.stat().st_size if log.exists() else 0
        self._begun = b""

    def go_on(self) -> None:
        """Hand on what was added."""
        with self._log.open("rb") as log:
            log.seek(self._position)
            added = log.read()
        self._position += len(added)
        whole, newline, self._begun = (self._begun + added).rpartition(b"\n")
        if newline:
            self._write(whole + newline)

    def end(self) -> None:
        """Hand on all that is left, also of a line that nobody will finish."""
        self.go_on()
        if self._begun:
            self._write(self._begun + b"\n")
        self._begun = b""

    def begin_anew(self) -> None:
        """The content was moved away."""
        self._position = 0
