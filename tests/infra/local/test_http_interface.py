"""ClickHouse's HTTP interface, as curl and Grafana use it."""

import gzip
import http.client
import json
import zlib
from collections.abc import Callable

import lz4.frame
import pytest
import zstandard

from tests.infra.local.conftest import Ask

Coder = Callable[[bytes], bytes]

pytestmark = pytest.mark.integration


def test_ping_root_and_replicas_status_say_ok(ask: Ask) -> None:
    for path in ("/ping", "/", "/replicas_status"):
        reply = ask(path=path)
        assert (reply.status, reply.body) == (200, b"Ok.\n")


def test_an_unknown_path_is_404_and_says_what_there_is(ask: Ask) -> None:
    reply = ask(path="/nothing")
    assert reply.status == 404
    assert "There is no handle /nothing" in reply.text


def test_a_query_comes_in_the_url_or_in_the_body_or_begins_in_the_one_and_ends_in_the_other(
    ask: Ask,
) -> None:
    assert ask(url={"query": "SELECT 1 + 1"}).body == b"2\n"
    assert ask("SELECT 1 + 1").body == b"2\n"
    assert ask("+ 1", url={"query": "SELECT 1"}).body == b"2\n"


def test_the_answer_says_its_format_time_zone_query_and_what_was_read(ask: Ask) -> None:
    reply = ask("SELECT number FROM numbers(10)", url={"query_id": "mine", "default_format": "CSV"})
    assert reply.headers["X-ClickHouse-Format"] == "CSV"
    assert reply.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert reply.headers["X-ClickHouse-Timezone"] == "UTC"
    assert reply.headers["X-ClickHouse-Query-Id"] == "mine"
    assert json.loads(reply.headers["X-ClickHouse-Summary"])["read_rows"] == "10"


def test_the_format_is_the_querys_or_the_headers_or_the_urls_or_tab_separated(ask: Ask) -> None:
    wish = {"default_format": "CSV"}
    assert ask("SELECT 'a', 1 FORMAT JSONCompactEachRow", url=wish).text == '["a", 1]\n'
    assert (
        ask("SELECT 'a', 1", url=wish, headers={"X-ClickHouse-Format": "TSVRaw"}).text == "a\t1\n"
    )
    assert ask("SELECT 'a', 1", url=wish).text == '"a",1\n'
    assert ask("SELECT 'a', 1").text == "a\t1\n"


@pytest.mark.parametrize(
    ("format_name", "content_type"),
    [
        ("JSON", "application/json; charset=UTF-8"),
        ("JSONEachRow", "application/x-ndjson; charset=UTF-8"),
        ("TabSeparatedWithNames", "text/tab-separated-values; charset=UTF-8"),
        ("Native", "application/octet-stream"),
        ("Pretty", "text/plain; charset=UTF-8"),
    ],
)
def test_the_content_type_fits_the_format(ask: Ask, format_name: str, content_type: str) -> None:
    assert ask(f"SELECT 1 FORMAT {format_name}").headers["Content-Type"] == content_type


def test_parameters_are_bound_by_type_and_in_escaped_form(ask: Ask) -> None:
    query = (
        "SELECT {a:String}, {b:Array(UInt8)}, {c:Nullable(Int8)}, {d:Identifier} FROM system.one"
    )
    values = {
        "param_a": "it's\\ta \\\\ tab",
        "param_b": "[1,2]",
        "param_c": "\\N",
        "param_d": "dummy",
    }
    assert ask(query, url=values).text == "it\\'s\\ta \\\\ tab\t[1,2]\t\\N\t0\n"


def test_settings_of_the_url_count_for_their_query_alone(ask: Ask) -> None:
    query = "SELECT getSetting('max_block_size')"
    assert ask(query, url={"max_block_size": "77"}).text == "77\n"
    assert ask(query).text != "77\n"


def test_the_database_comes_from_the_url_or_a_header(ask: Ask) -> None:
    query = "SELECT currentDatabase()"
    assert ask(query, url={"database": "system"}).text == "system\n"
    assert ask(query, headers={"X-ClickHouse-Database": "system"}).text == "system\n"
    assert ask(query).text == "default\n"


def test_a_session_keeps_temporary_tables_and_settings_between_requests(ask: Ask) -> None:
    session = {"session_id": "s1"}
    assert ask("CREATE TEMPORARY TABLE kept (a UInt8)", url=session).status == 200
    assert ask("INSERT INTO kept VALUES (1), (2)", url=session).status == 200
    assert ask("SET max_block_size = 55", url=session).status == 200
    assert (
        ask("SELECT sum(a), getSetting('max_block_size') FROM kept", url=session).text == "3\t55\n"
    )
    assert ask("SELECT * FROM kept").status == 404


