"""The one place where ClickHouse's client is used."""

import asyncio
import ssl
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from schemas.errors import AccessError, StoreRefusedError, UnavailableError

# Errors of a server that is there but cannot serve now, after src/Common/ErrorCodes.cpp:
# TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, NETWORK_ERROR, TABLE_IS_READ_ONLY,
# MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS, KEEPER_EXCEPTION.
_PASSING = frozenset({159, 202, 210, 242, 241, 252, 999})


# What its client raises for rows that it cannot write down.
_NO_VALUE_OF_COLUMN = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClickHouse:
    """How to reach a server: its URL, database and user. ``cluster`` replicates the tables.

    With a URL of https, certificate and name of the server are checked: against the authorities in
    ``cafile`` (PEM), else against those of this machine.
    """

    url: str
    database: str = "millrace"
    user: str = "default"
    password: str = field(default="", repr=False)
    cluster: str = ""
    cafile: Path | None = None


class Client:
    """A connection to ClickHouse. Blocking; safe to use from several threads."""

    def __init__(self, server: ClickHouse, *, database: str | None = None) -> None:
        self.server = server
        self._database = server.database if database is None else database
        self._client: Any = None

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a query; ``{name:Type}`` in it are bound from ``parameters``."""
        result = self._call("query", sql, parameters=dict(parameters or {}))
        return list(result.named_results())

    def command(self, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run a statement without a result; ``{name:Type}`` in it are bound from ``parameters``."""
        self._call("command", sql, parameters=dict(parameters or {}))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Insert rows in one block; synchronous, so that it is there when this returns."""
        settings = {"async_insert": 0}
        try:
            self._call("insert", table, rows, column_names=list(columns), settings=settings)
        except _NO_VALUE_OF_COLUMN as error:
            # Its words may quote a value, and so a document's text.
            raise StoreRefusedError(
                f"ClickHouse at {self.server.url}: a value of {table} is not one of its column "
                f"({type(error).__name__})"
            ) from None

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _call(self, method: str, *args: object, **options: object) -> Any:
        # Imported here: the client takes 0.1 s to import, which `millrace --help` need not wait.
        from clickhouse_connect.driver.exceptions import (
            ClickHouseError,
            OperationalError,
        )

        try:
            if self._client is None:
                self._client = self._connect()
            return getattr(self._client, method)(*args, **options)
        except OSError as error:
            raise self._unavailable(error) from error
        except ClickHouseError as error:
            code = getattr(error, "code", None)
            if problem := _tls_problem(error):
                raise AccessError(f"ClickHouse at {self.server.url} {problem}") from error
            lost = isinstance(error, OperationalError) and code is None
            if lost or code in _PASSING:
                raise self._unavailable(error) from error
            raise StoreRefusedError(f"ClickHouse at {self.server.url}: {_line(error)}") from error

    def _connect(self) -> Any:
        import clickhouse_connect

        address = urlsplit(self.server.url)
        return clickhouse_connect.get_client(
            host=address.hostname,
            port=address.port or (8443 if address.scheme == "https" else 8123),
            interface=address.scheme,
            username=self.server.user,
            password=self.server.password,
            database=self._database,
            ca_cert=str(self.server.cafile) if self.server.cafile else None,
            autogenerate_session_id=False,
            connect_timeout=5,
            send_receive_timeout=120,
            query_retries=0,
            tz_mode="aware",
        )

    def _unavailable(self, error: Exception) -> UnavailableError:
        # The local ClickHouse never speaks TLS.
        local = urlsplit(self.server.url).scheme == "http"
        remedy = "start it with `millrace up`, or set" if local else "start it, or set"
        return UnavailableError(
            f"ClickHouse does not answer at {self.server.url}{_code(error)}: {remedy} "
            "MILLRACE_CLICKHOUSE_URL"
        )


def _tls_problem(error: BaseException) -> str | None:
    """What is wrong with TLS and which setting to look at; None where an error is no such."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLCertVerificationError):
            # X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of x509_vfy.h.
            if found.verify_code in (62, 64):
                return (
                    f"shows a certificate for another name ({found.verify_message}): set "
                    "MILLRACE_CLICKHOUSE_URL to a name that is in it"
                )
            return (
                f"shows a certificate that is not trusted ({found.verify_message}): set "
                "MILLRACE_CLICKHOUSE_SSL_CAFILE to the file of its authority"
            )
        if isinstance(found, ssl.SSLError) and found.reason == "WRONG_VERSION_NUMBER":
            return "does not speak TLS: set MILLRACE_CLICKHOUSE_URL to its port of TLS, or to http"
        found = found.__cause__ or found.__context__
    return None


def _code(error: Exception) -> str:
    """The code of a server that answers but cannot serve; nothing where there is no connection."""
    code = getattr(error, "code", None)
    return f" (code {code})" if code is not None else ""


def _line(error: Exception) -> str:
    """The first line of an error, bounded: a server quotes whole statements."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


class ClickHouseTables:
    """The sink's tables in ClickHouse; each call runs on a thread."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def insert(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
    ) -> None:
        """Write rows; an insert that is repeated changes nothing, by the tables' keys.

        Raises:
            UnavailableError: ClickHouse does not answer now.
            StoreRefusedError: it refused the rows.
        """
        await asyncio.to_thread(self._client.insert, table, columns, rows)

    async def run_ids(self) -> Sequence[str]:
        """The runs that have been written."""
        rows = await asyncio.to_thread(self._client.query, "SELECT DISTINCT run_id FROM runs")
        return [str(row["run_id"]) for row in rows]
