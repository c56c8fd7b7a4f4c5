"""What the panels of dashboards answer: by ClickHouse, and by the processes as they are now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from infra.grafana.choices import DOCUMENT, TIME
from infra.grafana.macros import Choice, TimeRange, defaults, expand
from infra.grafana.panel import Dashboard, Panel, Row, Sql
from millrace.present import present_rows
from streams.telemetry.reading import Reading

# As many points as a chart has room for, at steps that people know.
_POINTS = 60
_STEPS_S = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200,
    86_400, 604_800, 2_592_000,
)  # fmt: skip
_OF_ONE_DOCUMENT = f"${{{DOCUMENT.name}:"


class Tables(Protocol):
    """What answers a panel's SQL."""

    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a panel shows. ``rows`` are by column; ``is_present``: as it is now, not over time.

    ``by_series``: a column names the series that one value belongs to.
    """

    panel: Panel
    rows: tuple[Mapping[str, Any], ...]
    is_present: bool = False
    by_series: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """A dashboard with what its panels show, row by row, and the panels that need Prometheus.

    ``counted_from`` is the column that the time ``shown`` is of.
    """

    dashboard: Dashboard
    shown: TimeRange
    counted_from: str
    rows: tuple[tuple[str, tuple[Answer, ...]], ...]
    unanswered: tuple[Panel, ...]

    @property
    def is_empty(self) -> bool:
        """Whether ClickHouse has nothing to show: no row, or none but zeros."""
        shown = [one for _, answers in self.rows for one in answers if not one.is_present]
        return not any(value for one in shown for row in one.rows for value in row.values())


def time_range(start: datetime, end: datetime) -> TimeRange:
    """A time with the seconds that one point stands for."""
    wanted = (end - start).total_seconds() / _POINTS
    return TimeRange(start, end, next((one for one in _STEPS_S if one >= wanted), _STEPS_S[-1]))


def answer(
    dashboard: Dashboard, tables: Tables, shown: TimeRange, counted_from: str, now: Reading
) -> Answers:
    """What a dashboard shows with its usual choices.

    Panels of one document are left out: `millrace show` has more of it.

    Args:
        dashboard: its panels and variables.
        tables: ClickHouse.
        shown: the time that is shown.
        counted_from: the column that time is of, one of the options of ``TIME``.
        now: what the processes told.

    Raises:
        UnavailableError: ClickHouse does not answer.
        StoreRefusedError: it refuses a query.
    """
    choices: dict[str, Choice] = {}

    def first(query: str) -> str | None:
        rows = tables.query(expand(query, choices, shown))
        return str(next(iter(rows[0].values()))) if rows else None

    for variable in dashboard.variables:
        choices |= defaults([variable], first)
    choices[TIME.name] = counted_from
    rows, unanswered = [], []
    for row in dashboard.rows:
        found = []
        for panel in _without_one_document(row):
            one = _answer(panel, tables, choices, shown, now)
            if one is None:
                unanswered.append(panel)
            else:
                found.append(one)
        if found:
            rows.append((row.title, tuple(found)))
    return Answers(dashboard, shown, counted_from, tuple(rows), tuple(unanswered))


def _without_one_document(row: Row) -> Iterator[Panel]:
    for panel in row.panels:
        if not any(isinstance(one, Sql) and _OF_ONE_DOCUMENT in one.query for one in panel.queries):
            yield panel


def _answer(
    panel: Panel, tables: Tables, choices: Mapping[str, Choice], shown: TimeRange, now: Reading
) -> Answer | None:
    """What a panel shows; None where it needs what nobody here has kept."""
    rows: list[Mapping[str, Any]] = []
    is_present = by_series = False
    for query in panel.queries:
        if isinstance(query, Sql):
            by_series = query.by_series
            rows += tables.query(expand(query.query, choices, shown))
            continue
        found = present_rows(query, now)
        if found is None:
            return None
        is_present = True
        rows += found
    if is_present and panel.shape == "timeseries":
        panel = replace(panel, shape="table")
    return Answer(panel, tuple(rows), is_present, by_series)


def series(one: Answer, shown: TimeRange) -> tuple[list[datetime], dict[str, list[Any]]]:
    """A time series on all points of the time: None where there is no value.

    Returns:
        The points, and per series its value at each.
    """
    step = shown.interval_s
    first = int(shown.start.timestamp()) // step * step
    seconds = range(first, int(shown.end.timestamp()) + 1, step)
    places = {second: place for place, second in enumerate(seconds)}
    found: dict[str, list[Any]] = {}
    for row in one.rows:
        place = places.get(int(row["time"].timestamp()))
        values = {name: value for name, value in row.items() if name not in ("time", "series")}
        if place is None:
            continue
        for name, value in values.items():
            of = str(row["series"]) if one.by_series else name
            found.setdefault(of, [None] * len(places))[place] = value
    zone = shown.start.tzinfo
    return [datetime.fromtimestamp(second, zone) for second in seconds], found
