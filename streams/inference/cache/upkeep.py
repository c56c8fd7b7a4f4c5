"""What the command does with the cache's file, also while consumers use it."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from streams.inference.cache import statements
from streams.inference.cache.database import files_aside, open_database, unusable

_STEP = 2_000
_COMPANIONS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """What is kept: answers, the documents they belong to, bytes, times (seconds since 1970).

    ``answer_bytes`` are those of the compressed answers, ``file_bytes`` those of the file and its
    log, ``aside_bytes`` those of files that were set aside.
    """

    answers: int = 0
    documents: int = 0
    answer_bytes: int = 0
    file_bytes: int = 0
    aside_bytes: int = 0
    oldest: int | None = None
    newest: int | None = None


def statistics(path: Path) -> CacheStatistics:
    """What the file at ``path`` holds; nothing where there is none.

    Raises:
        CacheError: it cannot be read.
    """
    if not path.exists():
        return CacheStatistics(aside_bytes=_size(files_aside(path)))
    try:
        connection, _ = open_database(path)
        try:
            answers, answer_bytes, oldest, newest = connection.execute(
                "SELECT count(*), ifnull(sum(length(value)), 0), min(stored_at), max(stored_at) "
                "FROM completions"
            ).fetchone()
            (documents,) = connection.execute(
                "SELECT count(DISTINCT document_id) FROM owners"
            ).fetchone()
            file_bytes = _size([path.with_name(path.name + one) for one in _COMPANIONS])
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    aside_bytes = _size(files_aside(path))
    return CacheStatistics(
        answers, documents, answer_bytes, file_bytes, aside_bytes, oldest, newest
    )


def clear(path: Path) -> int:
    """Drop all answers, and what was set aside; give how many answers.

    Raises:
        CacheError: the file cannot be written.
    """
    for aside in files_aside(path):
        aside.unlink(missing_ok=True)
    return _in_steps(path, lambda connection: statements.evict(connection, _STEP))


def clear_document(path: Path, document_id: str) -> int:
    """Drop the answers that belong to a document alone; give how many.

    Raises:
        CacheError: the file cannot be written.
    """
    return _in_steps(path, lambda connection: statements.forget(connection, document_id))


def clear_older(path: Path, seconds: float, clock: Callable[[], float] = time.time) -> int:
    """Drop the answers that were kept longer ago; give how many.

    Raises:
        CacheError: the file cannot be written.
    """
    oldest = int(clock() - seconds)
    return _in_steps(path, lambda connection: statements.expire(connection, oldest, _STEP))


def _in_steps(path: Path, step: Callable[[sqlite3.Connection], int]) -> int:
    """Repeat a step until it drops nothing, a transaction each: consumers write in between."""
    if not path.exists():
        return 0
    dropped = 0
    try:
        connection, _ = open_database(path)
        try:
            while True:
                connection.execute("BEGIN IMMEDIATE")
                gone = step(connection)
                connection.execute("COMMIT")
                dropped += gone
                if not gone:
                    break
            connection.execute("PRAGMA incremental_vacuum").fetchall()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise unusable(path, error) from error
    return dropped


def _size(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.exists())
