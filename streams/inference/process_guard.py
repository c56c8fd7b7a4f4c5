"""Ends an engine's processes with the process that owns them, however that one ends.

vLLM's children outlive a parent that was killed: nothing tells them. They inherit a mark in their
environment; a guard, a process of its own that nothing else stops, waits for the owner's end and
then kills all that bears the mark, from the first moment of loading on.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path

import psutil

_MARK = "MILLRACE_ENGINE_OF"
_END_SECONDS = 5.0


class ProcessGuard:
    """Guards what is started within ``marking``, until ``end``."""

    def __init__(self) -> None:
        self._mark = f"{os.getpid()}-{secrets.token_hex(8)}"
        self._guard: subprocess.Popen[bytes] | None = None
        self._seen: list[psutil.Process] = []

    @contextmanager
    def marking(self) -> Iterator[None]:
        """Children started in this block, and theirs, are the engine's."""
        resource_tracker.ensure_running()  # shared by the whole process: it must not bear the mark
        self._guard = subprocess.Popen(  # noqa: S603  (this very file)
            [sys.executable, "-I", __file__, str(os.getpid()), self._mark],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.environ[_MARK] = self._mark
        try:
            yield
        finally:
            os.environ.pop(_MARK, None)
            self._seen = list(_marked(self._mark))

    def end(self) -> None:
        """Kill what is left of the engine's processes, then the guard; all are gone afterwards."""
        end_marked(self._mark)
        # One that is being killed shows no mark any more, and holds its memory a moment longer.
        psutil.wait_procs(self._seen, timeout=_END_SECONDS)
        if self._guard is not None:
            self._guard.kill()
            self._guard.wait()
            self._guard = None


def end_marked(mark: str) -> None:
    """Kill all processes that bear ``mark`` and wait until they are gone."""
    while marked := list(_marked(mark)):
        for process in marked:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        _, alive = psutil.wait_procs(marked, timeout=_END_SECONDS)
        if alive:
            return


def _marked(mark: str) -> Iterator[psutil.Process]:
    wanted = f"{_MARK}={mark}".encode()
    for process in psutil.process_iter():
        # Not psutil's environ(): it stops at what a process writes there to name itself.
        with suppress(OSError, psutil.Error):  # gone, or another user's
            if wanted in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0"):
                yield process


def _main(owner: int, mark: str) -> None:
    with suppress(psutil.NoSuchProcess):
        psutil.Process(owner).wait()
    end_marked(mark)


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2])
