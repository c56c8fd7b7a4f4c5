"""How far a statement is read before the engine sees it."""

import pytest

from infra.local.server.errors import QueryError, from_engine
from infra.local.server.statements import Insert, Statement, read_insert, read_statement, verb


def inserted(text: bytes) -> Insert:
    insert = read_insert(text, is_all=True)
    assert isinstance(insert, Insert)
    return insert


@pytest.mark.parametrize(
    ("text", "head", "format_name", "data"),
    [
        (b"INSERT INTO t FORMAT CSV\n1", "INSERT INTO t ", "CSV", b"1"),
        (b"insert into t format CSV 1", "insert into t ", "CSV", b"1"),
        (b"INSERT INTO t FORMAT Native\r\n\n\x01", "INSERT INTO t ", "Native", b"\n\x01"),
        (b"INSERT INTO t VALUES (1)", "INSERT INTO t ", "Values", b" (1)"),
        (
            b'INSERT INTO t (`values`, "format") VALUES(1)',
            'INSERT INTO t (`values`, "format") ',
            "Values",
            b"(1)",
        ),
        (b"INSERT INTO db.format FORMAT TSV\n", "INSERT INTO db.format ", "TSV", b""),
        (
            b"/* FORMAT a */ INSERT INTO t -- VALUES\n FORMAT TSV\n2",
            "/* FORMAT a */ INSERT INTO t -- VALUES\n ",
            "TSV",
            b"2",
        ),
        (
            b"INSERT INTO FUNCTION null('a FORMAT') FORMAT TSV\n2",
            "INSERT INTO FUNCTION null('a FORMAT') ",
            "TSV",
            b"2",
        ),
        (
            b"INSERT INTO t SETTINGS async_insert = 1 VALUES (1)",
            "INSERT INTO t SETTINGS async_insert = 1 ",
            "Values",
            b" (1)",
        ),
    ],
)
def test_the_rows_of_an_insert_begin_after_its_format(
    text: bytes, head: str, format_name: str, data: bytes
) -> None:
    insert = inserted(text)
    found = (insert.head + insert.settings, insert.format, text[insert.data_at :])
    assert found == (head, format_name, data)


def test_rows_may_be_binary() -> None:
    assert inserted(b"INSERT INTO t FORMAT Native\n\xff'\x00\"").format == "Native"


@pytest.mark.parametrize(
    "text",
    [
        b"INSERT INTO t SELECT 1",
        b"INSERT INTO t (a) SELECT 'VALUES'",
        b"INSERT INTO t (SELECT 1)",
        b"INSERT INTO t WITH 1 AS x SELECT x FORMAT Null",
    ],
)
def test_an_insert_from_a_select_has_no_rows_behind_it(text: bytes) -> None:
    statement = read_insert(text, is_all=True)
    assert isinstance(statement, Statement)
    assert statement.is_insert


@pytest.mark.parametrize("cut", range(6, len(b"INSERT INTO t (a, b) FORMAT Native\n")))
def test_an_insert_is_not_read_before_its_head_is_whole(cut: int) -> None:
    text = b"INSERT INTO t (a, b) FORMAT Native\n"
    assert read_insert(text[:cut], is_all=False) is None


def test_the_verb_is_the_first_word_after_comments() -> None:
    assert verb(b"-- SELECT\n/* x */ insert INTO") == "INSERT"
    assert verb(b"(SELECT 1)") == "("
    assert verb(b"INSE") is None


@pytest.mark.parametrize(
    ("text", "format_name"),
    [
        (b"SELECT 1 FORMAT JSON", "JSON"),
        (b"SELECT 1 FORMAT JSON SETTINGS max_threads = 1", "JSON"),
        (b"SELECT 1 FORMAT JSON;", "JSON"),
        (b"SELECT format FROM t", None),
        (b"SELECT t.format x FROM t", None),
        (b"SELECT format(1, 2) FROM t", None),
        (b"SELECT 'x FORMAT JSON'", None),
        (b"SELECT (SELECT 1 FORMAT JSON)", None),
        (b"SELECT $a$ FORMAT JSON $a$", None),
    ],
)
def test_the_output_format_is_the_one_named_at_the_end(
    text: bytes, format_name: str | None
) -> None:
    assert read_statement(text).format == format_name


@pytest.mark.parametrize(
    "text", [b"SELECT 1; SELECT 2", b"SELECT 1;; DROP TABLE t", b"SELECT 1; -- a\n x"]
)
def test_one_statement_at_a_time(text: bytes) -> None:
    with pytest.raises(QueryError, match="Multi-statements"):
        read_statement(text)


@pytest.mark.parametrize("text", [b"SELECT ';';", b"SELECT 1; -- done", b"SELECT 1 ;\n;"])
def test_a_semicolon_at_the_end_or_in_a_string_is_fine(text: bytes) -> None:
    assert read_statement(text).verb == "SELECT"


def test_the_engines_repeated_prefixes_and_endings_are_read_as_one_error() -> None:
    text = (
        "Streaming query failed: Code: 73. DB::Exception: Code: 73. DB::Exception: "
        "Unknown format X. (UNKNOWN_FORMAT) (version 26.9.2.1). (UNKNOWN_FORMAT)"
    )
    error = from_engine(text)
    assert (error.code, error.name, error.message) == (73, "UNKNOWN_FORMAT", "Unknown format X.")
    assert error.text("26.9.2.1") == (
        "Code: 73. DB::Exception: Unknown format X. (UNKNOWN_FORMAT) (version 26.9.2.1 (chDB))"
    )


def test_a_text_without_a_code_is_an_unknown_exception() -> None:
    assert from_engine("boom").code == 1002
