"""chDB, the ClickHouse engine inside this process. The one file that knows chDB.

Tried on chDB 4.4: several connections of one process run their queries at the same time, each with
settings of its own; opening one takes 0.1 ms. So every request gets a connection, and nothing of
one request reaches another. Calls block, and release Python's global lock.

The data of an insert come through a file. chDB's streaming insert (`send_insert`) says of rows that
they are written which a constraint or a full disk has refused, and in a statement (`FORMAT …` with
the data behind it) an empty line ends the data.
"""

import contextlib
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from infra.local.server.errors import Code, QueryError, from_engine
from infra.local.server.statements import Insert

_MIB = 1024 * 1024
_INCOMING = "incoming-"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

# The defaults of a server (caches of gigabytes, dozens of threads) are for a machine of its own.
_SERVER_SETTINGS = {
    "max_server_memory_usage": 3072 * _MIB,
    "mark_cache_size": 32 * _MIB,
    "primary_index_cache_size": 16 * _MIB,
    "index_mark_cache_size": 4 * _MIB,
    "query_condition_cache_size": 4 * _MIB,
    "compiled_expression_cache_size": 16 * _MIB,
    "background_pool_size": 2,
    "max_thread_pool_size": 256,
    "logger.size": "16M",
    "logger.count": 2,
    "log-level": "error",
}
_SESSION_SETTINGS = {
    "implicit_select": "0",
    "max_execution_time": "600",
    "max_bytes_before_external_group_by": str(512 * _MIB),
    "max_bytes_before_external_sort": str(512 * _MIB),
}


@dataclass(frozen=True)
class Counts:
    """How much a query read or wrote."""

    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    elapsed_ns: int = 0


@dataclass(frozen=True)
class Result:
    """The whole result of a query, in its output format."""

    data: bytes
    counts: Counts


class Engine:
    """One data folder, open for as long as this process lives."""

    def __init__(self, folder: Path, log: Path) -> None:
        """Open or make the data folder; chDB keeps its own log at `log`.

        chDB takes its options after a `?` in the path, so a folder with such a character would be
        misread: the process moves to the folder's parent, and chDB gets relative paths.
        """
        os.environ["TZ"] = "UTC"
        folder.parent.mkdir(parents=True, exist_ok=True)
        from chdb.state.sqlitelike import Connection

        os.chdir(folder.parent)
        self.folder = folder
        options = {**_SERVER_SETTINGS, "logger.log": os.path.relpath(log, folder.parent)}
        query = "&".join(f"{name}={value}" for name, value in options.items())
        self._connect = lambda: Connection(f"{folder.name}?{query}")
        # Relative as well: a path in a statement may hold no character that stands for others.
        self._incoming = Path(f"{_INCOMING}{os.getpid()}")
        for left in Path().glob(f"{_INCOMING}*"):  # by a process that was killed
            shutil.rmtree(left)
        self._incoming.mkdir()
        has_tables = _has_tables_in_default(folder / "metadata")
        self._first = _engine_call(self._connect)  # keeps the engine open between requests
        self._use_plain_default_database(has_tables=has_tables)
        answer = _engine_call(self._first.query, "SELECT version(), timezone()", "TSV")
        self.version, self.timezone = answer.bytes().decode().strip().split("\t")

    def _use_plain_default_database(self, *, has_tables: bool) -> None:
        """Put ClickHouse's usual database in the place of chDB's, which shows all files as tables.

        Else SELECT * FROM `/etc/passwd` would work, for the reader too.
        """
        back = (
            "ATTACH DATABASE default" if has_tables else "CREATE DATABASE default ENGINE = Atomic"
        )
        for statement in ("DETACH DATABASE default", back):
            _engine_call(self._first.query, statement, "Null")

    def connect(self, settings: Mapping[str, str]) -> "Session":
        """A new session: settings, parameters and temporary tables of its own.

        Raises QueryError for settings that the engine refuses.
        """
        session = Session(_engine_call(self._connect), self._incoming)
        try:
            session.set({**_SESSION_SETTINGS, **settings})
        except QueryError:
            session.close()
            raise
        return session

    def kill(self, comment: str | None) -> None:
        """Stop the queries that run with this `log_comment`, or all."""
        chosen = "1" if comment is None else f"Settings['log_comment'] = {quoted(comment)}"
        session = self.connect({})
        try:
            session.run(f"KILL QUERY WHERE {chosen}", "Null")
        finally:
            session.close()

    def close(self) -> None:
        """Close the folder; every session must be closed before."""
        self._first.close()
        shutil.rmtree(self._incoming, ignore_errors=True)


