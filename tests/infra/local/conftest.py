"""What the tests of the local stack share."""

import base64
import http.client
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from infra.local import daemons
from infra.local.addresses import Address, free_port
from infra.local.home import Home
from infra.local.stack import StackSettings
from infra.local.waiting import wait_until
from infra.local.warehouse import Credentials, Warehouse
from tests.local_stack import silent


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


Ask = Callable[..., Reply]


def request(
    port: int,
    *,
    body: bytes | str | None = None,
    url: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    path: str = "/",
    method: str | None = None,
) -> Reply:
    """One HTTP request, as curl would send it: POST when there is a body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        target = f"{path}?{urlencode(url)}" if url else path
        data = body.encode() if isinstance(body, str) else body
        verb = method or ("POST" if body is not None else "GET")
        connection.request(verb, target, body=data, headers=dict(headers or {}))
        reply = connection.getresponse()
        return Reply(reply.status, dict(reply.getheaders()), reply.read())
    finally:
        connection.close()


@pytest.fixture(scope="session")
def ask(stack: StackSettings) -> Ask:
    """Asks the running ClickHouse."""

    def asking(body: bytes | str | None = None, **options: Mapping[str, str] | str) -> Reply:
        return request(stack.clickhouse_port, body=body, **options)  # type: ignore[arg-type]

    return asking


@contextmanager
def warehouse(home: Path, credentials: Credentials) -> Iterator[Warehouse]:
    """A ClickHouse alone, with users of the test's choice."""
    folder = Home(home)
    folder.prepare()
    address = Address("ClickHouse", "127.0.0.1", free_port("127.0.0.1"), "{port}")
    service = Warehouse(folder, address, credentials)
    daemon = daemons.start(service.prepare(silent), str(address))
    try:
        assert wait_until(service.answers, 30.0), folder.output("clickhouse").read_text()
        yield service
    finally:
        daemon.stop(10.0)


@pytest.fixture
def database(ask: Ask) -> Iterator[str]:
    """An empty database of the test's own."""
    name = f"test_{uuid.uuid4().hex}"
    assert ask(f"CREATE DATABASE {name}").status == 200
    yield name
    assert ask(f"DROP DATABASE {name} SYNC").status == 200


def basic(user: str, password: str) -> dict[str, str]:
    """The Authorization header of a user."""
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}
