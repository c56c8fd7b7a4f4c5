"""The processes of stages: supervised in a thread, with an environment of their own."""

import shutil
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from millrace.supervisor import RestartPolicy, Supervisor
from tests.chaos.worker import SESSION_S
from tests.command import eventually

# Each fault is to be met as one that comes alone, not with the back-off of those before it.
POLICY = RestartPolicy(give_up_after=10_000, window=10.0, longest_wait=2.0)
_CHECK_S = 0.05
Group = tuple[str, ...]


class Crew:
    """Supervisors that are looked after until the end of ``running``.

    ``environment`` is what their processes are told beside this process's own environment, which
    stays as it is; ``session_s`` is how long their groups wait for one that is silent.
    """

    def __init__(self, home: Path, environment: Mapping[str, str], session_s: float) -> None:
        self.session_s = session_s
        self.events: list[str] = []
        self.failure: Exception | None = None
        self._home = home
        self._told = {**environment, SESSION_S: str(session_s)}
        self._supervisors: list[tuple[Supervisor, ExitStack]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()

    @contextmanager
    def running(self) -> Iterator["Crew"]:
        """Look after all that is started; end it with the context."""
        thread = threading.Thread(target=self._look_after, name="crew")
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()
            for supervisor, _ in reversed(self._supervisors[:]):
                self.end(supervisor)

    def start(self, groups: Sequence[Group]) -> Supervisor:
        """Further processes, under a name of their own."""
        supervisor = Supervisor(
            self._home, groups, POLICY, self.events.append, command_of=self._command
        )
        with self._lock, ExitStack() as stack:
            stack.enter_context(supervisor.running())
            self._supervisors.append((supervisor, stack.pop_all()))
        return supervisor

    def end(self, supervisor: Supervisor) -> None:
        """End the processes of one supervisor, with SIGTERM at first."""
        with self._lock:
            found = next(one for one in self._supervisors if one[0] is supervisor)
            self._supervisors.remove(found)
        found[1].close()

    def pid_of(self, stage: str) -> int:
        """The process of a stage; the first one's where there are several."""

        def pids() -> list[int]:
            with self._lock:
                first = self._supervisors[0][0]
            return [pid for names, pid in first.pids.items() if stage in names]

        eventually(lambda: bool(pids()), f"a process of {stage} runs")
        return pids()[0]

    def _command(self, instance: str, stages: Sequence[str]) -> list[str]:
        told = [f"{name}={value}" for name, value in self._told.items()]
        env = shutil.which("env") or "/usr/bin/env"
        worker = [sys.executable, "-m", "tests.chaos.worker"]
        return [env, *told, *worker, "--instance", instance, *stages]

    def _look_after(self) -> None:
        while not self._stop.wait(_CHECK_S):
            with self._lock:
                for supervisor, _ in self._supervisors:
                    try:
                        supervisor.check()
                    except Exception as error:  # it is told at the end of the experiment
                        self.failure = self.failure or error
