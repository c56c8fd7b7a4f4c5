"""The one place where ClickHouse's client is used."""

import re
import ssl
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.clickhouse.error_codes import PERMANENT, Verdict, verdict
from schemas.errors import AccessError, RowsRefusedError, StoreRefusedError, UnavailableError

# What stands between here and a server answers so while the server is away: Too Many Requests, Bad
# Gateway, Service Unavailable, Gateway Timeout. The client tells the status in its words alone.
_AWAY = re.compile(r"HTTP driver received HTTP status (429|502|503|504)\b")
# What a disk says under many codes of ClickHouse.
_DISK_FULL = "No space left on device"

# What its client raises for rows that it cannot write down.
_NO_VALUE_OF_COLUMN = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError, struct.error,
)  # fmt: skip


class _CodedError(StoreRefusedError):
    """A refusal with the code and the name that it has, and whether the client itself refused."""

    def __init__(self, message: str, error: Exception, *, by_client: bool) -> None:
        super().__init__(message)
        self.code: int | None = getattr(error, "code", None)
        self.name: str | None = getattr(error, "name", None)
        self.by_client = by_client


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

    def query_bytes(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a query, its strings as the bytes that they are: they need not be text."""
        result = self._call(
            "query",
            sql,
            parameters=dict(parameters or {}),
            query_formats={"String": "bytes"},
        )
        return list(result.named_results())

    def command(self, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run a statement without a result; ``{name:Type}`` in it are bound from ``parameters``."""
        self._call("command", sql, parameters=dict(parameters or {}))

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Insert rows in one block; synchronous, so that it is there when this returns.

        Raises:
            UnavailableError: the server cannot serve now.
            RowsRefusedError: a row is to blame; the message names the table and the code.
            StoreRefusedError: any other refusal.
        """
        settings = {"async_insert": 0}
        try:
            self._call("insert", table, rows, column_names=list(columns), settings=settings)
        except _NO_VALUE_OF_COLUMN as error:
            # Its words may quote a value, and so a document's text.
            raise RowsRefusedError(
                f"ClickHouse at {self.server.url}: a value of {table} is not one of its column "
                f"({type(error).__name__})"
            ) from None
        except _CodedError as refused:
            # So may the server's. A name stands last in what it says, if it is ClickHouse at all.
            code = refused.code
            reason = f"{PERMANENT.get(code) or refused.name}, code {code}" if code else "no code"
            if refused.by_client or verdict(code) is Verdict.PERMANENT:
                raise RowsRefusedError(
                    f"table {table} of ClickHouse refuses a row ({reason})"
                ) from None
            raise StoreRefusedError(
                f"ClickHouse at {self.server.url} refuses to insert into {table} ({reason}): "
                "see `millrace doctor` and ClickHouse's log"
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
            DataError,
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
            lost = code is None and (isinstance(error, OperationalError) or _AWAY.match(str(error)))
            found = verdict(code)
            full = found is Verdict.UNKNOWN and _DISK_FULL in str(error)
            if lost or full or found is Verdict.RETRYABLE:
                raise self._unavailable(error) from error
            raise _CodedError(
                f"ClickHouse at {self.server.url}: {_line(error)}",
                error,
                by_client=isinstance(error, DataError),
            ) from error

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
