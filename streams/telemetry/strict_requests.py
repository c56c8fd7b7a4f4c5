"""What a request must be to be answered: one that no proxy and no web page can be misled by.

1. Its lines end with CRLF and none goes on in the next, its header has no line that is none.
2. It is a GET or HEAD without a body, so that there is nothing to be counted in two ways.
3. It names one host. Where it came to an address of loopback, that must be this machine: a web page
   whose name was pointed here (DNS rebinding) sends its own name. At other addresses any name will
   do: only the network knows which lead there.
4. It is there soon: a client that is silent for ten seconds is left. One connection carries one
   request.
"""

import ipaddress
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler

_LONGEST_SILENCE_S = 10.0
_FOREIGN = "only names of this machine are answered here: ask 127.0.0.1 or localhost"


class StrictRequests(WSGIRequestHandler):
    """Refuses all others with a line that says why, and closes the connection."""

    raw_requestline: bytes
    timeout = _LONGEST_SILENCE_S
    error_message_format = "%(message)s\n"
    error_content_type = "text/plain; charset=utf-8"

    def parse_request(self) -> bool:
        """Whether the request is one to be answered; if not, it has been refused."""
        lines = _HeaderLines(self.rfile)
        whole, self.rfile = self.rfile, lines  # type: ignore[assignment]
        try:
            if not super().parse_request():
                return False
        finally:
            self.rfile = whole
        if not self.raw_requestline.endswith(b"\r\n") or lines.broken or self.headers.defects:
            return self._refused(HTTPStatus.BAD_REQUEST, "the header is malformed")
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            return self._refused(HTTPStatus.BAD_REQUEST, "no body is taken")
        if self.command not in ("GET", "HEAD"):
            return self._refused(HTTPStatus.METHOD_NOT_ALLOWED, "ask with GET or HEAD")
        hosts = self.headers.get_all("Host", [])
        # Health checks of old ask with HTTP/1.0 and name no host.
        if len(hosts) > 1 or (not hosts and self.request_version != "HTTP/1.0"):
            return self._refused(HTTPStatus.BAD_REQUEST, "name one host")
        here = str(self.connection.getsockname()[0])
        # An address in the request's first line counts over the header.
        named = urlsplit(self.path).netloc if "://" in self.path else "".join(hosts)
        if named and is_loopback(here) and not is_loopback(_host(named)):
            return self._refused(HTTPStatus.MISDIRECTED_REQUEST, _FOREIGN)
        return True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its base names it
        """A scrape every few seconds is nothing to log."""

    def _refused(self, status: HTTPStatus, reason: str) -> bool:
        self.send_error(status, reason)
        return False


class _HeaderLines:
    """A header as it is read, and whether a line of it ends or begins as none should."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.broken = False

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._source.readline(size)
        self.broken |= not line.endswith(b"\r\n") or line[:1] in b" \t" or b"\0" in line
        return line


def is_loopback(host: str) -> bool:
    """Whether a name or address can only mean this machine."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host(named: str) -> str:
    """The host of what stands in ``Host``; empty where that is malformed."""
    try:
        return urlsplit(f"//{named}").hostname or ""
    except ValueError:
        return ""
