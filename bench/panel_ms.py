"""``panel_ms_1m`` and ``panel_ms_10m``: how long the slowest panel takes with that many events.

Each panel's SQL, expanded as Grafana does it with the dashboard as it opens, runs in turn; its time
is the median of its repeats.
"""

import time
from statistics import median

from bench.panel_rows import SHOWN, fill
from bench.results import Measure
from bench.stack import own_stack
from infra.clickhouse.client import Client
from infra.grafana.dashboards import DASHBOARDS
from infra.grafana.macros import Choice, defaults, expand
from infra.grafana.panel import Dashboard, Sql
from millrace import wiring

REPEATS = 5


def panel_ms_1m() -> list[Measure]:
    return measured("panel_ms_1m", 1_000_000, 500.0)


def panel_ms_10m() -> list[Measure]:
    return measured("panel_ms_10m", 10_000_000, 1_000.0)


def measured(name: str, events: int, goal: float) -> list[Measure]:
    """The slowest panel's median in milliseconds, on a stack of its own."""
    with own_stack() as settings:
        client = Client(wiring.clickhouse(settings))
        documents = fill(settings, client, events)
        times = panel_times(client)
        client.close()
    slowest = max(times, key=times.__getitem__)
    ordered = sorted(times.values())
    note = (
        f"slowest of {len(times)}: {slowest}; median panel {median(ordered):.0f} ms; {events:,} "
        f"events of {documents:,} documents, median of {REPEATS} each"
    )
    return [Measure(name, times[slowest], "ms", goal, "lower", note)]


def panel_times(client: Client) -> dict[str, float]:
    """Milliseconds of each panel, and of the slowest variable of each dashboard."""
    times = {}
    for dashboard in DASHBOARDS:
        choices = _opened(client, dashboard)
        queries = [(one.title, query) for one in dashboard.panels for query in one.queries]
        for title, query in queries:
            if isinstance(query, Sql):
                sql = expand(query.query, choices, SHOWN)
                times[f"{dashboard.title}: {title}"] = _median_ms(client, sql)
        for variable in dashboard.variables:
            if variable.query:
                sql = expand(variable.query, choices, SHOWN)
                times[f"{dashboard.title}: ${variable.name}"] = _median_ms(client, sql)
    return times


def _median_ms(client: Client, sql: str) -> float:
    client.query(sql)
    spent = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.query(sql)
        spent.append((time.perf_counter() - began) * 1000)
    return median(spent)


def _opened(client: Client, dashboard: Dashboard) -> dict[str, Choice]:
    choices: dict[str, Choice] = {}

    def first(query: str) -> str | None:
        rows = client.query(expand(query, choices, SHOWN))
        return str(next(iter(rows[0].values()))) if rows else None

    for variable in dashboard.variables:
        choices |= defaults([variable], first)
    if "document" in choices:
        choices["document"] = first("SELECT document_id FROM documents LIMIT 1") or ""
    return choices
