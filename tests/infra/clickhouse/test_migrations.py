"""Migrations as files: numbered, cut into statements, the same for one server and a cluster."""

import re

import pytest

from infra.clickhouse.client import ClickHouse
from infra.clickhouse.migrations import Migration, bundled_migrations, expand
from streams.sink import columns

ONE = ClickHouse("http://127.0.0.1:8123")
CLUSTER = ClickHouse("http://127.0.0.1:8123", database="events", cluster="main")
SHARED = (
    "run_id", "document_id", "revision", "status", "observed_at",
)  # fmt: skip
VIEWS = {
    "current_entities": (
        "mention_id", "entity_id", "kind", "text", "span_start", "span_end", "value", "origin",
    ),
    "current_events": (
        "event_id", "parent_event_id", "salience", "kind", "trigger", "span_start", "span_end",
        "mentions", "grounding", "summary", "time_text", "time_start", "time_end", "place",
        "polarity", "confidence",
    ),
    "current_arguments": (
        "event_id", "argument_id", "role", "text", "span_start", "span_end", "grounding",
        "entity_id",
    ),
    "current_relationships": (
        "relationship_id", "kind", "source_event_id", "target_event_id", "evidence",
        "span_start", "span_end", "grounding", "confidence",
    ),
    "current_findings": ("finding_id", "subject_id", "rule", "severity", "message"),
}  # fmt: skip


def statements(server: ClickHouse) -> list[str]:
    return [
        expand(statement, server)
        for migration in bundled_migrations()
        for statement in migration.statements()
    ]


def test_they_are_numbered_from_one_without_a_gap() -> None:
    numbers = [migration.number for migration in bundled_migrations()]

    assert numbers == list(range(1, len(numbers) + 1))


def test_a_file_is_cut_into_statements_without_its_comments() -> None:
    sql = "-- why; because\nCREATE TABLE a (x String);\n\n  -- and\nINSERT INTO a\nVALUES (';');\n"

    assert Migration(1, "0001_a.sql", sql).statements() == [
        "CREATE TABLE a (x String)",
        "INSERT INTO a\nVALUES (';')",
    ]


def test_a_change_of_a_file_changes_its_digest() -> None:
    one, other = Migration(1, "a.sql", "SELECT 1"), Migration(1, "a.sql", "SELECT 2")

    assert one.digest != other.digest


def test_on_one_server_nothing_is_replicated() -> None:
    sql = "\n".join(statements(ONE))

    assert "Replicated" not in sql
    assert "ON CLUSTER" not in sql
    assert not re.search(r"\{\w+\}", sql)


def test_on_a_cluster_every_definition_reaches_all_servers() -> None:
    definitions = [one for one in statements(CLUSTER) if one.startswith(("CREATE", "ALTER"))]

    assert len(definitions) >= 11
    assert all("ON CLUSTER `main`" in one for one in definitions)


def test_on_a_cluster_every_table_is_replicated() -> None:
    engines = re.findall(r"ENGINE = (\w+)", "\n".join(statements(CLUSTER)))

    assert engines == [
        "ReplicatedReplacingMergeTree",
        "ReplicatedReplacingMergeTree",
        "ReplicatedReplacingMergeTree",
        "ReplicatedReplacingMergeTree",
        "ReplicatedMergeTree",
        "ReplicatedReplacingMergeTree",
    ]


def test_a_name_cannot_end_its_quotes() -> None:
    name = "a`; DROP DATABASE b"
    server = ClickHouse("http://127.0.0.1:8123", database=name, cluster=name)

    assert expand("{database}, {on_cluster}", server) == (
        r"`a\`; DROP DATABASE b`, ON CLUSTER `a\`; DROP DATABASE b`"
    )


def test_every_statement_may_be_repeated() -> None:
    safe = re.compile(
        r"CREATE (TABLE|MATERIALIZED VIEW) IF NOT EXISTS|CREATE OR REPLACE VIEW"
        r"|INSERT INTO (promotions|inference_calls_by_time)\s+SELECT"
        r"|ALTER TABLE \w+\s+(ADD \w+ IF NOT EXISTS|MATERIALIZE|MODIFY (SETTING|COLUMN))"
    )

    assert all(safe.match(one) for one in statements(ONE))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_lists_its_columns_one_by_one(view: str) -> None:
    *_, definition = (one for one in statements(ONE) if f"VIEW {view} " in one)
    selected = definition.partition("SELECT")[2].partition("FROM")[0]
    names = [part.split()[-1] for part in re.sub(r"\([^)]*\)", "", selected).split(",")]

    assert tuple(names) == SHARED + VIEWS[view]


def test_the_sink_writes_every_column_of_the_nested_groups() -> None:
    for group, fields in columns.NESTED.items():
        assert {name for name, _ in fields} == set(VIEWS[f"current_{group}"])
