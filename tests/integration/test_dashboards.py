"""Every ClickHouse panel on a real engine: with the output of the pipeline, and without a row."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import migrate
from infra.grafana.dashboards import DASHBOARDS
from infra.grafana.macros import Choice, TimeRange, defaults, expand
from infra.grafana.panel import SERIES, TIME, Dashboard, Panel, Sql
from millrace.settings import Settings
from tests.integration.panel_rows import CHANGED, FAILING, OTHER, fill
from tests.streams.tables_behaviour import unique

pytestmark = pytest.mark.integration

SHOWN = TimeRange(datetime(2023, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), 86_400)
QUERIES = [
    (dashboard, panel, query)
    for dashboard in DASHBOARDS
    for panel in dashboard.panels
    for query in panel.queries
    if isinstance(query, Sql)
]
each_query = pytest.mark.parametrize(
    ("dashboard", "panel", "query"),
    QUERIES,
    ids=[f"{one.title}: {panel.title}" for one, panel, _ in QUERIES],
)
# Panels that rightly have nothing to say about the promoted run's documents.
SILENT = {
    "How are its events linked?",
    "What should a reader of it know?",
    "Which documents need a person, and why?",
}


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[ClickHouse]:
    """A database with two runs in it."""
    yield from _database(settings, "panels", filled=True)


@pytest.fixture(scope="module")
def empty(settings: Settings) -> Iterator[ClickHouse]:
    """A database as the migrations leave it."""
    yield from _database(settings, "no_rows", filled=False)


def _database(settings: Settings, name: str, *, filled: bool) -> Iterator[ClickHouse]:
    server = ClickHouse(settings.clickhouse_url, unique(name).replace("-", "_"))
    migrate(server)
    client = Client(server)
    if filled:
        asyncio.run(fill(client))
    yield server
    client.command(f"DROP DATABASE {server.database} SYNC")
    client.close()


@pytest.fixture
def reader(server: ClickHouse) -> Iterator[Client]:
    """As Grafana reads: the user that may only read."""
    client = Client(ClickHouse(server.url, server.database, user="reader"))
    yield client
    client.close()


@pytest.fixture
def of_nothing(empty: ClickHouse) -> Iterator[Client]:
    client = Client(ClickHouse(empty.url, empty.database, user="reader"))
    yield client
    client.close()


def opened(client: Client, dashboard: Dashboard, **chosen: Choice) -> dict[str, Choice]:
    """The choices of a dashboard that was just opened, except those that were made."""
    choices: dict[str, Choice] = {}

    def first(query: str) -> str | None:
        rows = client.query(expand(query, choices, SHOWN))
        return str(next(iter(rows[0].values()))) if rows else None

    for variable in dashboard.variables:
        choices |= defaults([variable], first)
    return {**choices, **chosen}


def columns(client: Client, sql: str) -> dict[str, str]:
    """Names and types of a query's columns, in their order."""
    return {row["name"]: row["type"] for row in client.query(f"DESCRIBE ({sql})")}


def check_shape(panel: Panel, query: Sql, found: dict[str, str]) -> None:
    """Hold the columns of a query to what the panel's shape can draw."""
    names, types = list(found), list(found.values())
    if panel.shape == "timeseries":
        assert names[0] == TIME
        assert "DateTime" in types[0]
        values = types[1:]
        if query.by_series:
            assert names[1] == SERIES
            assert "String" in types[1]
            assert len(types) == 3
            values = types[2:]
    elif panel.shape == "bars":
        assert len(types) == 2
        assert "String" in types[0]
        values = types[1:]
    elif panel.shape == "stat":
        values = types
    else:
        assert not any("Array" in one or "Tuple" in one for one in types)
        assert {panel.link_column} - {""} <= set(found)
        assert {name for name, _ in panel.column_units} <= set(found)
        values = []
    assert all(_is_number(one) for one in values)


def _is_number(kind: str) -> bool:
    return any(name in kind for name in ("Int", "Float", "Bool"))


