"""Keeps the processes of stages alive: starts them, restarts what dies, gives up loudly."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from millrace.heartbeat import BEATS, Pulse
from millrace.log_files import BOUNDED, Follower, LogKeeping, move_content, too_long
from millrace.targets import process_name
from millrace.worker_agreement import EXIT_SETUP, EXIT_STANDSTILL, LAG_ELSEWHERE, LIFELINE
from schemas.errors import MillraceError
from schemas.ids import content_id

_METRICS_PORT = "MILLRACE_METRICS_PORT"
_LOG_TAIL_BYTES = 64 * 1024
# Of glibc. By itself it raises the first of them after every large message, then takes all others
# from a heap that cannot shrink: stages took 300 MB and more and more, with this 140 (`soak`).
_ALLOCATION = {
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_ARENA_MAX": "2",
}

CommandOf = Callable[[str, Sequence[str]], list[str]]


def worker_command(instance: str, stages: Sequence[str]) -> list[str]:
    """The command line of a process that runs stages under the name of an instance."""
    return [sys.executable, "-m", "millrace.worker", "--instance", instance, *stages]


class WrongSetupError(MillraceError):
    """A process of stages ended because of a setting; what it said is the message."""


class StageKeepsDyingError(MillraceError):
    """A process of stages died again and again; its last words are in the message."""


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """How a dead process is restarted and a living one is ended, in seconds.

    After ``first_wait``, doubled each time up to ``longest_wait``. ``give_up_after`` deaths within
    ``window`` end the supervisor. What does not end ``stop_within`` is killed.

    A process whose event loop is silent for ``silent_for`` is killed. This takes minutes each time,
    and so does a process that ends itself because a stage stood still: of these
    ``give_up_after_standstills`` within ``standstill_window`` end the supervisor.
    """

    first_wait: float = 0.2
    longest_wait: float = 10.0
    give_up_after: int = 6
    window: float = 60.0
    stop_within: float = 15.0
    silent_for: float = 60.0
    give_up_after_standstills: int = 5
    standstill_window: float = 3_600.0


@dataclass(slots=True)
class _Child:
    names: tuple[str, ...]
    log: Path
    followed: Follower | None = None
    process: subprocess.Popen[bytes] | None = None
    start_at: float = 0.0
    log_begin: int = 0
    deaths: deque[float] = field(default_factory=deque)
    pulse: Pulse | None = None
    silent: bool = False
    standstills: deque[float] = field(default_factory=deque)


class Supervisor:
    """Processes of stages that live as long as this object's ``running`` context.

    They end with this process, however it ends: each holds the reading end of a pipe whose writing
    end is only here. Their output is appended to ``logs`` in ``home``, in files of bounded length,
    and passed on where ``keeping`` says so.
    """

    def __init__(
        self,
        home: Path,
        groups: Sequence[tuple[str, ...]],
        policy: RestartPolicy = RestartPolicy(),
        on_event: Callable[[str], None] = lambda _: None,
        command_of: CommandOf = worker_command,
        metrics_port: int = 0,
        keeping: LogKeeping = BOUNDED,
    ) -> None:
        logs = home / "logs"
        # Private: without `millrace up` nothing else has made it.
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home = home
        self._policy = policy
        self._on_event = on_event
        self._command_of = command_of
        self._metrics_port = metrics_port
        self._log_bytes = keeping.most_bytes
        self._children = [_Child(names, logs / f"{process_name(names)}.log") for names in groups]
        if keeping.pass_on:
            for child in self._children:
                child.followed = Follower(child.log, keeping.pass_on)
        self._lifeline: tuple[int, int] | None = None
        self._instance = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start all processes; end them with the context."""
        with _instance_name(self._home) as instance:
            self._instance = instance
            self._lifeline = os.pipe()
            try:
                for child in self._children:
                    self._start(child)
                yield
            finally:
                self._stop_all()
                for descriptor in self._lifeline:
                    os.close(descriptor)

    @property
    def pids(self) -> dict[tuple[str, ...], int]:
        """The processes that run now, by their stages."""
        return {child.names: child.process.pid for child in self._children if child.process}

    def check(self) -> None:
        """Restart what has died; to be called every now and then.

        Raises:
            StageKeepsDyingError: a process died too often.
            WrongSetupError: one ended for what a person must mend.
        """
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.start_at:
                    self._start(child)
                continue
            status = child.process.poll()
            if child.followed:
                child.followed.go_on() if status is None else child.followed.end()
            if status is not None:
                child.process = None
                self._mourn(child, status, now)
            elif self._is_silent(child, now):
                child.silent = True
                child.process.kill()  # a stopped process hears nothing else
            elif too_long(child.log, self._log_bytes):
                self._move(child)  # the process goes on writing to the file that it has open

    def _is_silent(self, child: _Child, now: float) -> bool:
        return child.pulse is not None and child.pulse.silent_s(now) > self._policy.silent_for

    def _mourn(self, child: _Child, status: int, now: float) -> None:
        policy, what = self._policy, ", ".join(child.names)
        deaths = _count(child.deaths, now, policy.window)
        if status == EXIT_SETUP:
            raise WrongSetupError(_last_words(child.log, child.log_begin))
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        if child.silent:
            how = f"killed after its event loop stood still for {policy.silent_for:.0f} s"
        standstills = 0
        if child.silent or status == EXIT_STANDSTILL:
            child.silent = False
            standstills = _count(child.standstills, now, policy.standstill_window)
            if standstills >= policy.give_up_after_standstills:
                raise StageKeepsDyingError(
                    f"{what} stood still {standstills} times within "
                    f"{policy.standstill_window / 60:.0f} min, last with {how}: "
                    f"{_last_words(child.log, child.log_begin)} (log: {child.log})"
                )
        if deaths >= policy.give_up_after:
            raise StageKeepsDyingError(
                f"{what} died {deaths} times within {policy.window:.0f} s, last with {how}: "
                f"{_last_words(child.log, child.log_begin)} (log: {child.log})"
            )
        wait = min(policy.first_wait * 2 ** (max(deaths, standstills) - 1), policy.longest_wait)
        child.start_at = now + wait
        self._on_event(f"{what} died ({how}); restarting in {wait:.1f} s, log: {child.log}")

    def _start(self, child: _Child) -> None:
        if self._lifeline is None:
            raise RuntimeError("the supervisor is not running")
        reading = self._lifeline[0]
        command = self._command_of(self._instance, child.names)
        if too_long(child.log, self._log_bytes):
            self._move(child)
        with child.log.open("ab") as log:
            child.log_begin = log.tell()
            if child.pulse is not None:
                child.pulse.close()
            child.pulse = Pulse()
            try:
                passed = {LIFELINE: reading, BEATS: child.pulse.writing}
                child.process = _spawn(command, log, passed, self._environment(child))
            finally:
                child.pulse.handed_over()

    @staticmethod
    def _move(child: _Child) -> None:
        if child.followed:
            child.followed.end()
            child.followed.begin_anew()
        move_content(child.log)
        child.log_begin = 0

    def _environment(self, child: _Child) -> dict[str, str]:
        """What this child is told: how memory is kept, its port if not any, who measures lag."""
        number = self._children.index(child)
        told = {name: os.environ.get(name, value) for name, value in _ALLOCATION.items()}
        if number:
            told[LAG_ELSEWHERE] = "1"
        if self._metrics_port:
            told[_METRICS_PORT] = str(self._metrics_port + number)
        return told

    def _stop_all(self) -> None:
        alive = [child.process for child in self._children if child.process]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + self._policy.stop_within
        for process in alive:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self._children:
            if child.followed and child.process:
                child.followed.end()
            if child.pulse is not None:
                child.pulse.close()
                child.pulse = None


