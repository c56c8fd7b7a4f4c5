"""The tables, views and migrations on a real ClickHouse engine."""

from collections.abc import Iterator

import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import bundled_migrations, migrate
from infra.clickhouse.tables import ClickHouseTables
from millrace import wiring
from millrace.settings import Settings
from schemas.errors import StoreRefusedError, UnavailableError
from streams.sink import columns
from tests.infra.clickhouse.test_migrations import SHARED, VIEWS
from tests.streams.tables_behaviour import (
    Letter,
    Store,
    TablesBehaviour,
    document,
    tombstone,
    unique,
)

pytestmark = pytest.mark.integration
TABLES = {
    "documents": columns.DOCUMENTS,
    "inference_calls": columns.INFERENCE_CALLS,
    "dead_letters": columns.DEAD_LETTERS,
    "runs": columns.RUNS,
}


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[Client]:
    client = Client(wiring.clickhouse(settings))
    yield client
    client.close()


class ClickHouseStore:
    def __init__(self, client: Client) -> None:
        self.tables = ClickHouseTables(client)
        self._client = client

    async def current(self, document_id: str) -> list[dict[str, object]]:
        return self._client.query(
            "SELECT * FROM documents FINAL WHERE document_id = {id:String} AND NOT deleted",
            {"id": document_id},
        )

    async def letters(self, letter_id: str) -> list[Letter]:
        rows = self._client.query(
            "SELECT hex(key) AS key, hex(value) AS value, attempt, "
            "arrayMap(one -> (hex(one.1), hex(one.2)), headers) AS headers "
            "FROM dead_letters FINAL WHERE letter_id = {id:String}",
            {"id": letter_id},
        )
        return [
            Letter(
                unhexed(row["key"]),
                unhexed(row["value"]),
                [(bytes.fromhex(name), bytes.fromhex(value)) for name, value in row["headers"]],
                row["attempt"],
            )
            for row in rows
        ]


