"""The unchanged HTTP client of clickhouse-connect on the local ClickHouse."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError
from clickhouse_connect.driver.external import ExternalData

from infra.local.stack import StackSettings

pytestmark = pytest.mark.integration

COLUMNS = {
    "id": "String",
    "version": "UInt128",
    "at": "DateTime64(3, 'UTC')",
    "kind": "LowCardinality(String)",
    "score": "Nullable(Float64)",
    "mentions": "Array(Tuple(UInt32, UInt32))",
    "labels": "Map(String, String)",
    "events.id": "Array(String)",
    "events.start": "Array(UInt32)",
    "events.spans": "Array(Array(Tuple(UInt32, UInt32)))",
}
MOMENT = dt.datetime.fromisoformat("2024-03-03T12:30:15.250000")


def connect(stack: StackSettings, **options: Any) -> Client:
    return clickhouse_connect.get_client(
        host=stack.clickhouse_host, port=stack.clickhouse_port, **options
    )


@pytest.fixture
def client(stack: StackSettings) -> Iterator[Client]:
    client = connect(stack)
    yield client
    client.close()


def row(number: int, version: int = 1) -> list[object]:
    spans = [[(0, 4), (5, 9)], []]
    return [
        f"id {number}",
        2**100 + version,
        MOMENT,
        "news",
        None if number % 2 else 0.5,
        [(number, number + 1)],
        {"a": "é"},
        ["e1", "e2"],
        [3, 4],
        spans,
    ]


@pytest.fixture
def table(client: Client, database: str) -> str:
    columns = ", ".join(f"`{name}` {kind}" for name, kind in COLUMNS.items())
    client.command(
        f"CREATE TABLE {database}.t ({columns}) "
        "ENGINE = ReplacingMergeTree(version) ORDER BY id PARTITION BY kind"
    )
    return f"{database}.t"


@pytest.mark.parametrize("compress", [False, "gzip", "lz4", "zstd"])
def test_rows_come_back_as_they_were_inserted(
    stack: StackSettings, table: str, compress: bool | str
) -> None:
    client = connect(stack, compress=compress)
    try:
        rows = [row(number) for number in range(3)]
        summary = client.insert(table, rows, column_names=list(COLUMNS))
        assert summary.written_rows == 3
        back = client.query(f"SELECT * FROM {table} ORDER BY id").result_rows
        assert [list(each) for each in back] == rows
    finally:
        client.close()


def test_final_shows_the_row_of_the_highest_version_whatever_came_last(
    client: Client, table: str
) -> None:
    for version in (2, 3, 1):
        client.insert(table, [row(1, version)], column_names=list(COLUMNS))
    versions = client.query(f"SELECT version FROM {table} FINAL").result_columns[0]
    assert list(versions) == [2**100 + 3]


def test_a_view_flattens_nested_columns(client: Client, table: str, database: str) -> None:
    client.insert(table, [row(1), row(2)], column_names=list(COLUMNS))
    client.command(
        f"CREATE VIEW {database}.v AS SELECT id, event_id, start FROM {table} FINAL "
        "ARRAY JOIN `events.id` AS event_id, `events.start` AS start"
    )
    rows = client.query(f"SELECT * FROM {database}.v ORDER BY id, start LIMIT 2").result_rows
    assert rows == [("id 1", "e1", 3), ("id 1", "e2", 4)]


def test_a_text_of_a_mebibyte_and_an_insert_of_tens_of_megabytes_pass(
    client: Client, database: str
) -> None:
    client.command(
        f"CREATE TABLE {database}.big (a UInt32, text String) ENGINE = MergeTree ORDER BY a"
    )
    text = "é" * 524_288
    client.insert(f"{database}.big", [[number, text] for number in range(30)])
    assert client.command(f"SELECT sum(length(text)) FROM {database}.big") == 30 * 1_048_576


def test_parameters_are_bound_on_the_server(client: Client) -> None:
    values = {"text": "it's\ta \\ tab\n", "numbers": [1, 2], "at": MOMENT}
    query = "SELECT {text:String}, {numbers:Array(UInt8)}, {at:DateTime64(3)}"
    assert client.query(query, parameters=values).result_rows == [tuple(values.values())]


def test_a_query_of_no_rows_still_has_its_columns(client: Client) -> None:
    assert client.query("SELECT 1 AS a, 'x' AS b LIMIT 0").column_names == ("a", "b")


def test_large_results_stream(client: Client) -> None:
    with client.query_rows_stream("SELECT number, repeat('x', 100) FROM numbers(200000)") as rows:
        assert sum(number for number, _ in rows) == 199_999 * 100_000


def test_a_result_that_fails_on_its_way_raises(client: Client) -> None:
    query = "SELECT throwIf(number = 2500000, 'half way') FROM numbers(3000000)"
    with (
        pytest.raises(StreamFailureError, match="half way"),
        client.query_rows_stream(query) as rows,
    ):
        for _ in rows:
            pass
    assert client.command("SELECT 1") == 1


def test_errors_carry_clickhouses_code_and_name(client: Client) -> None:
    with pytest.raises(DatabaseError) as raised:
        client.query("SELECT * FROM nothing")
    assert (raised.value.code, raised.value.name) == (60, "UNKNOWN_TABLE")


def test_an_insert_into_a_wrong_column_fails_whole(client: Client, table: str) -> None:
    with pytest.raises(DatabaseError):
        client.insert(table, [["x"]], column_names=["nothing"], column_type_names=["String"])
    assert client.command(f"SELECT count() FROM {table}") == 0


def test_tables_may_come_along_with_a_query(client: Client) -> None:
    external = ExternalData(
        file_name="ext", data=b"1\tx\n2\ty\n", fmt="TSV", structure="a UInt8, b String"
    )
    query = "SELECT b FROM ext WHERE a = 2"
    assert client.query(query, external_data=external).result_rows == [("y",)]


def test_clients_query_at_the_same_time_and_ping_answers_meanwhile(stack: StackSettings) -> None:
    first, second = (connect(stack, autogenerate_session_id=False) for _ in range(2))
    done = threading.Event()

    def slow() -> None:
        first.query("SELECT sleep(1)")
        done.set()

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        assert second.ping()
        assert second.command("SELECT 1") == 1
        assert not done.is_set()
    finally:
        thread.join()
        first.close()
        second.close()
