"""Whatever stands in the tables or is asked for: nothing is changed, and no terminal is steered.

The tables are filled with rows whose every text is hostile, then each command that reads them is
asked for hostile things: statements of SQL, placeholders, control characters, what is no text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.clickhouse import coverage, letters, queries, run_figures, run_pairs, runs
from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.facts import expected_relations
from infra.clickhouse.migrations import migrate
from infra.local.stack import StackSettings
from millrace.cli import main
from tests.flow import RUN

pytestmark = pytest.mark.integration
DATABASE = "hostile"
STEERING = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\x08\x7f"
HOSTILE = [
    "'; DROP TABLE documents; --",
    "\\'; DROP TABLE documents; --",
    "` ; DROP TABLE documents; --",
    "') OR 1=1 --",
    "{run:String}",
    "{x:Identifier}",
    "%(run)s %s",
    "a\0b",
    "\u2019; DROP TABLE documents; \u02bc",
    "\uff07 OR 1 = 1",
    "*/ SELECT 1 /*",
    "$$; SELECT 1; $$",
    "\\N",
    "a\nb\tc\\nd",
    "\U0001f600" * 50,
    "-" * 2_000,
    STEERING,
    "",
]
STORED = f"{STEERING}'; DROP TABLE documents; --{{x:String}}<script>"
NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
# What a terminal acts on: C0 but tab and line feed, DEL, C1.
ACTED_ON = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
NUMBER = r"(?:U?Int\d+|Float64)"


@pytest.fixture(scope="module")
def client(stack: StackSettings) -> Iterator[Client]:
    """Tables of their own, with a row of hostile texts in each of them, in `live` and in a run."""
    url = f"http://{stack.clickhouse_host}:{stack.clickhouse_port}"
    server = ClickHouse(url, database=DATABASE)
    migrate(server)
    with closing(Client(server)) as opened:
        for table in ("documents", "inference_calls", "dead_letters", "runs"):
            described = opened.query(
                "SELECT name, type FROM system.columns WHERE database = {at:String} AND "
                "table = {table:String} ORDER BY position",
                {"at": DATABASE, "table": table},
            )
            for run in ("live", STORED):
                row = {one["name"]: _value(one["type"]) for one in described} | {"run_id": run}
                row |= _facts(table, row)
                opened.insert(table, list(row), [list(row.values())])
        yield opened
        opened.command(f"DROP DATABASE {DATABASE} SYNC")


def _value(kind: str) -> Any:
    """A hostile value of a column's type."""
    kind = re.sub(r"(?:LowCardinality|Nullable)\((.*)\)", r"\1", kind)
    if kind.startswith("Array("):
        return [_value(kind[6:-1])]
    if kind.startswith("Tuple("):
        return tuple(_value(part.strip()) for part in kind[6:-1].split(","))
    if kind == "String":
        return STORED
    if re.fullmatch(NUMBER, kind):
        return 1
    return {"Bool": False}.get(kind, NOON)


