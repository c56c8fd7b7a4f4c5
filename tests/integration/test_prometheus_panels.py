"""Every Prometheus panel on a real Prometheus that scrapes the processes of a real pipeline."""

import asyncio
import re
from collections.abc import Iterator
from functools import partial

import pytest

from infra.grafana.dashboards import DASHBOARDS
from infra.grafana.panel import Dashboard, Panel, PromQl
from millrace import wiring
from millrace.targets import folder, targets
from schemas import metrics
from schemas.record import Outgoing
from streams.broker.outbox import Outbox
from tests.command import eventually
from tests.flow import ingest_json
from tests.infra.grafana.prometheus_server import Prometheus, prometheus
from tests.integration.conftest import Pipeline

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

# Grafana gives at least four scrapes; more here, so that nothing has passed when a test asks.
WINDOW = "5m"
DOCUMENTS = 24
EXPRESSIONS = [
    (dashboard, panel, query.expression.replace("$__rate_interval", WINDOW))
    for dashboard in DASHBOARDS
    for panel in dashboard.panels
    for query in panel.queries
    if isinstance(query, PromQl)
]
# What only happens when something fails, or with engines that count tokens.
RARE = tuple(
    metric.name
    for metric in (
        metrics.SINK_FAILURES, metrics.ENGINE_FAILURES, metrics.RETRIES, metrics.BREAKER_OPEN,
        metrics.TOKENS, metrics.FIRST_TOKEN_SECONDS,
    )
)  # fmt: skip


def _wave(number: int) -> list[Outgoing]:
    documents = [ingest_json(f"wave-{number}-{one}") for one in range(DOCUMENTS)]
    return [*documents, Outgoing("documents.ingest", f"bad-{number}".encode(), b"{")]


@pytest.fixture(scope="module")
def scraped(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus, once it has seen three waves of documents pass through all stages."""
    home = pipeline.settings.home
    with prometheus(tmp_path_factory.mktemp("prometheus"), folder(home)) as server:
        eventually(
            lambda: server.healthy_targets() == len(targets(home)) >= 3, "all are scraped", 60
        )
        # A series that is new has no rate: it must have been seen before it grows.
        for number in range(3):
            wanted = _written(server) + DOCUMENTS
            asyncio.run(_send(pipeline, _wave(number)))
            eventually(partial(_has_written, server, wanted), f"rows of wave {number}", 90)
        yield server


async def _send(pipeline: Pipeline, records: list[Outgoing]) -> None:
    outbox = Outbox(wiring.broker(pipeline.settings))
    async with outbox:
        await outbox.send(records)


def _has_written(server: Prometheus, rows: float) -> bool:
    return _written(server) >= rows


def _written(server: Prometheus) -> float:
    found = server.series(f'sum({metrics.SINK_ROWS.name}{{table="documents"}})')
    return float(found[0]["value"][1]) if found else 0.0


@pytest.mark.parametrize(
    ("dashboard", "panel", "expression"),
    EXPRESSIONS,
    ids=[f"{one.title}: {panel.title}" for one, panel, _ in EXPRESSIONS],
)
def test_a_panel_has_series(
    scraped: Prometheus, dashboard: Dashboard, panel: Panel, expression: str
) -> None:
    found = scraped.series(expression)

    rare = any(name in expression for name in RARE)
    if not rare:
        assert found, expression
        values = [float(one["value"][1]) for one in found]
        assert any(value == value for value in values), "not a number alone"
    by = re.search(r"by \(((?:(?!le\b)\w)+)\)", expression)
    if by and not rare:
        assert all(by[1] in one["metric"] for one in found)
