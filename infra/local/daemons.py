"""Processes that outlive the command that started them, and are known again by a later one.

A record (pid and the moment the process was created) says which process is ours. A pid that was
given to another process since has another moment of creation, so it is never taken for ours.
"""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

# The moment is told from the clock, which may be set while a process runs.
_CREATION_TOLERANCE_SECONDS = 5.0


@dataclass(frozen=True)
class Daemon:
    """A process of ours, as it was recorded when it was started."""

    pid: int
    created: float
    """When the process was created, in seconds since 1970, as psutil tells it."""
    address: str

    def is_alive(self) -> bool:
        """Whether that very process still runs."""
        return self._process() is not None

    def uptime_seconds(self, now: float) -> float:
        """How long the process has run at the time `now` (seconds since 1970)."""
        return max(0.0, now - self.created)

    def rss_bytes(self) -> int | None:
        """Its resident memory, or None when it is gone."""
        process = self._process()
        try:
            return None if process is None else int(process.memory_info().rss)
        except psutil.Error:
            return None

    def exit_code(self) -> int | None:
        """Its exit code, if it ended as a child of this process; None otherwise."""
        try:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            return None
        return os.waitstatus_to_exitcode(status) if pid else None

    def stop(self, grace_seconds: float) -> bool:
        """Ask it to end, and kill it when the grace is over; say whether it ended by itself."""
        if not self._signal(signal.SIGTERM, grace_seconds):
            return self._signal(signal.SIGKILL, grace_seconds) and False
        return True

    def _signal(self, number: signal.Signals, timeout_seconds: float) -> bool:
        process = self._process()
        if process is None:
            return True
        try:
            process.send_signal(number)
            process.wait(timeout_seconds)
        except psutil.NoSuchProcess:
            return True
        except psutil.TimeoutExpired:
            return False
        return True

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            if abs(process.create_time() - self.created) > _CREATION_TOLERANCE_SECONDS:
                return None
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.NoSuchProcess:
            return None


@dataclass(frozen=True)
class Command:
    """What to run detached from this process."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    output: Path
    """Takes what the process prints; emptied at each start."""


def start(command: Command, address: str) -> Daemon:
    """Start a process in a session of its own, so that it survives this one."""
    pid = os.posix_spawn(
        command.arguments[0],
        command.arguments,
        dict(command.environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, command.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=(),
    )
    return Daemon(pid=pid, created=psutil.Process(pid).create_time(), address=address)


def write_record(path: Path, daemon: Daemon) -> None:
    """Keep who serves, so that a later command finds it; whole or not at all."""
    content = {"pid": daemon.pid, "created": daemon.created, "address": daemon.address}
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content))
    draft.replace(path)


def read_record(path: Path) -> Daemon | None:
    """Who was recorded and still runs; a stale or unreadable record counts as none."""
    try:
        content = json.loads(path.read_text())
        daemon = Daemon(int(content["pid"]), float(content["created"]), str(content["address"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return daemon if daemon.is_alive() else None