def _facts(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """What has to make sense, else nothing would be shown."""
    if table == "runs":
        return {"specification": RUN.specification.model_dump_json()}
    if table == "documents":
        return {"status": "validated", "events.parent_event_id": [""]}
    return {"redriven_at": None} if "redriven_at" in row else {}


@pytest.fixture
def unchanged(client: Client) -> Iterator[None]:
    """Nothing is changed by a test: no table, and no row of one."""
    before = _contents(client)
    yield
    assert _contents(client) == before


def _contents(client: Client) -> dict[str, Any]:
    made = client.query("SELECT name FROM system.tables WHERE database = {at:String}",
                        {"at": DATABASE})  # fmt: skip
    names = sorted(str(row["name"]) for row in made)
    assert set(names) >= set(expected_relations())
    tables = ("documents", "inference_calls", "dead_letters", "runs", "promotions", "migrations")
    return {"names": names} | {
        table: client.query(f"SELECT count() AS n, sum(cityHash64(*)) AS sum FROM {table}")
        for table in tables
    }


def asked(value: str) -> list[Callable[[Client], object]]:
    """Every question that takes a value of a user, a producer or a table."""
    pair = run_pairs.RunPair(value, value, value)
    chosen = letters.LetterFilter(value, value, value, value, value, NOON, NOON, value, True)
    name = letters.LetterName(value, 1, value, 1)
    return [
        lambda client: queries.document(client, value),
        lambda client: queries.document(client, value, value),
        lambda client: queries.calls(client, value, value),
        lambda client: queries.letters(client, value),
        lambda client: queries.event_table(client, [value, value]),
        lambda client: queries.present(client, [value]),
        lambda client: coverage.missing_documents(client, value, value),
        lambda client: coverage.count_missing(client, value, value),
        lambda client: coverage.documents_with_status(client, value, value),
        lambda client: coverage.calls_by_level(client, value),
        lambda client: run_figures.figures(client, value),
        lambda client: run_pairs.counts(client, pair),
        lambda client: run_pairs.only_in(client, pair, value, 10),
        lambda client: run_pairs.spending(client, pair, value),
        lambda client: run_pairs.texts(client, value, [value]),
        lambda client: runs.find_run(client, value),
        lambda client: runs.is_used(client, value),
        lambda client: letters.count(client, chosen),
        lambda client: letters.newest(client, chosen, 10),
        lambda client: letters.stats(client, chosen),
        lambda client: letters.names(client, chosen),
        lambda client: letters.find(client, value),
        lambda client: letters.contents(client, [name]),
        lambda client: letters.drop(client, [name]),
        lambda client: letters.letter_of_newest_text(client, value, value),
    ]


@pytest.mark.usefixtures("unchanged")
def test_no_question_changes_anything_whatever_it_asks_for(client: Client) -> None:
    # All are bound in one way: every value is tried below.
    for value in HOSTILE[1:5]:
        for question in asked(value):
            question(client)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_run_of_any_name_is_written_and_found_as_it_is(client: Client, value: str) -> None:
    name = f"written {value}"

    runs.write_run(client, name, value)

    found = runs.find_run(client, name)
    assert found
    assert (found.run_id, found.specification) == (name, value)
    client.command("DELETE FROM runs WHERE run_id = {run:String}", {"run": name})


COMMANDS: Sequence[Sequence[str]] = [
    ("show", "VALUE"),
    ("show", "VALUE", "--json"),
    ("show", "VALUE", "--run", "VALUE"),
    ("dead-letters", "list"),
    ("dead-letters", "list", "--json"),
    ("dead-letters", "list", "--stage", "VALUE", "--kind", "VALUE", "--run", "VALUE"),
    ("dead-letters", "list", "--document", "VALUE", "--contains", "VALUE"),
    ("dead-letters", "stats"),
    ("dead-letters", "show", "VALUE"),
    ("dead-letters", "show", "VALUE", "--json"),
    ("dead-letters", "export", "-"),
    ("runs", "list"),
    ("runs", "list", "--json"),
    ("runs", "show", "VALUE"),
    ("runs", "create", "VALUE"),
    ("runs", "diff", "live", "VALUE"),
]


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_commands_print_acts_on_no_terminal(
    command: Sequence[str],
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Neither what the tables hold nor what was asked for; with and without a row of that name."""
    monkeypatch.setenv("MILLRACE_CLICKHOUSE_URL", client.server.url)
    monkeypatch.setenv("MILLRACE_CLICKHOUSE_DATABASE", DATABASE)
    for value in (STORED, "'; DROP TABLE documents; --" + STEERING):
        arguments = [value if one == "VALUE" else one for one in command]
        monkeypatch.setattr("sys.argv", ["millrace", *arguments])

        with pytest.raises(SystemExit) as ended:
            main()

        said = capsys.readouterr()
        assert (said.out + said.err).strip()
        assert ACTED_ON.findall(said.out + said.err) == []
        if ended.value.code:
            # One line, of an error that was foreseen.
            assert len(said.err.splitlines()) == 1, said.err
            assert "--verbose says where" not in said.err
            assert "DB::" not in said.err
