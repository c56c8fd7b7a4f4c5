"""The cache's file: opening it, knowing it again, setting it aside when it cannot be used."""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import MillraceError

log = logging.getLogger(__name__)

Identity = tuple[int, int]
_APPLICATION = 0x6D6C7263  # "mlrc"
_VERSION = 1
_BUSY_S = 5.0
_UNREADABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_COMPANIONS = ("", "-wal", "-shm")

# `owners` says whose answers are kept; an answer stays while one of them is not deleted.
# `deletions` is asked before an answer is kept that was still in flight.
_TABLES = """
CREATE TABLE completions (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    value BLOB NOT NULL,
    stored_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
);
CREATE INDEX completions_by_age ON completions (stored_at);
CREATE INDEX completions_by_use ON completions (used_at);
CREATE TABLE owners (
    document_id TEXT NOT NULL,
    completion_id INTEGER NOT NULL REFERENCES completions ON DELETE CASCADE,
    ingested_at_ms INTEGER NOT NULL,
    PRIMARY KEY (document_id, completion_id)
) WITHOUT ROWID;
CREATE INDEX owners_by_completion ON owners (completion_id);
CREATE TABLE deletions (
    document_id TEXT PRIMARY KEY,
    deleted_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX deletions_by_time ON deletions (deleted_at_ms);
CREATE TABLE positions (
    partition INTEGER PRIMARY KEY,
    next_offset INTEGER NOT NULL
);
"""


class CacheError(MillraceError):
    """The file of the cache cannot be opened or written; the message says which and why."""


def unusable(path: Path, error: Exception) -> CacheError:
    """The error to raise when the file at ``path`` cannot be used."""
    return CacheError(
        f"the response cache {path} cannot be used ({reason(error)}): make its folder writable "
        "and free some space there, or set MILLRACE_HOME to another"
    )


def reason(error: Exception) -> str:
    """An error of SQLite or of the file system in a few words."""
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def is_unreadable(error: sqlite3.Error) -> bool:
    """Whether the error says that the file itself is damaged."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNREADABLE


def identity_of(path: Path) -> Identity | None:
    """What tells the file at ``path`` from one that takes its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def open_database(path: Path) -> tuple[sqlite3.Connection, Identity]:
    """Open the file, made where it is missing; one that cannot be used is set aside first.

    The WAL with ``synchronous=NORMAL`` keeps every commit through the death of the process; the
    last ones are lost with the power, and the file is whole even then. What is deleted is written
    over (``secure_delete``): it may hold mail. For the same reason only its user may read it.

    Raises:
        CacheError: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(path):
            try:
                connection = _connect(path)
            except sqlite3.Error as error:
                if not is_unreadable(error):
                    raise
                _move_aside(path, "corrupt", reason(error))
                connection = _connect(path)
            except _OtherVersionError as error:
                _move_aside(path, "other", str(error))
                connection = _connect(path)
            found = identity_of(path)
    except (OSError, sqlite3.Error) as error:
        raise unusable(path, error) from error
    if found is None:
        connection.close()
        raise CacheError(f"the response cache {path} was removed while it was opened: try again")
    return connection, found


def set_aside(path: Path, damaged: Identity, why: str) -> None:
    """Move a damaged file out of the way, unless another process has done so.

    Raises:
        CacheError: it cannot be moved.
    """
    try:
        with _alone(path):
            if identity_of(path) == damaged:
                _move_aside(path, "corrupt", why)
    except OSError as error:
        raise unusable(path, error) from error


def files_aside(path: Path) -> list[Path]:
    """What was set aside: the files with their logs."""
    return sorted(found for label in ("corrupt", "other") for found in _named(path, label))


class _OtherVersionError(Exception):
    """The file is of another version of millrace, or of another program."""


def _connect(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(
        path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if _header(connection) == (0, 0) and _is_empty(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN IMMEDIATE;{_TABLES}PRAGMA application_id = {_APPLICATION};"
            f"PRAGMA user_version = {_VERSION};COMMIT;"
        )
    if _header(connection) != (_APPLICATION, _VERSION):
        raise _OtherVersionError(f"it has version {_header(connection)[1]}, not {_VERSION}")
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "cache_size = -16384",
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # Says now whether the file may be written.
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")


def _header(connection: sqlite3.Connection) -> tuple[int, int]:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application, version


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Among the processes that open or move the file."""
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _move_aside(path: Path, label: str, why: str) -> None:
    """Give the file and its logs another name; of earlier ones, which take room, none is kept."""
    earlier = _named(path, label)
    numbers = [int(name.name.rpartition("-")[2]) for name in earlier if name.name[-1].isdigit()]
    aside = path.with_name(f"{path.name}.{label}-{max(numbers, default=0) + 1}")
    for companion in _COMPANIONS:
        source = path.with_name(path.name + companion)
        if source.exists():
            source.rename(aside.with_name(aside.name + companion))
    for name in earlier:
        name.unlink(missing_ok=True)
    log.warning(
        "the response cache %s cannot be read (%s): it lies at %s now, and a new one is begun",
        path,
        why,
        aside,
    )


def _named(path: Path, label: str) -> list[Path]:
    return list(path.parent.glob(f"{path.name}.{label}-*"))
