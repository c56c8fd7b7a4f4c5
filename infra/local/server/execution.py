"""Running one request on the engine. Everything here blocks, and runs in a thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.local.server import formats, native
from infra.local.server.engine import Counts, Result, Session
from infra.local.server.errors import Code, QueryError
from infra.local.server.statements import Insert, Statement, describes_function

_FIRST_BYTES = 1024 * 1024
"""So much of a result is awaited before the answer begins: errors until then have their status."""

_FORBIDDEN_FUNCTIONS = {
    "file": "reads files of the server",
    "python": "is no function of a ClickHouse server",
}


@dataclass(frozen=True)
class ExternalTable:
    """A table that a client sent along with its query."""

    name: str
    structure: str
    format: str
    data: bytes


@dataclass(frozen=True)
class Outcome:
    """A result, or the first part of one."""

    format: str | None
    data: bytes
    counts: Counts
    rest: Callable[[], bytes | None] | None = None
    """Gives the next part of what is still to come, and None after the last."""


@dataclass(frozen=True)
class Wishes:
    """How a client wants the result of its query."""

    default_format: str | None
    protocol_version: int
    whole: bool
    """Whether to wait for the end of the query before the answer begins."""


def restrict(session: Session, readonly: int, *, is_reader: bool) -> None:
    """Let a session only read, from here on; the engine itself then refuses all else.

    A reader's session is at level 1, where the engine also refuses table functions that reach
    outside of it (file, url, remote) and any change of settings inside a statement.
    """
    level = 1 if is_reader else readonly
    if level:
        session.set({"readonly": str(level)})


def check_reader(statement: Statement, settings: Mapping[str, str]) -> None:
    """Refuse a reader what `readonly` of the engine lets through. Raises QueryError.

    DESCRIBE of a table function (and EXPLAIN TABLE OVERRIDE) asks the server behind it, in readonly
    mode too. The function `file` is not refused by the engine; it can also be named by a parameter
    of type Identifier, or in another dialect of SQL than the one that is read here.
    """
    if not statement.only_reads:
        raise QueryError(
            Code.READONLY, f"Cannot execute query in readonly mode: {statement.verb or 'nothing'}"
        )
    is_describe = statement.verb in ("DESCRIBE", "DESC")
    overrides = statement.verb == "EXPLAIN" and {"table", "override"} <= statement.names
    if overrides or (is_describe and describes_function(statement.text)):
        raise QueryError(
            Code.READONLY, "Cannot execute query in readonly mode: it asks a file or a server"
        )
    if any("dialect" in name for name in settings):
        raise QueryError(Code.READONLY, "Cannot modify 'dialect' setting in readonly mode.")
    named = set(statement.names)
    if "identifier" in named:
        named |= {value.strip('`" ').lower() for value in settings.values()}
    for name, reason in _FORBIDDEN_FUNCTIONS.items():
        if name in named:
            raise QueryError(
                Code.FUNCTION_NOT_ALLOWED, f"a reader may not name {name!r}, which {reason}"
            )


def create_external(session: Session, table: ExternalTable) -> None:
    """Make a temporary table of the session from what a client sent."""
    session.run(f"CREATE TEMPORARY TABLE `{table.name}` ({table.structure})", "Null")
    session.begin_insert(Insert(f"INSERT INTO `{table.name}`", table.format, 0))
    session.append(table.data)
    session.finish_insert()


def run(session: Session, statement: Statement, wishes: Wishes) -> Outcome:
    """Run a statement; for a large result, begin to."""
    output_format = statement.format or wishes.default_format or formats.DEFAULT
    is_select = statement.verb in ("SELECT", "WITH", "(")
    if is_select and formats.is_streamable(output_format) and not wishes.whole:
        streamed = _begin(session, statement.text, output_format, wishes.protocol_version)
        if streamed is not None:
            return streamed
    result = session.run(statement.text, output_format)
    data = result.data
    if output_format.lower() == "native":
        data = native.reframe(data, wishes.protocol_version)
    counts = _written(result.counts) if statement.is_insert else result.counts
    return Outcome(output_format if data else None, data, counts)


def _begin(session: Session, sql: str, output_format: str, version: int) -> Outcome | None:
    """The first part of a SELECT's result; None for a statement that cannot be streamed."""
    is_native = output_format.lower() == "native"
    first, counts = bytearray(), Counts()

    def framed(block: Result) -> bytes:
        return native.reframe(block.data, version) if is_native else block.data

    def rest() -> bytes | None:
        block = session.next_block()
        return None if block is None else framed(block)

    try:
        session.begin_select(sql, output_format)
        while len(first) < _FIRST_BYTES:
            block = session.next_block()
            if block is None:
                return Outcome(output_format, bytes(first), counts)
            first += framed(block)
            counts = _sum(counts, block)
    except QueryError as error:
        if error.code == Code.BAD_ARGUMENTS and "Streaming query is not supported" in error.message:
            return None
        raise
    return Outcome(output_format, bytes(first), counts, rest)


def _sum(counts: Counts, block: Result) -> Counts:
    return Counts(
        read_rows=max(counts.read_rows, block.counts.read_rows),
        read_bytes=max(counts.read_bytes, block.counts.read_bytes),
        elapsed_ns=max(counts.elapsed_ns, block.counts.elapsed_ns),
    )


def _written(counts: Counts) -> Counts:
    return Counts(
        written_rows=counts.read_rows, written_bytes=counts.read_bytes, elapsed_ns=counts.elapsed_ns
    )
