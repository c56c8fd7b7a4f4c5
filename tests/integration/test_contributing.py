"""CONTRIBUTING.md: what it adds to the tables, added to a real ClickHouse that is in use."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import bundled_migrations, migrate
from infra.clickhouse.tables import ClickHouseTables
from millrace.settings import Settings
from streams.sink.delivery import Delivery, prepare
from tests.contributing import blocks, followed
from tests.flow import ingest_json, memory_flow
from tests.streams.stage_behaviour import unique

pytestmark = pytest.mark.integration
MIGRATE = """
from infra.clickhouse.migrations import migrate
from millrace import wiring
from millrace.settings import read_settings

migrate(wiring.clickhouse(read_settings()), print)
"""
WRITE = """
import asyncio
from millrace import wiring
from millrace.settings import read_settings
from infra.clickhouse.client import Client
from tests.integration.test_contributing import write

write(Client(wiring.clickhouse(read_settings())), "after")
"""


@pytest.fixture
def server(settings: Settings) -> Iterator[ClickHouse]:
    """The tests' server with a database of its own, as this version makes it."""
    server = ClickHouse(settings.clickhouse_url, unique("contributing").replace("-", "_"))
    migrate(server)
    yield server
    client = Client(server)
    client.command(f"DROP DATABASE {server.database} SYNC")
    client.close()


def write(client: Client, document_id: str) -> None:
    """Let a document of four words pass, and the sink write its row."""

    async def pass_through() -> None:
        flow = memory_flow()
        flow.log.append(ingest_json(document_id, "Acme bought Widget Ltd."))
        await flow.run()
        rows = prepare(flow.log.records["extractions.validated"]).rows
        await Delivery(ClickHouseTables(client)).deliver(rows)

    asyncio.run(pass_through())


def test_a_column_added_as_shown_is_in_the_view_with_its_value(
    server: ClickHouse, tmp_path: Path
) -> None:
    client = Client(server)
    write(client, "before")
    described = [row["name"] for row in client.query("DESCRIBE TABLE current_documents")]
    copy = followed(tmp_path, "column")

    copy.python("-c", MIGRATE, MILLRACE_CLICKHOUSE_DATABASE=server.database)
    write(client, "meanwhile")  # by the sink of the version before
    copy.python("-c", WRITE, MILLRACE_CLICKHOUSE_DATABASE=server.database)

    rows = client.query("SELECT document_id, words FROM current_documents ORDER BY document_id")
    assert [tuple(row.values()) for row in rows] == [("after", 4), ("before", 0), ("meanwhile", 0)]
    now = [row["name"] for row in client.query("DESCRIBE TABLE current_documents")]
    assert [name for name in now if name != "words"] == described


def test_a_migration_added_as_shown_is_applied_once_and_shows_what_the_page_asks_for(
    server: ClickHouse, tmp_path: Path
) -> None:
    copy = followed(tmp_path, "migration")
    *_, question = blocks("migration")

    applied = copy.python("-c", MIGRATE, MILLRACE_CLICKHOUSE_DATABASE=server.database)
    again = copy.python("-c", MIGRATE, MILLRACE_CLICKHOUSE_DATABASE=server.database)

    script = question.content.replace("127.0.0.1:8123", server.url.removeprefix("http://"))
    shown = subprocess.run(
        ["bash", "-euc", script.replace("database=millrace", f"database={server.database}")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    number = len(bundled_migrations()) + 1
    assert (applied, again) == (f"{number:04}_calls_by_document.sql\n", "")
    assert "by_document\tdocument_id" in shown