def _count(moments: deque[float], now: float, window: float) -> int:
    """How many there were within ``window`` seconds, with the one of now."""
    moments.append(now)
    while moments[0] < now - window:
        moments.popleft()
    return len(moments)


def _spawn(
    command: list[str], log: IO[bytes], passed: Mapping[str, int], environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start a process that is told the descriptors which it is ``passed``, by their names."""
    return subprocess.Popen(  # noqa: S603 - our own module by our own interpreter
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=list(passed.values()),
        env={
            **os.environ,
            **environment,
            **{name: str(descriptor) for name, descriptor in passed.items()},
        },
        # Its own group: Ctrl-C reaches the supervisor alone, which ends the stages in order.
        start_new_session=True,
    )


@contextmanager
def _instance_name(home: Path) -> Iterator[str]:
    """A name of this supervisor's own, held by a lock that dies with the process.

    It tells this machine, this home and the supervisors of this home apart, with the characters
    that Kafka takes in the name of a group's member.
    """
    machine = re.sub(r"[^A-Za-z0-9._-]", "-", os.uname().nodename)[:64]
    place = content_id(str(home.resolve()))[:8]
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1_000):
        with (folder / f"instance-{number}.lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield f"{machine}-{place}-{number}"
            return
    raise MillraceError(f"1,000 supervisors run in {home} already")


def _last_words(log: Path, begin: int) -> str:
    """The last line that is no part of a traceback, of what a process wrote from ``begin`` on."""
    with log.open("rb") as written:
        end = written.seek(0, os.SEEK_END)
        written.seek(max(begin, end - _LOG_TAIL_BYTES))
        lines = written.read().decode("utf-8", "replace").splitlines()
    words = [line for line in lines if line.strip() and not line.startswith((" ", "\t"))]
    return _message(words[-1])[:800] if words else "it left no message"


def _message(line: str) -> str:
    """What a line of the log says: one of JSON ends with an error or holds its message alone."""
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if not isinstance(event, dict):
        return line
    error = str(event.get("exception", "")).splitlines()
    return error[-1] if error else str(event.get("event", line))
