"""The rights for a real ClickHouse. chDB has no users: the same engine's parser reads the SQL here,
and what it names is held to what the migrations make.
"""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from typer.testing import CliRunner

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.facts import expected_relations
from infra.clickhouse.grants import give, grants
from infra.clickhouse.migrations import bundled_migrations, migrate
from infra.local.stack import StackSettings
from millrace.cli import app
from schemas.errors import StoreRefusedError
from tests.test_imports import ROOT

SERVER = ClickHouse("http://127.0.0.1:1", database="news")
CLUSTER = ClickHouse("http://127.0.0.1:1", database="news", cluster="main")
# What each kind of statement in the migrations needs of its user.
NEEDS = {
    "CREATE TABLE": {"CREATE TABLE"},
    "CREATE OR REPLACE VIEW": {"CREATE VIEW", "DROP VIEW"},
    "CREATE MATERIALIZED VIEW": {"CREATE VIEW", "SELECT", "INSERT"},
    "INSERT INTO": {"INSERT", "SELECT"},
    "MODIFY SETTING": {"ALTER SETTINGS"},
    "ADD COLUMN": {"ALTER ADD COLUMN"},
    "MODIFY COLUMN": {"ALTER MODIFY COLUMN"},
}


@pytest.fixture
def client(stack: StackSettings) -> Iterator[Client]:
    url = f"http://{stack.clickhouse_host}:{stack.clickhouse_port}"
    with closing(Client(ClickHouse(url, database="default"))) as opened:
        yield opened


def views() -> set[str]:
    created = "\n".join(migration.sql for migration in bundled_migrations())
    return set(re.findall(r"REPLACE VIEW (\w+)", created))


def said(pattern: str) -> set[str]:
    return {match for sql in grants(SERVER, "stages") for match in re.findall(pattern, sql)}


def test_the_reader_may_read_every_view_and_nothing_else() -> None:
    assert said(r"^GRANT\s+(.+) ON `news`\.\w+ TO millrace_reader") == {"SELECT"}
    assert said(r"ON `news`\.(\S+) TO millrace_reader") == views()
    assert views() < set(expected_relations())


def test_every_view_reads_with_the_rights_of_who_made_it() -> None:
    pattern = r"ALTER TABLE `news`\.(\w+)\s+MODIFY SQL SECURITY DEFINER DEFINER = `stages`"
    assert said(pattern) == views()
    assert said(r"SETTINGS (.+) TO millrace_writer") == {
        "default_normal_view_sql_security = 'DEFINER'"
    }


def test_the_writer_may_do_what_the_migrations_do() -> None:
    (granted,) = said(r"(?s)^GRANT\s+(.+?)\s+ON `news`\.\* TO millrace_writer")
    permitted = {right.strip() for right in granted.split(",")}
    needed = {
        right
        for migration in bundled_migrations()
        for statement in migration.statements()
        for kind, rights in NEEDS.items()
        if kind in statement
        for right in rights
    }
    unknown = [
        statement
        for migration in bundled_migrations()
        for statement in migration.statements()
        if not any(kind in statement for kind in NEEDS)
    ]

    assert unknown == [], "say in NEEDS what this needs"
    page = (ROOT / "docs/security.md").read_text("utf-8")
    told = re.search(r"(?s)GRANT (CREATE DATABASE.+?) ON millrace\.\* TO millrace_writer", page)
    assert told
    assert {right.strip() for right in told[1].split(",")} == permitted
    # Dropping a run or a letter deletes rows; the database is made where it is not there.
    assert permitted == needed | {"CREATE DATABASE", "ALTER DELETE"}


@pytest.mark.parametrize("user", ["a`b", "x; DROP TABLE documents", "o\\'neill"])
def test_the_name_of_a_user_stays_a_name(user: str) -> None:
    for sql in grants(SERVER, user):
        if "DEFINER" in sql and sql.startswith("ALTER"):
            assert re.search(r"DEFINER = `(?:[^`\\]|\\.)*`$", sql)


def test_the_command_prints_them_for_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILLRACE_CLICKHOUSE_DATABASE", "news")

    ended = CliRunner().invoke(app, ["grants", "--definer", "stages"])

    assert ended.exit_code == 0
    assert ended.stdout == "".join(f"{sql};\n" for sql in grants(SERVER, "stages"))


@pytest.mark.integration
class TestOnTheEngine:
    @pytest.mark.parametrize("server", [SERVER, CLUSTER])
    def test_its_parser_reads_every_statement(self, client: Client, server: ClickHouse) -> None:
        for statement in grants(server, "stages"):
            parsed = client.query("SELECT formatQuery({sql:String}) AS sql", {"sql": statement})
            assert parsed[0]["sql"]
            assert ("ON CLUSTER" in parsed[0]["sql"]) == bool(server.cluster)

    def test_its_parser_would_refuse_what_is_none(self, client: Client) -> None:
        (right,) = [
            one for one in grants(SERVER, "s") if one.endswith("run_names TO millrace_reader")
        ]
        with pytest.raises(StoreRefusedError):
            client.query("SELECT formatQuery({sql:String})", {"sql": right.replace("ON", "OM")})

    def test_the_settings_of_the_profiles_exist(self, client: Client) -> None:
        names = said(r"(\w+) = (?:'DEFINER'|\d+)")
        known = client.query(
            "SELECT name FROM system.settings WHERE name IN {names:Array(String)}",
            {"names": sorted(names)},
        )
        assert {row["name"] for row in known} == names
        assert len(names) == 4

    def test_a_view_takes_the_security_that_is_wanted(self, client: Client) -> None:
        """On chDB, whose one user is the definer too; that a reader then needs no right on the
        tables is unproven here, as it has no users.
        """
        server = ClickHouse(client.server.url, database="of_grants")
        migrate(server)
        with closing(Client(server)) as there:
            for statement in grants(server, "default"):
                if statement.startswith("ALTER"):
                    there.command(statement)
            (made,) = there.query(
                "SELECT create_table_query AS sql FROM system.tables "
                "WHERE database = 'of_grants' AND name = 'current_events'"
            )
            assert "SQL SECURITY DEFINER" in made["sql"]
            assert there.query("SELECT count() AS events FROM current_events") == [{"events": 0}]
            there.command("DROP DATABASE of_grants SYNC")

    def test_where_there_are_no_roles_the_error_is_one_line(self, client: Client) -> None:
        with pytest.raises(StoreRefusedError) as raised:
            give(client.server, "default")
        assert "\n" not in str(raised.value)
