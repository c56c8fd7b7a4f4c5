"""What the URL and the headers of a request ask for."""

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.local.server.errors import Code, QueryError

_RESERVED = {
    "",
    "query",
    "user",
    "password",
    "quota_key",
    "role",
    "query_id",
    "stacktrace",
    "compress",
    "decompress",
    "buffer_size",
    "wait_end_of_query",
    "session_id",
    "session_timeout",
    "session_check",
    "close_session",
    "client_protocol_version",
    "default_format",
    "database",
}
_EXTERNAL_SUFFIXES = ("_format", "_types", "_structure")
_LONGEST_SESSION_SECONDS = 3600
_NUMBER = re.compile(r"[0-9]{1,9}")
_QUERY_ID = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True)
class SessionRequest:
    """A session of the HTTP interface: settings and temporary tables that outlive a request."""

    name: str
    timeout_seconds: int
    must_exist: bool
    close_after: bool


@dataclass(frozen=True)
class Parameters:
    """A request without its body."""

    query: str
    settings: Mapping[str, str]
    """Settings, `database` and `param_…` among them, as the engine takes them."""
    readonly: int
    default_format: str | None
    query_id: str
    session: SessionRequest | None
    protocol_version: int
    compress: bool
    decompress: bool
    wait_end_of_query: bool
    http_compression: bool


def read(
    items: Iterable[tuple[str, str]], headers: Mapping[str, str], *, method: str, is_form: bool
) -> Parameters:
    """Read the parameters of a URL, the first of each name, and the headers beside them.

    Raises QueryError for values that are none of their kind.
    """
    values: dict[str, str] = {}
    for name, value in items:
        values.setdefault(name, value)
    settings = {
        name: value
        for name, value in values.items()
        if name not in _RESERVED and not (is_form and name.endswith(_EXTERNAL_SUFFIXES))
    }
    database = headers.get("X-ClickHouse-Database") or values.get("database")
    if database:
        settings["database"] = database
    readonly = _integer(settings.pop("readonly", "0"), "readonly")
    if method in ("GET", "HEAD") and readonly == 0:
        readonly = 2  # as ClickHouse does: a GET must change nothing
    return Parameters(
        query=values.get("query", ""),
        settings=settings,
        readonly=readonly,
        default_format=headers.get("X-ClickHouse-Format") or values.get("default_format"),
        query_id=_query_id(values.get("query_id") or headers.get("X-ClickHouse-Query-Id")),
        session=_session(values),
        protocol_version=_integer(values.get("client_protocol_version", "0"), "version"),
        compress=_flag(values.get("compress")),
        decompress=_flag(values.get("decompress")),
        wait_end_of_query=_flag(values.get("wait_end_of_query")),
        http_compression=_flag(values.get("enable_http_compression")),
    )


def _session(values: Mapping[str, str]) -> SessionRequest | None:
    name = values.get("session_id")
    if not name:
        return None
    timeout = values.get("session_timeout", "60")
    if not _NUMBER.fullmatch(timeout) or int(timeout) > _LONGEST_SESSION_SECONDS:
        raise QueryError(
            Code.INVALID_SESSION_TIMEOUT,
            f"Invalid session timeout: {timeout!r}, at most {_LONGEST_SESSION_SECONDS} seconds",
        )
    return SessionRequest(
        name, int(timeout), _flag(values.get("session_check")), _flag(values.get("close_session"))
    )


def _query_id(given: str | None) -> str:
    if not given:
        return secrets.token_hex(16)
    if not _QUERY_ID.fullmatch(given):
        raise QueryError(Code.BAD_ARGUMENTS, "query_id must be up to 128 visible characters")
    return given


def _flag(value: str | None) -> bool:
    return (value or "0").lower() in ("1", "true", "yes", "on")


def _integer(value: str, name: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise QueryError(Code.BAD_ARGUMENTS, f"{name} must be a number, not {value[:20]!r}")
    return int(value)
