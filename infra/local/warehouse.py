"""The local ClickHouse: the command that runs its server, and the question whether it serves."""

import base64
import http.client
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.addresses import Address
from infra.local.daemons import Command
from infra.local.errors import SettingsChangedError
from infra.local.home import Home
from infra.local.server.settings import VARIABLE, ServerSettings

_SOURCE_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Credentials:
    """The names and passwords of the writer and the reader."""

    writer: str
    writer_password: str = field(repr=False)
    reader: str
    reader_password: str = field(repr=False)


@dataclass(frozen=True)
class Warehouse:
    """chDB behind ClickHouse's HTTP interface, for one home."""

    home: Home
    address: Address
    credentials: Credentials

    name = "clickhouse"

    def prepare(self, _: Callable[[str], None], /) -> Command:
        """Give the command that serves; the engine makes its data folder itself."""
        known = self.credentials
        settings = ServerSettings(
            host=self.address.host,
            port=self.address.port,
            folder=str(self.home.clickhouse.absolute() / "data"),
            log=str(self.home.log(self.name).absolute()),
            engine_log=str(self.home.log("clickhouse-engine").absolute()),
            writer=known.writer,
            writer_password=known.writer_password,
            reader=known.reader,
            reader_password=known.reader_password,
        )
        kept = ("HOME", "PATH", "TMPDIR", "LD_LIBRARY_PATH")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment.update(
            {
                VARIABLE: settings.to_json(),
                "PYTHONPATH": str(_SOURCE_ROOT),
                "PYTHONUNBUFFERED": "1",
                "LANG": "C.UTF-8",
                "TZ": "UTC",
            }
        )
        return Command(
            (sys.executable, "-m", "infra.local.server"), environment, self.home.output(self.name)
        )

    def answers(self) -> bool:
        """Whether a ClickHouse answers at the address.

        Raises SettingsChangedError when it does not know the writer's credentials.
        """
        known = self.credentials
        token = base64.b64encode(f"{known.writer}:{known.writer_password}".encode()).decode()
        connection = http.client.HTTPConnection(self.address.host, self.address.port, timeout=10.0)
        try:
            connection.request(
                "GET", "/?query=SELECT%201", headers={"Authorization": f"Basic {token}"}
            )
            reply = connection.getresponse()
            body = reply.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if reply.status == http.HTTPStatus.FORBIDDEN:
            raise SettingsChangedError(
                f"the ClickHouse at {self.address} does not know user {known.writer!r} with this "
                f"password: stop the local stack and start it again, or set the user and password "
                f"that it was started with"
            )
        return reply.status == http.HTTPStatus.OK and body == b"1\n"