def test_settings_of_the_url_do_not_stay_in_a_session(ask: Ask) -> None:
    session = {"session_id": "s2"}
    query = "SELECT getSetting('max_block_size')"
    default = ask(query).text
    assert ask(query, url={**session, "max_block_size": "44"}).text == "44\n"
    assert ask(query, url=session).text == default


def test_a_session_that_must_exist_but_does_not_is_an_error(ask: Ask) -> None:
    reply = ask("SELECT 1", url={"session_id": "never", "session_check": "1"})
    assert reply.headers["X-ClickHouse-Exception-Code"] == "372"


@pytest.mark.parametrize(
    ("encoding", "decode"),
    [
        ("gzip", gzip.decompress),
        ("deflate", zlib.decompress),
        ("lz4", lz4.frame.decompress),
        ("zstd", lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body)),
    ],
)
def test_answers_are_compressed_as_the_client_accepts(
    ask: Ask, encoding: str, decode: Coder
) -> None:
    for rows in (3, 300_000):
        reply = ask(
            f"SELECT number FROM numbers({rows}) FORMAT JSONEachRow",
            url={"enable_http_compression": "1"},
            headers={"Accept-Encoding": encoding},
        )
        assert reply.headers["Content-Encoding"] == encoding
        assert decode(reply.body).count(b"\n") == rows


def test_without_the_setting_nothing_is_compressed(ask: Ask) -> None:
    assert "Content-Encoding" not in ask("SELECT 1", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("lz4", lz4.frame.compress),
        ("zstd", zstandard.ZstdCompressor().compress),
    ],
)
def test_bodies_may_come_compressed(ask: Ask, database: str, encoding: str, encode: Coder) -> None:
    ask(f"CREATE TABLE {database}.t (a UInt32) ENGINE = MergeTree ORDER BY a")
    rows = "".join(f"{number}\n" for number in range(50_000))
    body = encode(f"INSERT INTO {database}.t FORMAT TSV\n{rows}".encode())
    reply = ask(body, headers={"Content-Encoding": encoding})
    assert reply.status == 200, reply.text
    assert json.loads(reply.headers["X-ClickHouse-Summary"])["written_rows"] == "50000"


def test_a_body_in_an_unknown_encoding_is_refused(ask: Ask) -> None:
    assert ask(b"x", headers={"Content-Encoding": "snappy"}).status == 415


def test_a_truncated_body_writes_nothing(ask: Ask, database: str) -> None:
    ask(f"CREATE TABLE {database}.t (a UInt32) ENGINE = MergeTree ORDER BY a")
    rows = "1\n" * 9000
    body = gzip.compress(f"INSERT INTO {database}.t FORMAT TSV\n{rows}".encode())
    reply = ask(body[:-20], headers={"Content-Encoding": "gzip"})
    assert reply.headers["X-ClickHouse-Exception-Code"] == "271"
    assert ask(f"SELECT count() FROM {database}.t").text == "0\n"


def test_rows_follow_an_insert_in_any_format(ask: Ask, database: str) -> None:
    ask(f"CREATE TABLE {database}.t (a UInt32, b String) ENGINE = MergeTree ORDER BY a")
    into = f"INSERT INTO {database}.t"
    assert ask(f"{into} VALUES (1, 'FORMAT Native'), (2, ';')").status == 200
    assert ask(f"{into} (b, a) FORMAT CSV\nx,3\n").status == 200
    assert ask('{"a": 4, "b": "é"}\n', url={"query": f"{into} FORMAT JSONEachRow"}).status == 200
    assert ask("(5, 'z');", url={"query": f"{into} VALUES"}).status == 200
    native = ask("SELECT toUInt32(6) AS a, 'n' AS b FORMAT Native").body
    assert ask(f"{into} FORMAT Native\n".encode() + native).status == 200
    assert (
        ask(native, url={"query": f"{into} SETTINGS async_insert = 0 FORMAT Native"}).status == 200
    )
    assert ask(f"INSERT INTO {database}.t SELECT 7, 'FORMAT'").status == 200
    assert ask(f"SELECT groupArray(a) FROM (SELECT a FROM {database}.t ORDER BY a)").text == (
        "[1,2,3,4,5,6,6,7]\n"
    )


def test_a_statement_may_hold_comments_quotes_and_a_semicolon_at_its_end(ask: Ask) -> None:
    query = "/* ; */ SELECT ';', '--', `dummy` -- ; FORMAT CSV\nFROM system.one FORMAT TSV;\n"
    assert ask(query).text == ";\t--\t0\n"


def test_an_empty_query_is_an_error(ask: Ask) -> None:
    for query in ("", " \n", "-- nothing"):
        assert ask(query).headers["X-ClickHouse-Exception-Code"] == "62"


def test_several_statements_at_once_are_refused(ask: Ask) -> None:
    reply = ask("SELECT 1; SELECT 2")
    assert reply.status == 400
    assert "Multi-statements are not allowed" in reply.text


