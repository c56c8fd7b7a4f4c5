"""Where things lie in `MILLRACE_HOME`, and the lock that lets one command at a time change it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import BusyError, StorageError
from infra.local.waiting import wait_until


@dataclass(frozen=True)
class Home:
    """The folders and files of one local stack; the path may hold spaces."""

    path: Path

    @property
    def kafka(self) -> Path:
        """Kafka's folder: its `server.properties` and `data`."""
        return self.path / "kafka"

    @property
    def clickhouse(self) -> Path:
        """ClickHouse's folder, with `data` in it."""
        return self.path / "clickhouse"

    def log(self, service: str) -> Path:
        """The log file of a service."""
        return self.path / "logs" / f"{service}.log"

    def output(self, service: str) -> Path:
        """What a service printed outside of its log, from its last start."""
        return self.path / "logs" / f"{service}.out"

    def record(self, service: str) -> Path:
        """The file that says which process serves."""
        return self.path / "run" / f"{service}.json"

    def prepare(self) -> None:
        """Make the folders, readable by their owner alone. Raises StorageError if it cannot."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in (self.kafka, self.clickhouse, self.path / "logs", self.path / "run"):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"cannot make {error.filename}: {error.strerror}; set MILLRACE_HOME to a folder "
                f"that you may write in"
            ) from error

    @contextmanager
    def locked(self, timeout_seconds: float = 120.0) -> Iterator[None]:
        """Hold the home for one command; the lock goes with the process that holds it.

        Raises BusyError when another command keeps it for longer than the timeout.
        """
        self.prepare()
        with open_lock(self.path / "run" / "lock") as lock:
            if not wait_until(lock, timeout_seconds):
                raise BusyError(
                    f"another millrace command has been changing the stack in {self.path} for "
                    f"{timeout_seconds:.0f} s: wait for it to end, or stop it, and try again"
                )
            yield


@contextmanager
def open_lock(path: Path) -> Iterator["FileLock"]:
    """Open a lock file, not yet locked; leaving releases it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield FileLock(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class FileLock:
    """An advisory lock on an open file; calling it tries to take the lock once."""

    descriptor: int

    def __call__(self) -> bool:
        """Take the lock if it is free; say whether it is held now."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