class Session:
    """A connection to the engine; one call at a time, further ones wait for it."""

    def __init__(self, connection: Any, incoming: Path) -> None:
        self._connection = connection
        self._incoming = incoming
        self._lock = threading.Lock()
        self._unfinished: Any = None
        """A result that is not at its end; until then nothing else can run."""
        self._insert: tuple[Insert, IO[bytes]] | None = None
        """An INSERT, and the file of the data that have come until now."""

    def set(self, settings: Mapping[str, str]) -> None:
        """Change settings, `database` among them, and query parameters (`param_…`).

        Raises QueryError for settings that the engine refuses.
        """
        if not settings:
            return
        for name in settings:
            if not _NAME.fullmatch(name):
                raise QueryError(Code.BAD_ARGUMENTS, f"{name!r} is no name of a setting")
        changes = ", ".join(f"{name} = {quoted(value)}" for name, value in settings.items())
        self._do(self._connection.query, f"SET {changes}", "Null")

    def unset(self, names: list[str]) -> None:
        """Put settings back to their defaults; a query parameter is left as it is."""
        names = [name for name in names if not name.startswith("param_")]
        if names:
            changes = ", ".join(f"{name} = DEFAULT" for name in names)
            self._do(self._connection.query, f"SET {changes}", "Null")
            self.set({name: _SESSION_SETTINGS[name] for name in names if name in _SESSION_SETTINGS})

    def run(self, sql: str, output_format: str) -> Result:
        """Run any statement, and give its whole result. Raises QueryError when it fails."""
        answer = self._do(self._connection.query, sql, output_format)
        return Result(answer.bytes(), _counts(answer))

    def begin_select(self, sql: str, output_format: str) -> None:
        """Begin a SELECT, in a format whose blocks stand for themselves."""
        self._unfinished = self._do(self._connection.send_query, sql, output_format)

    def next_block(self) -> Result | None:
        """The next block of the SELECT's result, or None after the last."""
        block = self._do(self._unfinished.fetch)
        return None if block is None else Result(block.bytes(), _counts(block))

    def begin_insert(self, insert: Insert) -> None:
        """Begin an INSERT whose data will follow in pieces. Raises QueryError on a full disk."""
        with _disk_errors():
            file = tempfile.NamedTemporaryFile(dir=self._incoming)  # noqa: SIM115 - until it ends
        self._insert = (insert, file)

    def append(self, data: bytes) -> None:
        """Take the next piece of data, cut anywhere. Raises QueryError on a full disk."""
        _, file = self._begun_insert()
        with _disk_errors():
            file.write(data)

    def finish_insert(self) -> Counts:
        """Write the rows. Raises QueryError when they cannot be written."""
        insert, file = self._begun_insert()
        with _disk_errors():
            file.flush()
        sql = (
            f"{insert.head} FROM INFILE '{self._incoming / Path(file.name).name}' "
            f"COMPRESSION 'none' {insert.settings} FORMAT {insert.format}"
        )
        done = self._do(self._connection.query, sql, "Null")
        self._forget_insert()
        return Counts(
            written_rows=done.rows_written(),
            written_bytes=done.bytes_written(),
            elapsed_ns=int(done.elapsed() * 1e9),
        )

    def _begun_insert(self) -> tuple[Insert, IO[bytes]]:
        if self._insert is None:
            raise RuntimeError("no INSERT was begun")
        return self._insert

    def _forget_insert(self) -> None:
        if self._insert is not None:
            with contextlib.suppress(OSError):
                self._insert[1].close()
            self._insert = None

    def stop(self) -> None:
        """End what was begun and is not at its end, after the call that runs on it."""
        with self._lock:
            unfinished, self._unfinished = self._unfinished, None
            if unfinished is not None:
                with contextlib.suppress(QueryError):  # it has ended already, with an error
                    _engine_call(unfinished.cancel)
            self._forget_insert()

    def close(self) -> None:
        """Free the session; it must not be used after."""
        self.stop()
        self._connection.close()

    def _do(self, call: Callable[..., Any], *arguments: Any) -> Any:
        with self._lock:
            return _engine_call(call, *arguments)


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise QueryError(
            Code.NOT_ENOUGH_SPACE, f"Cannot keep the data of an INSERT: {error.strerror}"
        ) from None


def quoted(text: str) -> str:
    """A string literal of ClickHouse's SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _has_tables_in_default(metadata: Path) -> bool:
    """Whether the database `default` must be kept; chDB cannot attach it again when it is empty."""
    if (metadata / "default.sql").exists() and any(metadata.glob("default/*.sql")):
        return True
    (metadata / "default.sql").unlink(missing_ok=True)
    (metadata / "default.sql.tmp").unlink(missing_ok=True)
    return False


def _counts(answer: Any) -> Counts:
    return Counts(
        read_rows=answer.storage_rows_read(),
        read_bytes=answer.storage_bytes_read(),
        elapsed_ns=int(answer.elapsed() * 1e9),
    )


def _engine_call(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except (RuntimeError, ValueError) as error:
        raise from_engine(str(error)) from None
    except Exception as error:
        if type(error).__name__ != "ChdbError":
            raise
        raise from_engine(str(error)) from None