@each_query
def test_a_panel_answers_on_real_output(
    reader: Client, dashboard: Dashboard, panel: Panel, query: Sql
) -> None:
    choices = opened(reader, dashboard)
    if "document" in choices:
        choices["document"] = CHANGED
    sql = expand(query.query, choices, SHOWN)

    check_shape(panel, query, columns(reader, sql))
    rows = reader.query(sql)
    if panel.title not in SILENT:
        assert rows
        assert any(value is not None for value in rows[0].values())
    if panel.shape == "stat":
        assert len(rows) == 1
    if panel.unit == "percentunit" and panel.shape != "table":
        shares = [one for row in rows for one in row.values() if isinstance(one, float)]
        assert all(0 <= one <= 1 for one in shares)
    for name, unit in panel.column_units:
        if unit == "percentunit":
            assert all(0 <= row[name] <= 1 for row in rows)


@each_query
def test_a_panel_says_nothing_of_an_empty_database(
    of_nothing: Client, dashboard: Dashboard, panel: Panel, query: Sql
) -> None:
    sql = expand(query.query, opened(of_nothing, dashboard), SHOWN)

    check_shape(panel, query, columns(of_nothing, sql))
    rows = of_nothing.query(sql)
    values = {value for row in rows for value in row.values()}
    assert not rows if panel.shape in ("bars", "table", "timeseries") else values <= {0, None}


def answer(client: Client, title: str, **chosen: Choice) -> list[dict[str, object]]:
    """What the panel of a title answers when some choices are made."""
    ((dashboard, query),) = (
        (dashboard, query) for dashboard, panel, query in QUERIES if panel.title == title
    )
    return client.query(expand(query.query, opened(client, dashboard, **chosen), SHOWN))


class TestChoices:
    def test_a_dashboard_opens_with_the_promoted_run_and_validated_documents(
        self, reader: Client
    ) -> None:
        (quality,) = (one for one in DASHBOARDS if one.title == "Quality")
        choices = opened(reader, quality)

        assert (choices["run"], choices["other_run"]) == ("live", OTHER.run_id)
        assert choices["status"] == ("validated",)

    def test_documents_that_need_a_person_are_shown_when_chosen(self, reader: Client) -> None:
        title = "Which documents tell of them?"
        validated = answer(reader, title, run=OTHER.run_id)
        both = answer(reader, title, run=OTHER.run_id, status=("validated", "review"))

        ids = {str(row["document_id"]) for row in both}
        assert ids - {str(row["document_id"]) for row in validated} == set(FAILING)

    def test_a_run_shows_its_own_documents(self, reader: Client) -> None:
        of_live = answer(reader, "Which events does the chosen document tell of?", document=CHANGED)
        of_other = answer(
            reader,
            "Which events does the chosen document tell of?",
            document=CHANGED,
            run=OTHER.run_id,
        )

        assert [row["trigger"] for row in of_live][:1] == ["bought"]
        assert "buyer: Orlin Foods Ltd" in str(of_live[0]["participants"])
        assert of_other == []

    def test_one_kind_and_one_profile_narrow_what_happens(self, reader: Client) -> None:
        title = "What happens when?"
        every = answer(reader, title)
        some = answer(reader, title, kind=("purchase",), profile=("news",))

        assert {row["series"] for row in some} == {"purchase"}
        assert some == [row for row in every if row["series"] == "purchase"][: len(some)]

    def test_time_is_that_of_publication_or_of_extraction(self, reader: Client) -> None:
        published = answer(reader, "What happens when?")
        extracted = answer(reader, "What happens when?", time="completed_at")

        assert len({row["time"] for row in published}) > 5
        assert len({row["time"] for row in extracted}) == 1

    def test_the_runs_differ_in_what_was_changed(self, reader: Client) -> None:
        differing = answer(reader, "Which documents do they read differently?")
        agreeing = answer(reader, "On how many documents do the two runs agree?")

        assert CHANGED in {row["document_id"] for row in differing}
        assert agreeing[0]["only_in_one"] == 0
        compared = answer(reader, "How does this run compare with the other?")
        assert [row["run"] for row in compared] == ["live", OTHER.run_id]

    def test_what_a_run_costs_is_for_1000_of_its_documents(self, reader: Client) -> None:
        (cost,) = answer(reader, "What do 1,000 documents cost?", run=OTHER.run_id)
        models = answer(reader, "What did each model do, and for how much?", run=OTHER.run_id)

        calls = sum(int(str(row["calls"])) for row in models)
        assert cost["cost"] == pytest.approx(1000 * 0.002 * calls / 16, rel=0.1)
