"""A running Grafana over its HTTP API: the one place where its client is used.

The client has an environment of its own (``client_environment.py``), so it is imported only when it
is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemas.errors import AccessError, MillraceError, SetupError, UnavailableError

Json = dict[str, Any]
_TIMEOUT_S = 10.0
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class GrafanaServer:
    """How to reach a Grafana: its URL, and the token of a service account in the role Admin.

    With https its certificate is checked, against the authorities in ``cafile`` where one is given.
    """

    url: str
    token: str = field(repr=False)
    cafile: Path | None = None


class RefusedObjectError(MillraceError):
    """Grafana refused one request; ``status`` is that of HTTP. The message says what it said."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Grafana:
    """A connection. Every method raises as ``get`` does."""

    def __init__(self, server: GrafanaServer) -> None:
        """Open nothing yet."""
        from grafana_client import GrafanaApi

        self._server = server
        api = GrafanaApi.from_url(
            server.url.rstrip("/") + "/", credential=server.token, timeout=_TIMEOUT_S
        )
        self._requests = api.client
        if server.cafile is not None:
            self._requests.verify = str(server.cafile)

    def get(self, path: str) -> Any:
        """The JSON at a path below ``/api``.

        Raises:
            UnavailableError: nothing answers there, or only with an error of its own.
            AccessError: the token is refused.
            SetupError: what answers is no Grafana.
            RefusedObjectError: Grafana refused the request.
        """
        return self._ask("GET", path)

    def find(self, path: str) -> Json | None:
        """The object at a path, None where there is none."""
        try:
            found: Json = self.get(path)
        except RefusedObjectError as error:
            if error.status == 404:
                return None
            raise
        return found

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """What Grafana answers to a body."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: Mapping[str, object]) -> Any:
        """What Grafana answers to a body."""
        return self._ask("PUT", path, body)

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        from grafana_client.client import GrafanaException

        try:
            answer = getattr(self._requests, method)(
                path, json=None if body is None else dict(body)
            )
        except GrafanaException as error:
            raise self._refusal(error.status_code, error.response) from error
        except ValueError as error:  # it is no JSON
            raise self._no_grafana() from error
        except OSError as error:
            raise self._unavailable(_words(error)) from error
        if not isinstance(answer, dict | list):
            raise self._no_grafana()
        return answer

    def _refusal(self, status: int, response: object) -> MillraceError:
        if status == 401:
            return AccessError(
                f"Grafana at {self._server.url} refuses the token: set MILLRACE_GRAFANA_TOKEN to "
                "that of a service account in the role Admin"
            )
        said = str(response.get("message", "")) if isinstance(response, dict) else ""
        if status == 403:
            return RefusedObjectError(
                status,
                f"not permitted: give the service account the role Admin ({said[:_LONGEST]})",
            )
        # 400 and 500 are also what a data source's health answers: these have words of their own.
        if status in (0, 502, 503, 504) or (status >= 500 and not said):
            return self._unavailable(f"status {status}" if status else "it takes too long")
        return RefusedObjectError(
            status, f"{said[:_LONGEST] or 'no reason given'} (status {status})"
        )

    def _unavailable(self, why: str) -> UnavailableError:
        return UnavailableError(
            f"Grafana does not answer at {self._server.url} ({why}): start it, or set "
            "MILLRACE_GRAFANA_URL"
        )

    def _no_grafana(self) -> SetupError:
        return SetupError(
            f"what answers at {self._server.url} is no Grafana: set MILLRACE_GRAFANA_URL to its "
            "address, with the path that it is served under"
        )


def _words(error: OSError) -> str:
    """The kind of a failed connection: its message repeats the address at length."""
    return type(error).__name__
