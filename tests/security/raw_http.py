"""HTTP written byte by byte, as no client would send it."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_TIMEOUT_S = 10


@dataclass(frozen=True)
class Answer:
    """What came back until the server closed the connection."""

    status: int
    body: str


def exchange(port: int, request: bytes, host: str = "127.0.0.1") -> Answer:
    """Send the bytes and read until the server closes; it fails where it leaves the line open."""
    with socket.create_connection((host, port), timeout=_TIMEOUT_S) as connection:
        connection.sendall(request)
        received = b""
        while part := connection.recv(65_536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    return Answer(int(head.split()[1]), body.decode())


def get(path: str, **headers: str) -> bytes:
    """A GET that asks for the connection to be closed; ``_`` stands for ``-`` in names."""
    named = {"Host": "127.0.0.1", "Connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"GET {path} HTTP/1.1\r\n{lines}\r\n".encode()


_POST: Final = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_GET: Final = b"GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n"
_CHUNKED: Final = _POST + b"Transfer-Encoding: chunked\r\n\r\n"

# What two programs on the way could read in two ways (RFC 9112, 11.2). Were one part of it taken
# for a request of its own, that would make the table `smuggled`.
SMUGGLED: Final = "smuggled"
_INNER: Final = (
    b"POST /?query=CREATE%20TABLE%20smuggled%20(a%20UInt8)%20ENGINE=Memory HTTP/1.1\r\n"
    b"Host: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
)
_BOTH: Final = _POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
AMBIGUOUS: Final[Mapping[str, bytes]] = {
    "two ways to tell the length": _BOTH + _INNER,
    "two lengths": _POST + b"Content-Length: 8\r\nContent-Length: 0\r\n\r\nSELECT 1" + _INNER,
    "one length twice": _POST + b"Content-Length: 8\r\nContent-Length: 8\r\n\r\nSELECT 1" + _INNER,
    "a list of lengths": _POST + b"Content-Length: 8, 8\r\n\r\nSELECT 1" + _INNER,
    "a signed length": _POST + b"Content-Length: +8\r\n\r\nSELECT 1" + _INNER,
    "a negative length": _POST + b"Content-Length: -1\r\n\r\n" + _INNER,
    "a length with junk": _POST + b"Content-Length: 8x\r\n\r\nSELECT 1" + _INNER,
    "a length with a space before its colon": _POST + b"Content-Length : 8\r\n\r\n" + _INNER,
    "an unknown coding": _POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + _INNER,
    "a coding behind chunked": _POST
    + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + _INNER,
    "a hexadecimal prefix": _CHUNKED + b"0x8\r\nSELECT 1\r\n0\r\n\r\n" + _INNER,
    "a signed chunk": _CHUNKED + b"+8\r\nSELECT 1\r\n0\r\n\r\n" + _INNER,
    "a space behind the size": _CHUNKED + b"8 \r\nSELECT 1\r\n0\r\n\r\n" + _INNER,
    "a bare line feed behind the size": _CHUNKED + b"8\nSELECT 1\r\n0\r\n\r\n" + _INNER,
    "a chunk longer than its size": _CHUNKED + b"8\r\nSELECT 1 + 1\r\n0\r\n\r\n" + _INNER,
    "a folded line": _GET + b"X-Long: 1\r\n and more\r\n\r\n" + _INNER,
    "lines that end in line feeds": b"GET /ping HTTP/1.1\nHost: 127.0.0.1\n\n" + _INNER,
    "one line that ends in a line feed": _GET + b"X-A: 1\nX-B: 2\r\n\r\n" + _INNER,
    "a null in a value": _GET + b"X-A: 1\0\r\n\r\n" + _INNER,
    "a line without a colon": _GET + b"X-A\r\n\r\n" + _INNER,
    "two hosts": _GET + b"Host: evil.example\r\n\r\n" + _INNER,
    "no host": b"GET /ping HTTP/1.1\r\n\r\n" + _INNER,
}  # fmt: skip
