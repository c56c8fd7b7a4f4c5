"""``millrace run`` as a user starts it, and what it says meanwhile."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from millrace.settings import Settings

_STOP_S = 60.0
_LAST_WORDS = 3
_DIED = re.compile(r"\bdied \(")


@dataclass(frozen=True, slots=True)
class RunningCommand:
    """The process of the supervisor, and the file that its words go to."""

    process: psutil.Popen
    said: Path

    @property
    def restarts(self) -> int:
        """How often it has told that a process of stages died."""
        return len(_DIED.findall(self.said.read_text(errors="replace")))

    def check(self) -> None:
        """Exit with what it said last, if it has ended."""
        if (status := self.process.poll()) is not None:
            lines = self.said.read_text(errors="replace").splitlines()[-_LAST_WORDS:]
            sys.exit(f"`millrace run` ended with status {status}: {' / '.join(lines)}")


@contextmanager
def running_command(settings: Settings) -> Iterator[RunningCommand]:
    """All stages, split over processes as by default; ended with the context.

    Raises:
        SystemExit: the command has ended by itself.
    """
    said = settings.home / "run.txt"
    with said.open("wb") as words:
        process = psutil.Popen(
            [sys.executable, "-m", "millrace", "run"], stdout=words, stderr=words
        )
    command = RunningCommand(process, said)
    try:
        yield command
        command.check()
    finally:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except psutil.TimeoutExpired:
            process.kill()
