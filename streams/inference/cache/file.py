"""The cache's file as its thread uses it: rounds of lookups and writes, deletions, bounds."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from streams.inference.cache import statements
from streams.inference.cache.completions import CacheSettings, Deletion, Owner, finished
from streams.inference.cache.database import (
    CacheError,
    Identity,
    identity_of,
    is_unreadable,
    open_database,
    reason,
    set_aside,
    unusable,
)
from streams.inference.cache.packing import pack, unpack
from streams.inference.generation import Generation

log = logging.getLogger(__name__)

# Room is made in steps, so that no answer waits for long: some more than came in.
_STEP = 64
_ROOMY = 0.9


@dataclass(frozen=True, slots=True)
class Lookup:
    """Asks for an answer."""

    key: str
    owner: Owner


@dataclass(frozen=True, slots=True)
class Storing:
    """Asks to keep an answer."""

    key: str
    owner: Owner
    generation: Generation


Request = Lookup | Storing


class CacheFile:
    """Blocking, for one thread. Opened when made; a damaged file is set aside and begun anew.

    Raises:
        CacheError: the file cannot be opened.
    """

    def __init__(self, settings: CacheSettings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock
        self._making_room = False
        self._open: tuple[sqlite3.Connection, Identity] | None = open_database(settings.path)

    def close(self) -> None:
        """Close the file; the last process to do so folds its log into it."""
        if self._open is not None:
            self._open[0].close()
            self._open = None

    def answer(self, requests: Sequence[Request]) -> list[Generation | None]:
        """Look up and keep, all writes in one transaction.

        In order: lookups, then writes. What fails is logged: a lookup finds nothing then, and an
        answer is not kept.
        """
        found: list[Generation | None] = [None] * len(requests)
        try:
            with self._connected() as connection:
                found, notes = self._look_up(connection, requests)
                storings = [one for one in requests if isinstance(one, Storing)]
                storings = [one for one in storings if finished(one.generation)]
                if notes or storings:
                    self._write(connection, notes, storings)
        except (CacheError, sqlite3.Error) as error:
            log.warning(
                "the response cache %s fails (%s): models are asked instead",
                self._settings.path,
                reason(error),
            )
        return found

    def drop(self, deletions: Sequence[Deletion], next_offsets: Mapping[int, int]) -> None:
        """Forget the answers of deleted documents, and note how far deletions were read.

        Raises:
            CacheError: it cannot be written now.
        """
        try:
            with self._connected() as connection, _transaction(connection):
                for deletion in deletions:
                    statements.forget(connection, deletion.document_id, deletion.deleted_at_ms)
                statements.note_deletions(connection, deletions, self._oldest())
                connection.executemany(
                    "INSERT OR REPLACE INTO positions VALUES (?, ?)", next_offsets.items()
                )
        except sqlite3.Error as error:
            raise unusable(self._settings.path, error) from error

    def next_offsets(self) -> dict[int, int]:
        """The offset at which each partition's deletions are read on.

        Raises:
            CacheError: it cannot be read.
        """
        try:
            with self._connected() as connection:
                return dict(connection.execute("SELECT partition, next_offset FROM positions"))
        except sqlite3.Error as error:
            raise unusable(self._settings.path, error) from error

    def _look_up(
        self, connection: sqlite3.Connection, requests: Sequence[Request]
    ) -> tuple[list[Generation | None], list[Lookup]]:
        """What is found, and the lookups whose owner or use is to be noted."""
        now, oldest = int(self._clock()), self._oldest()
        found: list[Generation | None] = []
        notes = []
        for one in requests:
            kept = None
            if isinstance(one, Lookup):
                kept = statements.find(connection, bytes.fromhex(one.key), one.owner, now, oldest)
                if kept is not None and not kept.noted:
                    notes.append(one)
            found.append(None if kept is None else unpack(kept.value))
        return found, notes

    def _write(
        self,
        connection: sqlite3.Connection,
        notes: Sequence[Lookup],
        storings: Sequence[Storing],
    ) -> None:
        now = int(self._clock())
        # Packed beforehand: other processes wait for the end of the transaction.
        packed = [(one, pack(one.generation)) for one in storings]
        with _transaction(connection):
            for one, value in packed:
                if not statements.is_deleted(connection, one.owner):
                    key = bytes.fromhex(one.key)
                    statements.keep(connection, key, value, now)
                    statements.own(connection, key, one.owner, now)
            for note in notes:
                if not statements.is_deleted(connection, note.owner):
                    statements.own(connection, bytes.fromhex(note.key), note.owner, now)
            self._make_room(connection, 2 * len(packed) + _STEP)

    def _make_room(self, connection: sqlite3.Connection, at_most: int) -> None:
        statements.expire(connection, self._oldest(), at_most)
        limit = self._settings.max_bytes * (_ROOMY if self._making_room else 1.0)
        self._making_room = statements.used_bytes(connection) > limit
        if self._making_room:
            statements.evict(connection, at_most)

    def _oldest(self) -> int:
        return int(self._clock() - self._settings.max_age_s)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """The connection to what lies at the path now; a damaged file is set aside.

        Raises:
            CacheError: it cannot be opened or set aside.
            sqlite3.Error: what the statements within raise.
        """
        path = self._settings.path
        if self._open is not None and identity_of(path) != self._open[1]:
            self.close()  # another process has set it aside, or someone has removed it
        if self._open is None:
            self._open = open_database(path)
        connection, identity = self._open
        try:
            yield connection
        except sqlite3.Error as error:
            if is_unreadable(error):
                self.close()
                set_aside(path, identity, reason(error))
            raise


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite ends some failed transactions by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
