"""A database of its own on the tests' server, emptied for each test of this folder."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from infra.clickhouse.client import Client
from infra.clickhouse.migrations import migrate
from millrace import wiring
from millrace.settings import Settings
from tests.command import Ended, millrace_in_process
from tests.streams.tables_behaviour import unique

Command = Callable[..., Ended]
_TABLES = (
    "documents", "inference_calls", "inference_calls_by_time", "dead_letters", "runs", "promotions",
)  # fmt: skip


@contextmanager
def _own_database(name: str) -> Iterator[Client]:
    """A connection to it; this process and those that it starts have it in their settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MILLRACE_CLICKHOUSE_DATABASE", unique(name).replace("-", "_"))
        server = wiring.clickhouse(Settings())
        migrate(server)
        with closing(Client(server)) as client:
            yield client
            client.command(f"DROP DATABASE {server.database} SYNC")


def _empty(client: Client) -> None:
    """Make the database what it is before anything came, with `live` promoted."""
    for table in _TABLES:
        client.command(f"TRUNCATE TABLE {table}")
    client.command("INSERT INTO promotions SELECT 1, 'live', now64(3)")


@pytest.fixture(scope="package")
def database(settings: Settings) -> Iterator[Client]:
    with _own_database("runs") as client:
        assert client.server.url == settings.clickhouse_url
        yield client


@pytest.fixture
def client(database: Client) -> Client:
    """A connection to tables with nothing in them."""
    _empty(database)
    return database


@pytest.fixture
def mine(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Settings with a home and a database of their own."""
    monkeypatch.setenv("MILLRACE_HOME", str(tmp_path))
    found = Settings()
    assert found.clickhouse_database == client.server.database
    return found


@pytest.fixture
def command(
    mine: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """`millrace` in this process."""

    def run(*arguments: str) -> Ended:
        return millrace_in_process(monkeypatch, capsys, *arguments)

    return run
