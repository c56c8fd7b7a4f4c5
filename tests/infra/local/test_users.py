"""Who may come in to the local ClickHouse, and what the reader may do."""

from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import pytest

from infra.local.addresses import Address
from infra.local.errors import SettingsChangedError
from infra.local.home import Home
from infra.local.warehouse import Credentials, Warehouse
from tests.infra.local.conftest import Reply, basic, request, warehouse

pytestmark = pytest.mark.integration

READER = basic("reader", "read secret")
WRITER = basic("writer", "write secret")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that asks for passwords, with a table `t` of one row."""
    credentials = Credentials("writer", "write secret", "reader", "read secret")
    with warehouse(tmp_path_factory.mktemp("users of a server"), credentials) as service:
        number = service.address.port
        for statement in (
            "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a",
            "INSERT INTO t VALUES (1)",
        ):
            assert request(number, body=statement, headers=WRITER).status == 200
        yield number


def read(port: int, query: str, **options: dict[str, str]) -> Reply:
    return request(port, body=query, headers=READER, **options)  # type: ignore[arg-type]


def test_credentials_come_in_the_authorization_header_in_headers_of_their_own_or_in_the_url(
    port: int,
) -> None:
    own = {"X-ClickHouse-User": "writer", "X-ClickHouse-Key": "write secret"}
    url = {"user": "writer", "password": "write secret"}
    assert request(port, body="SELECT 1", headers=WRITER).status == 200
    assert request(port, body="SELECT 1", headers=own).status == 200
    assert request(port, body="SELECT 1", url=url).status == 200
    assert request(port, body="SELECT 1", url=url, headers=own).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("writer", ""),
        basic("writer", "wrong"),
        basic("reader", "write secret"),
        basic("nobody", ""),
        basic("", ""),
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic ***"},
    ],
)
def test_wrong_credentials_are_error_516(port: int, headers: dict[str, str]) -> None:
    reply = request(port, body="SELECT 1", headers=headers)
    assert (reply.status, reply.headers["X-ClickHouse-Exception-Code"]) == (403, "516")
    assert "(AUTHENTICATION_FAILED)" in reply.text
    assert "secret" not in reply.text


def test_ping_asks_for_no_password(port: int) -> None:
    assert request(port, path="/ping").status == 200


@pytest.mark.parametrize(
    "query",
    [
        "SELECT a FROM t",
        "WITH 1 AS x SELECT x",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "SHOW TABLES",
        "DESCRIBE TABLE t",
        "EXISTS TABLE t",
        "EXPLAIN SELECT 1",
    ],
)
def test_the_reader_reads(port: int, query: str) -> None:
    assert read(port, query).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO t VALUES (2)",
        "INSERT INTO t SELECT 2",
        "INSERT INTO FUNCTION file('/tmp/never', 'CSV', 'a UInt8') VALUES (1)",
        "CREATE TABLE u (a UInt8) ENGINE = Memory",
        "CREATE TEMPORARY TABLE u (a UInt8)",
        "DROP TABLE t",
        "TRUNCATE TABLE t",
        "ALTER TABLE t DELETE WHERE 1",
        "DELETE FROM t WHERE 1",
        "OPTIMIZE TABLE t",
        "SYSTEM FLUSH LOGS",
        "KILL QUERY WHERE 1",
        "SET readonly = 0",
        "USE system",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT * FROM remote('127.0.0.1:1', 'system.one')",
        "SELECT * FROM executable('x', 'TSV', 'a String')",
    ],
)
def test_the_reader_changes_nothing_and_reaches_nothing_outside(port: int, query: str) -> None:
    reply = read(port, query)
    assert (reply.status, reply.headers["X-ClickHouse-Exception-Code"]) == (500, "164"), reply.text
    assert read(port, "SELECT count() FROM t").text == "1\n"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM file('/etc/hostname', 'LineAsString')",
        "SELECT file('/etc/hostname')",
        "SELECT `file`('/etc/hostname')",
        "SELECT arrayMap(file, ['/etc/hostname'])",
        'WITH "file" AS f SELECT 1',
        "SELECT * FROM python(x)",
    ],
)
def test_the_reader_reads_no_files(port: int, query: str) -> None:
    assert read(port, query).headers["X-ClickHouse-Exception-Code"] == "446"


@pytest.mark.parametrize(
    ("query", "url"),
    [
        ("SELECT arrayMap({f:Identifier}, ['/etc/hostname'])", {"param_f": "file"}),
        ("SELECT 1", {"dialect": "kusto"}),
        ("SELECT 1", {"allow_experimental_polyglot_dialect": "1"}),
    ],
)
def test_the_reader_reads_no_files_by_a_detour(port: int, query: str, url: dict[str, str]) -> None:
    assert read(port, query, url=url).headers["X-ClickHouse-Exception-Code"] in ("164", "446")


def test_the_reader_sends_no_tables_along(port: int) -> None:
    form = (
        '--b\r\nContent-Disposition: form-data; name="query"\r\n\r\nSELECT 1\r\n'
        '--b\r\nContent-Disposition: form-data; name="e"; filename="e"\r\n\r\n1\r\n--b--\r\n'
    )
    headers = {**READER, "Content-Type": "multipart/form-data; boundary=b"}
    url = {"e_structure": "a UInt8 ALIAS file('/etc/hostname')"}
    reply = request(port, body=form, url=url, headers=headers)
    assert reply.headers["X-ClickHouse-Exception-Code"] == "164"


@pytest.mark.parametrize("headers", [READER, WRITER])
def test_files_are_no_tables(port: int, headers: dict[str, str]) -> None:
    for query in ("SELECT * FROM `/etc/hostname`", "SELECT * FROM `../../../etc/hostname`"):
        reply = request(port, body=query, headers=headers)
        assert reply.headers["X-ClickHouse-Exception-Code"] == "60"


def test_the_readers_settings_come_in_the_url(port: int) -> None:
    query = "SELECT getSetting('max_block_size')"
    assert read(port, query, url={"max_block_size": "33"}).text == "33\n"
    assert (
        read(port, "SELECT 1", url={"readonly": "0"}).headers["X-ClickHouse-Exception-Code"]
        == "164"
    )


@pytest.mark.parametrize("level", ["1", "2"])
def test_the_writer_may_ask_for_readonly(port: int, level: str) -> None:
    url = {"readonly": level}
    assert request(port, body="SELECT a FROM t", url=url, headers=WRITER).text == "1\n"
    refused = request(port, body="DROP TABLE t", url=url, headers=WRITER)
    assert refused.headers["X-ClickHouse-Exception-Code"] == "164"


def test_clickhouse_connect_works_for_the_reader(port: int) -> None:
    client = clickhouse_connect.get_client(
        host="127.0.0.1", port=port, username="reader", password="read secret"
    )
    try:
        assert client.query(
            "SELECT a FROM t WHERE a = {a:UInt8}", parameters={"a": 1}
        ).result_rows == [(1,)]
    finally:
        client.close()


def test_the_default_database_keeps_its_tables_over_starts_and_kills(tmp_path: Path) -> None:
    nobody = Credentials("default", "", "", "")
    create = "CREATE TABLE {0} (a UInt8) ENGINE = MergeTree ORDER BY a"
    for statements in (
        ["SELECT 1"],
        [create.format("t"), "INSERT INTO t VALUES (1)"],
        ["INSERT INTO t VALUES (2)", create.format("u")],
        ["DROP TABLE u SYNC"],
        ["INSERT INTO t SELECT sum(a) FROM t"],
    ):
        with warehouse(tmp_path, nobody) as service:
            for statement in statements:
                reply = request(service.address.port, body=statement)
                assert reply.status == 200, reply.text
    with warehouse(tmp_path, nobody) as service:
        assert request(service.address.port, body="SELECT sum(a) FROM t").text == "6\n"
        assert request(service.address.port, body="DROP TABLE t SYNC").status == 200
    with warehouse(tmp_path, nobody) as service:
        assert request(service.address.port, body="SHOW TABLES").body == b""


def test_a_service_with_other_credentials_is_told_from_one_that_is_down(
    port: int, tmp_path: Path
) -> None:
    address = Address("ClickHouse", "127.0.0.1", port, "{port}")
    with pytest.raises(SettingsChangedError, match="does not know user 'writer'"):
        Warehouse(Home(tmp_path), address, Credentials("writer", "old", "", "")).answers()
