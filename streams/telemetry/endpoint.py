"""``/metrics``, ``/healthz`` and ``/readyz`` of a process, on a thread of their own."""

import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from prometheus_client import make_wsgi_app

from schemas.errors import SetupError
from streams.telemetry.metrics import REGISTRY
from streams.telemetry.readiness import Readiness
from streams.telemetry.strict_requests import StrictRequests

Start = Callable[[str, list[tuple[str, str]]], object]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


def app(readiness: Readiness) -> App:
    """The WSGI application; answers while the event loop is busy."""
    metrics = make_wsgi_app(REGISTRY)

    def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return metrics(environ, start)  # type: ignore[no-any-return]
        if path == "/healthz":
            still = readiness.stuck_s
            return _json(start, not still, {"event loop still for seconds": round(still, 1)})
        if path == "/readyz":
            return _json(start, not readiness.missing, {"waits": readiness.missing})
        start("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"there are /metrics, /healthz and /readyz\n"]

    return answer


def _json(start: Start, good: bool, detail: dict[str, Any]) -> list[bytes]:
    status = "200 OK" if good else "503 Service Unavailable"
    start(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps({"ok": good} if good else {"ok": good} | detail).encode() + b"\n"]


@contextmanager
def serving(host: str, port: int, readiness: Readiness) -> Iterator[int]:
    """Answer on ``host`` as long as the context; gives the port, which is any free one for 0.

    Raises:
        SetupError: the port cannot be had.
    """
    try:
        server = make_server(host, port, app(readiness), _Server, StrictRequests)
    except OSError as error:
        raise SetupError(
            f"metrics cannot be served at {host}:{port} ({error.strerror}): set "
            "MILLRACE_METRICS_PORT to a free port, of which each process takes the next, or to 0"
        ) from None
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away, or took too long; of all else a traceback."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
