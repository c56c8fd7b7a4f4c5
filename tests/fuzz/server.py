"""Requests to the local ClickHouse, byte by byte, on a server of its own.

Whatever comes, it answers in ClickHouse's words or ends the connection, and answers the next.
"""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote

from hypothesis import strategies as st

from infra.local.warehouse import Credentials
from tests.fuzz.mutation import changed
from tests.fuzz.target import Target
from tests.infra.local.conftest import warehouse
from tests.security.raw_http import AMBIGUOUS

NAME: Final = "server"
# Of the wall clock, for one answer and for what the server does before it closes.
SECONDS: Final = 10.0
# Of the wall clock, before a request is taken for one that goes on.
PATIENCE: Final = 0.5
_TOKENS: Final = (
    "GET",
    "POST",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "TRACE",
    "get",
    "\xff",
)
_QUERIES: Final = (
    "SELECT 1", "SELECT 1 FORMAT JSON", "INSERT INTO t FORMAT JSONEachRow", "SELECT {a:UInt8}",
    "INSERT INTO t VALUES (1)", "SELECT", "", "\xff\xfe", "SELECT '\xe4", "SELECT $a$ $b$", "/*",
    "SELECT number FROM numbers(10)", "SELECT * FROM nothing", "INSERT INTO t FORMAT \xff\n",
    "EXPLAIN SELECT 1", "SET max_threads = 1", "SELECT 1; SELECT 2", "(SELECT 1)", "中",
    "SHOW TABLES",
    "SELECT throwIf(number = 3) FROM numbers(10)", "INSERT INTO t SELECT 1", "\x00", "-- a",
)  # fmt: skip
_PARAMETERS: Final = (
    "query", "param_a", "database", "user", "password", "session_id", "session_timeout",
    "session_check", "close_session", "readonly", "compress", "decompress", "default_format",
    "client_protocol_version", "query_id", "wait_end_of_query", "enable_http_compression",
    "max_threads", "t_structure", "t_types", "t_format", "dialect", "session_timezone", "a b", "",
)  # fmt: skip
_VALUES: Final = (
    "1", "0", "-1", "²", "9" * 30, "9" * 5000, "true", "", "Native", "JSON", "nothing", "\x00",
    "\n",
    "\xff", "中", "default", "2", "a UInt8", "%", "'", "\\", "54460", "Europe/Paris", "x" * 200,
)  # fmt: skip
_HEADERS: Final = (
    "Content-Encoding: gzip", "Content-Encoding: zstd", "Content-Encoding: lz4",
    "Expect: 100-continue",
    "Content-Encoding: \xff", "Authorization: Basic !!!!", "Authorization: Basic ZGVmYXVsdDo=",
    "Authorization: Bearer x", "X-ClickHouse-User: \xff", "X-ClickHouse-User: default",
    "X-ClickHouse-Key: \xff", "X-ClickHouse-Format: Native", "X-ClickHouse-Database: \xff",
    "X-ClickHouse-Query-Id: \xff", "Content-Type: multipart/form-data",
    "Content-Type: multipart/form-data; boundary=b",
    "Content-Type: multipart/form-data; boundary=\xff",
    "Content-Type: \xff", "Accept-Encoding: gzip;q=x, zstd", "Accept-Encoding: lz4", "Origin: null",
    "Upgrade: websocket", "Connection: upgrade", "Cookie: \xff", "Range: bytes=0-", "Host: [::1",
    "X-ClickHouse-Format: \xff",
)  # fmt: skip
_BODIES: Final = (
    b"", b"SELECT 1", b"\xff", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b'{"a": 1}\n', b"SELECT 1\x00",
    b"--b\r\nContent-Disposition: form-data; name=query\r\n\r\nSELECT 1\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data; name=query\r\n\r\n\xff\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data; name=t; filename=t\r\n\r\n1\r\n--b--\r\n",
    b"--b\r\nContent-Disposition: form-data\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--",
    b"--b\r\nContent-Type: multipart/mixed\r\n\r\n", b"--b\r\n\r\n", b"\x00" * 40, b"a" * 9_000,
)  # fmt: skip


