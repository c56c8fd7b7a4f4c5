"""The reader of the local ClickHouse reads, by whatever way a statement comes in."""

import socket
from collections.abc import Callable, Iterator, Mapping

import pytest

from infra.local.warehouse import Credentials
from tests.infra.local.conftest import Reply, basic, request, warehouse

pytestmark = pytest.mark.integration
READER = basic("reader", "read secret")
WRITER = basic("writer", "write secret")
FILE = "/etc/hostname"
# Statements that write, define, change settings, or reach files and other servers.
FORBIDDEN = [
    "INSERT INTO t VALUES (2)",
    "INSERT INTO t SELECT 2",
    "INSERT INTO t FORMAT TSV\n2",
    "INSERT INTO FUNCTION url('http://127.0.0.1:1/', 'TSV', 'a UInt8') VALUES (1)",
    "CREATE TABLE u (a UInt8) ENGINE = Memory",
    "CREATE TABLE u (a UInt8) ENGINE = URL('http://127.0.0.1:1/', 'TSV')",
    "CREATE TEMPORARY TABLE u (a UInt8)",
    "CREATE OR REPLACE VIEW u AS SELECT 1",
    "CREATE FUNCTION f AS x -> x",
    "CREATE DATABASE u",
    "CREATE USER u",
    "GRANT ALL ON *.* TO reader",
    "ALTER TABLE t ADD COLUMN b UInt8",
    "ALTER TABLE t DROP PARTITION tuple()",
    "RENAME TABLE t TO u",
    "EXCHANGE TABLES t AND t",
    "DETACH TABLE t",
    "ATTACH TABLE t",
    "DROP DATABASE default",
    "UNDROP TABLE t",
    "BACKUP TABLE t TO File('/tmp/never')",
    "RESTORE TABLE t FROM File('/tmp/never')",
    "SYSTEM STOP MERGES",
    "SET max_threads = 1",
    "SET readonly = 0",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT 1 SETTINGS max_threads = 1",
    "SELECT 1 INTO OUTFILE '/tmp/never'",
    "SELECT 1 INTO OUTFILE '/tmp/never' TRUNCATE FORMAT TSV",
    "WITH 1 AS x SELECT x INTO OUTFILE '/tmp/never'",
    "(SELECT 1) INTO OUTFILE '/tmp/never'",
    "EXPLAIN SELECT 1 INTO OUTFILE '/tmp/never'",
    f"SELECT * FROM file('{FILE}', 'LineAsString')",
    f"SELECT file('{FILE}')",
    f"WITH (SELECT file('{FILE}')) AS x SELECT x",
    f"DESCRIBE TABLE file('{FILE}')",
    f"EXPLAIN SELECT * FROM file('{FILE}', 'LineAsString')",
    f"SELECT * FROM fileCluster('default', '{FILE}', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "DESCRIBE TABLE url('http://127.0.0.1:1/', 'LineAsString')",
    "DESCRIBE TABLE url('http://127.0.0.1:1/', 'CSV')",
    "DESC /* TABLE */ `url` /* */ ('http://127.0.0.1:1/', 'CSV')",
    "DESCRIBE TABLE remote('127.0.0.1:1', 'system.one')",
    "DESCRIBE (SELECT * FROM url('http://127.0.0.1:1/', 'CSV'))",
    "EXPLAIN TABLE OVERRIDE mysql('127.0.0.1:1', 'd', 't', 'u', 'p') PARTITION BY 1",
    "EXPLAIN SELECT * FROM url('http://127.0.0.1:1/', 'CSV')",
    "SELECT * FROM urlCluster('default', 'http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM s3('http://127.0.0.1:1/b/k', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:1', 'system.one')",
    "SELECT * FROM remoteSecure('127.0.0.1:1', 'system.one')",
    "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM mongodb('127.0.0.1:1', 'd', 't', 'u', 'p', 'a UInt8')",
    "SELECT * FROM sqlite('/tmp/never', 't')",
    "SELECT * FROM hdfs('hdfs://127.0.0.1:1/a', 'TSV', 'a UInt8')",
    "SELECT * FROM redis('127.0.0.1:1', 'a', 'a UInt8')",
    "SELECT * FROM executable('true', 'TSV', 'a String')",
    "SELECT * FROM python(x)",
    "SELECT 1; DROP TABLE t",
]
Way = Callable[[int, str], Reply]


def _form(port: int, query: str) -> Reply:
    body = f'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\n{query}\r\n--b--\r\n'
    headers = {**READER, "Content-Type": "multipart/form-data; boundary=b"}
    return request(port, body=body, headers=headers)


WAYS: Mapping[str, Way] = {
    "the body": lambda port, query: request(port, body=query, headers=READER),
    "the URL": lambda port, query: request(port, url={"query": query}, headers=READER),
    "the URL of a POST": lambda port, query: request(
        port, url={"query": query}, body="", headers=READER
    ),
    "half in the URL, half in the body": lambda port, query: request(
        port, url={"query": query.partition(" ")[0]}, body=query.partition(" ")[2], headers=READER
    ),
    "a form": _form,
    "a session": lambda port, query: request(
        port, url={"session_id": "reader"}, body=query, headers=READER
    ),
    "behind a comment": lambda port, query: request(
        port, body=f"/* SELECT */ -- SELECT\n{query}", headers=READER
    ),
    "credentials in the URL": lambda port, query: request(
        port, url={"user": "reader", "password": "read secret"}, body=query
    ),
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that asks for passwords, with a table `t` of one row."""
    credentials = Credentials("writer", "write secret", "reader", "read secret")
    with warehouse(tmp_path_factory.mktemp("reader"), credentials) as service:
        number = service.address.port
        made = "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a AS SELECT 1"
        assert request(number, body=made, headers=WRITER).status == 200
        yield number


@pytest.mark.parametrize("way", WAYS)
def test_it_only_reads(port: int, way: str) -> None:
    allowed = {query: WAYS[way](port, query).status for query in FORBIDDEN}

    assert [query for query, status in allowed.items() if status == 200] == []
    contents = request(port, body="SELECT groupArray(a) FROM t", headers=WRITER)
    assert contents.text == "[1]\n"
    tables = request(port, body="SHOW TABLES", headers=WRITER)
    assert tables.text == "t\n"


@pytest.mark.parametrize(
    "query",
    [
        "DESCRIBE TABLE url('http://{at}/a', 'CSV')",
        "DESC `url`('http://{at}/a', 'CSV')",
        "DESCRIBE TABLE remote('{at}', 'system.one')",
        "SELECT * FROM url('http://{at}/a', 'CSV')",
    ],
)
def test_no_server_hears_of_it(port: int, query: str) -> None:
    """To tell columns or rows the engine would ask; a listener tells whether it did."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        at = f"127.0.0.1:{listener.getsockname()[1]}"

        refused = request(port, body=query.format(at=at), headers=READER)

        assert refused.headers["X-ClickHouse-Exception-Code"] == "164"
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("query", ["DESCRIBE TABLE t", "DESC t", "DESCRIBE (SELECT max(a) FROM t)"])
def test_it_describes_tables_and_questions(port: int, query: str) -> None:
    assert request(port, body=query, headers=READER).text.startswith(("a\tUInt8", "max(a)\tUInt8"))


@pytest.mark.parametrize("way", WAYS)
def test_it_does_read(port: int, way: str) -> None:
    assert WAYS[way](port, "SELECT a FROM t").text == "1\n"
