"""The `millrace` command as a user runs it: a process of its own, its output, its status."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.local.addresses import free_port
from millrace.cli import main

TIMEOUT_S = 60
PATIENCE_S = 60
_LOOK_S = 0.02


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        assert self.status == 0, self.err
        return json.loads(self.out)


def millrace(
    *arguments: str,
    given: str = "",
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Ended:
    """Run the command to its end; ``given`` is its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "millrace", *arguments],
        input=given.encode(),
        capture_output=True,
        env={**os.environ, **(environment or {})},
        cwd=folder,
        timeout=TIMEOUT_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def millrace_in_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> Ended:
    """Run the command in this process, which takes no time to start."""
    monkeypatch.setattr("sys.argv", ["millrace", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    return Ended(int(ended.value.code or 0), printed.out, printed.err)


@contextmanager
def millrace_in_background(
    *arguments: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run the command beside the test; its streams are pipes; it is killed in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "millrace", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        cwd=folder,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def elsewhere(folder: Path) -> dict[str, str]:
    """The settings of a home and of two ports that nothing uses."""
    return {
        "MILLRACE_HOME": str(folder / "a home"),
        "MILLRACE_KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port('127.0.0.1')}",
        "MILLRACE_CLICKHOUSE_URL": f"http://127.0.0.1:{free_port('127.0.0.1')}",
    }


def processes_of(home: str) -> list[psutil.Process]:
    """The processes that were told of a home."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            continue
        if any(home in value for value in told):
            found.append(process)
    return found


def processes_of_stages(environment: Mapping[str, str] | None = None) -> dict[str, int]:
    """How many processes run each stage, as the command tells it."""
    stages = millrace("status", "--json", environment=environment).json()["stages"]
    return {one["stage"]: one["processes"] for one in stages}


def eventually(condition: Callable[[], bool], what: str, within_s: float = PATIENCE_S) -> None:
    """Wait for a condition, with a bound in seconds."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(_LOOK_S)