def _latin(text: str) -> bytes:
    return text.encode("latin-1") if max(text, default="\0") <= "\xff" else text.encode()


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request that a client might send, or one that none would."""
    if not draw(st.integers(0, 5)):
        return draw(changed(list(AMBIGUOUS.values()), (b"SELECT 1", b"Transfer-Encoding: chunked")))
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(_PARAMETERS), st.sampled_from(_VALUES)), max_size=3)
    )
    query = draw(st.sampled_from(_QUERIES))
    parts = [f"{quote(_latin(name))}={quote(_latin(value))}" for name, value in pairs]
    if draw(st.booleans()):
        parts.append("query=" + quote(_latin(query)))
    path = draw(st.sampled_from(["/", "/", "/", "/ping", "/%ff", "//", "*", "/?", "/\xff"]))
    line = f"{draw(st.sampled_from(_TOKENS))} {path}?{'&'.join(parts)} HTTP/1.1".encode("latin-1")
    body = draw(st.one_of(st.sampled_from(_BODIES), st.just(_latin(query)), st.binary(max_size=40)))
    lines = [line, b"Host: 127.0.0.1", b"Connection: close"]
    lines += [_latin(one) for one in draw(st.lists(st.sampled_from(_HEADERS), max_size=3))]
    if draw(st.booleans()):
        lines.append(b"Transfer-Encoding: chunked")
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
    else:
        lines.append(b"Content-Length: %d" % len(body))
    whole = b"\r\n".join(lines) + b"\r\n\r\n" + body
    return draw(changed([whole])) if draw(st.integers(0, 2)) == 0 else whole


def exchange(port: int, request: bytes) -> bytes:
    """All that comes back for a request whose end is told; fails where that takes too long."""
    received = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection,
        # A server that has said what it had to say need not wait for the rest.
        suppress(ConnectionResetError, BrokenPipeError),
    ):
        connection.sendall(request)
        while True:
            try:
                part = connection.recv(65_536)
            except TimeoutError:
                if connection.gettimeout() == SECONDS:
                    raise
                connection.settimeout(SECONDS)
                connection.shutdown(socket.SHUT_WR)  # it waits for more, of which there is none
                continue
            if not part:
                break
            received += part
    return received


def check_request(port: int, request: bytes) -> None:
    """Every answer is one of HTTP; a 5xx has ClickHouse's code; the next request is answered."""
    received = exchange(port, request)
    for head in _heads(received):
        status = int(head.split()[1])
        assert 100 <= status < 600
        if status >= 500:
            assert b"x-clickhouse-exception-code:" in head.lower(), head[:300]
            assert b"x-clickhouse-exception-code: 1001" not in head.lower(), "a mistake of ours"
    ping = b"GET /?query=SELECT%201 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    assert exchange(port, ping).endswith(b"\r\n\r\n1\n")


def _heads(received: bytes) -> list[bytes]:
    """The head of the first answer, and of those that follow it on the same connection."""
    parts = received.split(b"HTTP/1.1 ")
    assert not parts[0] or received.startswith(b"HTTP/1.0 "), received[:80]
    return [b"HTTP/1.1 " + one.partition(b"\r\n\r\n")[0] for one in parts[1:] if one[:3].isdigit()]


@contextmanager
def running() -> Iterator[Target]:
    """The target, on a server that is ended behind it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        warehouse(Path(folder) / "home", Credentials("default", "", "reader", "")) as service,
    ):
        port = service.address.port
        assert exchange(
            port,
            b"POST /?query=CREATE%20TABLE%20t%20(a%20UInt8)%20ENGINE=Memory HTTP/1.1\r\n"
            b"Host: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ).startswith(b"HTTP/1.1 200 ")
        yield Target(NAME, requests(), lambda request: check_request(port, request))