def test_no_query_makes_the_server_write_or_read_a_file_of_its_machine_by_a_clause(
    ask: Ask, database: str
) -> None:
    ask(f"CREATE TABLE {database}.t (a String) ENGINE = Memory")
    for query in (
        "SELECT 1 INTO OUTFILE '/tmp/never'",
        f"INSERT INTO {database}.t FROM INFILE '/etc/hostname' FORMAT LineAsString",
    ):
        assert ask(query).headers["X-ClickHouse-Exception-Code"] == "358"


def test_a_table_may_come_along_with_the_query(ask: Ask) -> None:
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="query"\r\n\r\n'
        "SELECT sum(a), {p:String} FROM ext\r\n"
        f'--{boundary}\r\nContent-Disposition: form-data; name="param_p"\r\n\r\nx\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="ext"; filename="ext"\r\n\r\n'
        f"1,y\n2,z\n\r\n--{boundary}--\r\n"
    )
    reply = ask(
        body,
        url={"ext_structure": "a UInt8, b String", "ext_format": "CSV"},
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert reply.text == "3\tx\n"


@pytest.mark.parametrize(
    ("query", "status", "code", "name"),
    [
        ("SELEC 1", 400, 62, "SYNTAX_ERROR"),
        ("SELECT * FROM nothing", 404, 60, "UNKNOWN_TABLE"),
        ("SELECT * FROM nowhere.nothing", 404, 81, "UNKNOWN_DATABASE"),
        ("SELECT no_such_function()", 404, 46, "UNKNOWN_FUNCTION"),
        ("SELECT nothing", 404, 47, "UNKNOWN_IDENTIFIER"),
        ("SELECT 1 FORMAT Nothing", 404, 73, "UNKNOWN_FORMAT"),
        ("SELECT 1 SETTINGS nothing = 1", 404, 115, "UNKNOWN_SETTING"),
        ("SELECT toUInt8('x')", 400, 6, "CANNOT_PARSE_TEXT"),
        ("SELECT throwIf(1, 'no') FORMAT Native", 500, 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
        ("CREATE TABLE system.one (a UInt8) ENGINE = Memory", 500, 57, "TABLE_ALREADY_EXISTS"),
        ("INSERT INTO nothing VALUES (1)", 404, 60, "UNKNOWN_TABLE"),
    ],
)
def test_an_error_has_clickhouses_status_code_and_text(
    ask: Ask, query: str, status: int, code: int, name: str
) -> None:
    reply = ask(query)
    assert reply.status == status, reply.text
    assert reply.headers["X-ClickHouse-Exception-Code"] == str(code)
    assert reply.text.startswith(f"Code: {code}. DB::Exception: ")
    assert f"({name}) (version 26." in reply.text
    assert reply.text.count("Code: ") == 1


def test_a_query_that_fails_on_its_way_ends_the_connection_with_the_error(ask: Ask) -> None:
    with pytest.raises(http.client.IncompleteRead) as raised:
        ask("SELECT throwIf(number = 3000000) FROM numbers(4000000) FORMAT RowBinary")
    assert b"__exception__" in raised.value.partial
    assert b"Code: 395. DB::Exception" in raised.value.partial[-600:]


def test_a_get_changes_nothing(ask: Ask, database: str) -> None:
    reply = ask(url={"query": f"CREATE TABLE {database}.t (a UInt8) ENGINE = Memory"})
    assert (reply.status, reply.headers["X-ClickHouse-Exception-Code"]) == (500, "164")


def test_foreign_hosts_and_web_pages_are_refused(ask: Ask) -> None:
    assert ask("SELECT 1", headers={"Host": "evil.example:8123"}).status == 403
    assert ask("SELECT 1", headers={"Origin": "https://evil.example"}).status == 403
    assert ask("SELECT 1", headers={"Origin": "http://localhost:3000"}).status == 200


@pytest.mark.integration
@pytest.mark.parametrize("settings", ["", "SETTINGS max_insert_threads = 1 "])
def test_an_insert_that_the_table_refuses_is_refused_with_its_code(
    ask: Ask, database: str, settings: str
) -> None:
    """chDB's streaming insert says of such rows that they were written."""
    ask(
        f"CREATE TABLE {database}.t (word String, CONSTRAINT no_bad CHECK word != 'bad') "
        "ENGINE = MergeTree ORDER BY word"
    )

    refused = ask(f"INSERT INTO {database}.t {settings}FORMAT TSV\ngood\nbad\n")
    ask(f"INSERT INTO {database}.t {settings}FORMAT TSV\nbetter\n\n")

    assert refused.status == 500
    assert refused.headers["X-ClickHouse-Exception-Code"] == "469"
    # An empty line does not end the data.
    assert ask(f"SELECT word FROM {database}.t ORDER BY word").body == b"\nbetter\n"
