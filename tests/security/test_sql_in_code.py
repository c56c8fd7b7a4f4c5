"""SQL in the code is text of the code: values are bound, names are quoted.

Found by its words in every f-string, and by what is given to a connection. What stands in braces is
a constant of a module, or one of the expressions below, each of which was looked at: a new one
fails until it was, and stands here with what it can be.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrations import expand
from infra.grafana.macros import TimeRange
from infra.grafana.macros import expand as filled_in
from tests.test_imports import PACKAGES, ROOT

WORDS = re.compile(
    r"\b(SELECT|INSERT INTO|DELETE FROM|ALTER TABLE|DROP|CREATE|FROM|WHERE|GROUP BY|ORDER BY|LIMIT"
    r"|VALUES|KILL|SETTINGS)\b"
)
CONSTANT = re.compile(r"_?[A-Z][A-Z_]*")
DAY = TimeRange(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC), 60)
ASKING = {"query", "query_bytes", "command"}
CONNECTIONS = {"client", "outside", "tables", "self._client", "self._tables"}

# File -> expression -> what it can be.
LOOKED_AT: Mapping[str, Mapping[str, str]] = {
    "infra/clickhouse/grants.py": {"statement": "of a bundled file, names quoted"},
    "infra/clickhouse/letters.py": {
        "where": "columns, operators and placeholders, by LetterFilter._where",
        "run": "a placeholder or a constant",
        "expand(_DROP, client.server) + '{ids:Array(String)}'": "a constant and a placeholder",
    },
    "infra/clickhouse/migrations/__init__.py": {
        "expand('CREATE DATABASE IF NOT EXISTS {database} {on_cluster}', server)": "quoted names",
        "expand(_RECORD, server)": "a constant",
        "expand(statement, server)": "a statement of a bundled file",
    },
    "infra/clickhouse/queries.py": {
        "_within('source_partition', 'source_offset')": "columns and a placeholder",
        "_within('partition', 'position')": "columns and a placeholder",
        "promoted if run_id is None else '{run:String}'": "a constant or a placeholder",
    },
    "infra/clickhouse/run_figures.py": {
        "part": "one of three constants",
        "where": "nothing, or a condition with a placeholder",
        "_BY_PARTITION if 'documents FINAL' in part else ''": "a constant or nothing",
        "sql": "the three above",
    },
    "infra/clickhouse/run_pairs.py": {
        "columns": "the quoted names of a constant",
        "within": "conditions with placeholders",
    },
    "infra/clickhouse/runs.py": {
        "table": "one of four constants",
        "sql": "one of the constants, and a placeholder",
    },
    "infra/grafana/events.py": {"expression": "one of the module's own columns"},
    "millrace/charts.py": {
        "expand(query, choices, shown)": "a panel's text, values as strings: tested below",
        "expand(query.query, choices, shown)": "the same",
    },
    "millrace/checks/tables.py": {
        "database": "this is advice to a person, and not sent",
        "user": "the same",
    },
    # The local server hands on what its clients send, as far as they may.
    "infra/local/server/engine.py": {
        "chosen": "the id of a request, quoted",
        "insert.head": "the client's",
        "self._incoming / Path(file.name).name": "a file that the server made",
        "insert.settings": "the client's",
        "insert.format": "a word of the client's",
    },
    "infra/local/server/execution.py": {
        "table.name": "a word, by forms._table",
        "table.structure": "the client's",
    },
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text("utf-8"))


def inserted(tree: ast.Module) -> Iterator[str]:
    """What is put into texts of SQL, and what is asked that is no text at all."""
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=values):
                text = "".join(str(one.value) for one in values if isinstance(one, ast.Constant))
                if WORDS.search(text):
                    for one in values:
                        if isinstance(one, ast.FormattedValue):
                            yield ast.unparse(one.value)
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod() | ast.Add()):
                if WORDS.search(text):
                    yield from _parts(node)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)))):
                if WORDS.search(text):
                    yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(value=asked, attr=name), args=[sql, *_]):
                if name in ASKING and ast.unparse(asked) in CONNECTIONS:
                    yield from _parts(sql)


def _parts(sql: ast.expr) -> Iterator[str]:
    """What of a statement is not written there."""
    match sql:
        case ast.Constant() | ast.JoinedStr():
            return
        case ast.BinOp(left=left, op=ast.Add(), right=right) if not isinstance(left, ast.Call):
            yield from _parts(left)
            yield from _parts(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _parts(body)
            yield from _parts(orelse)
        case _:
            yield ast.unparse(sql)


def test_no_value_is_put_into_sql() -> None:
    unknown = [
        f"{file}: {expression}"
        for file, tree in sources()
        for expression in inserted(tree)
        if not CONSTANT.fullmatch(expression) and expression not in LOOKED_AT.get(file, {})
    ]

    assert unknown == []


def test_what_was_looked_at_is_still_there() -> None:
    found = {file: set(inserted(tree)) for file, tree in sources()}

    assert {
        file: gone
        for file, looked_at in LOOKED_AT.items()
        if (gone := set(looked_at) - found.get(file, set()))
    } == {}


@pytest.mark.parametrize(
    "source",
    [
        "client.query(f\"SELECT 1 WHERE run_id = '{run}'\")",
        'client.query("SELECT 1 WHERE run_id = \'" + run + "\'")',
        "client.query(\"SELECT 1 WHERE run_id = '%s'\" % run)",
        'client.query("SELECT 1 WHERE run_id = {}".format(run))',
        'sql = f"DELETE FROM {name}"',
        "client.command(made(run))",
        "client.command(sql)",
    ],
)
def test_what_puts_a_value_into_sql_would_be_found(source: str) -> None:
    assert [one for one in inserted(ast.parse(source)) if not CONSTANT.fullmatch(one)] != []


@pytest.mark.parametrize("name", ["a`b", "`; DROP TABLE documents; --", "a\\", "\\`"])
def test_names_of_databases_and_clusters_cannot_leave_their_quotes(name: str) -> None:
    server = ClickHouse("http://127.0.0.1:1", database=name, cluster=name)

    sql = expand("CREATE DATABASE {database} {on_cluster}", server)

    quoted = re.fullmatch(
        r"CREATE DATABASE `((?:[^`\\]|\\.)*)` ON CLUSTER `((?:[^`\\]|\\.)*)`", sql
    )
    assert quoted, sql


@pytest.mark.parametrize("value", ["a'b", "\\", "\\' OR 1 --", "\\\\' OR 1 --", "''"])
def test_a_choice_of_a_dashboard_cannot_leave_its_quotes(value: str) -> None:
    """A backslash escapes in ClickHouse's strings, so that doubled quotes alone do not hold."""
    sql = filled_in("SELECT ${run:sqlstring}", {"run": value}, DAY)

    held = re.fullmatch(r"SELECT '((?:[^'\\]|\\.|'')*)'", sql)
    assert held, sql
    assert re.sub(r"\\(.)|''", lambda one: one[1] or "'", held[1]) == value