def unhexed(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


class TestTablesOnClickHouse(TablesBehaviour):
    @pytest.fixture
    def store(self, client: Client) -> Store:
        return ClickHouseStore(client)


class TestColumns:
    @pytest.mark.parametrize("table", TABLES)
    def test_the_sink_writes_every_column_of_a_table(self, client: Client, table: str) -> None:
        described = [row["name"] for row in client.query(f"DESCRIBE TABLE {table}")]

        assert sorted(TABLES[table]) == sorted(described)

    @pytest.mark.parametrize("view", VIEWS)
    def test_a_view_has_the_columns_of_the_design(self, client: Client, view: str) -> None:
        described = [row["name"] for row in client.query(f"DESCRIBE TABLE {view}")]

        assert tuple(described) == SHARED + VIEWS[view]

    def test_the_view_of_documents_has_counts_in_place_of_nested_columns(
        self, client: Client
    ) -> None:
        described = [row["name"] for row in client.query("DESCRIBE TABLE current_documents")]

        plain = [name for name in columns.DOCUMENTS if "." not in name]
        assert sorted(described) == sorted([*plain, "observed_at", *columns.NESTED])


class TestViews:
    @pytest.mark.parametrize("status", ["validated", "review"])
    async def test_they_show_documents_of_either_status(self, client: Client, status: str) -> None:
        document_id = unique("view")

        await ClickHouseTables(client).insert(
            "documents", columns.DOCUMENTS, [document(document_id, status=status)]
        )

        for view in ("documents", "events", "arguments"):
            rows = shown(client, view, document_id)
            assert [row["status"] for row in rows] == [status]

    async def test_a_deleted_document_is_in_none(self, client: Client) -> None:
        document_id = unique("view")
        tables = ClickHouseTables(client)

        await tables.insert("documents", columns.DOCUMENTS, [document(document_id, 1)])
        await tables.insert("documents", columns.DOCUMENTS, [tombstone(document_id, 2)])

        for view in ("documents", *columns.NESTED):
            assert shown(client, view, document_id) == []

    async def test_they_show_the_promoted_run_alone(self, client: Client) -> None:
        document_id = unique("view")

        await ClickHouseTables(client).insert(
            "documents", columns.DOCUMENTS, [document(document_id, run_id=unique("run"))]
        )

        assert shown(client, "documents", document_id) == []

    async def test_counts_and_the_time_of_observation_are_those_of_the_row(
        self, client: Client
    ) -> None:
        document_id = unique("view")
        row = document(document_id)

        await ClickHouseTables(client).insert("documents", columns.DOCUMENTS, [row])

        (found,) = shown(client, "documents", document_id)
        assert [found[group] for group in columns.NESTED] == [0, 1, 1, 0, 0]
        assert found["published_at"] is None
        assert found["observed_at"] == found["ingested_at"]


def shown(client: Client, view: str, document_id: str) -> list[dict[str, object]]:
    return client.query(
        f"SELECT * FROM current_{view} WHERE document_id = {{id:String}}", {"id": document_id}
    )


class TestMigrations:
    @pytest.fixture
    def server(self, settings: Settings, client: Client) -> Iterator[ClickHouse]:
        """The same server with an empty database."""
        database = unique("database").replace("-", "_")
        yield ClickHouse(settings.clickhouse_url, database)
        client.command(f"DROP DATABASE IF EXISTS {database} SYNC")

    def test_they_are_applied_once_and_recorded(self, server: ClickHouse, client: Client) -> None:
        applied: list[str] = []

        migrate(server, applied.append)
        migrate(server, applied.append)

        assert applied == [migration.name for migration in bundled_migrations()]
        recorded = client.query(
            f"SELECT number, name, digest FROM {server.database}.migrations ORDER BY number"
        )
        assert [tuple(row.values()) for row in recorded] == [
            (one.number, one.name, one.digest) for one in bundled_migrations()
        ]

    def test_a_file_that_changed_since_is_refused(self, server: ClickHouse, client: Client) -> None:
        migrate(server)
        client.insert(
            f"{server.database}.migrations",
            ("number", "name", "digest", "applied_at"),
            [(1, "0001_tables.sql", "that of another file", "2100-01-01 00:00:00")],
        )

        with pytest.raises(
            StoreRefusedError, match=r"migration 0001_tables\.sql has changed since"
        ):
            migrate(server)

    def test_one_that_broke_off_is_begun_again(self, server: ClickHouse, client: Client) -> None:
        migrate(server)
        client.command(f"TRUNCATE TABLE {server.database}.migrations")

        migrate(server)

        promotions = client.query(f"SELECT seq, run_id FROM {server.database}.promotions")
        assert promotions == [{"seq": 1, "run_id": "live"}]


class TestErrors:
    def test_a_refused_statement_names_the_server_and_the_reason(
        self, client: Client, settings: Settings
    ) -> None:
        with pytest.raises(StoreRefusedError) as raised:
            client.query("SELECT nothing FROM nowhere")

        assert str(raised.value).startswith(f"ClickHouse at {settings.clickhouse_url}: ")
        assert "nowhere" in str(raised.value)
        assert "\n" not in str(raised.value)

    def test_a_missing_database_is_a_refusal(self, settings: Settings) -> None:
        client = Client(ClickHouse(settings.clickhouse_url, database="nowhere"))

        with pytest.raises(StoreRefusedError, match="nowhere"):
            client.query("SELECT 1")

    def test_rows_that_do_not_fit_are_a_refusal_that_quotes_no_text(self, client: Client) -> None:
        with pytest.raises(StoreRefusedError, match="a value of runs is not one") as raised:
            client.insert("runs", columns.RUNS, [("a", "b", "secret text")])

        assert "secret" not in str(raised.value)
        assert raised.value.__cause__ is None

    def test_a_server_that_does_not_answer_is_unavailable(self) -> None:
        client = Client(ClickHouse("http://127.0.0.1:1"))

        with pytest.raises(UnavailableError, match=r"at http://127\.0\.0\.1:1: start it with"):
            client.query("SELECT 1")

    @pytest.mark.parametrize(
        ("code", "kind"),
        [(159, UnavailableError), (252, UnavailableError), (36, StoreRefusedError)],
        ids=["timeout exceeded", "too many parts", "bad arguments"],
    )
    def test_an_error_that_passes_is_told_from_one_that_stays(
        self, client: Client, code: int, kind: type[Exception]
    ) -> None:
        with pytest.raises(kind):
            client.query(
                f"SELECT throwIf(1, 'asked for', toInt16({code})) "
                "SETTINGS allow_custom_error_code_in_throwif = 1"
            )
