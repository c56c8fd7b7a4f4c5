"""``charts``: dashboards as a page, for people without Grafana."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from millrace.event_loop import run_to_end
from millrace.page_file import write_page
from millrace.settings import Settings, read_settings

_SINCE = re.compile(r"([1-9]\d{0,4})([mhdwy])")
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_557_600}


class Moment(StrEnum):
    """Which time of a document counts."""

    EXTRACTED = "extracted"
    PUBLISHED = "published"


def charts(
    html: Annotated[Path, typer.Option(help="Write a self-contained page to this file.")],
    since: Annotated[
        str, typer.Option(help="How far back: a number with m, h, d, w or y, such as 30m or 7d.")
    ] = "24h",
    time: Annotated[
        Moment, typer.Option(help="Which time of a document that is of.")
    ] = Moment.EXTRACTED,
) -> None:
    """Draw the dashboards Events and Pipeline as one page that needs no Grafana.

    Figures come from ClickHouse, and from the processes as they are now. What is measured over time
    needs Prometheus; the page names it.
    """
    end = datetime.now(UTC).replace(microsecond=0)
    span = (end - _span(since), end)
    write_page(html, draw(read_settings(), events=span, flow=span, moment=time))


def _span(since: str) -> timedelta:
    match = _SINCE.fullmatch(since)
    span = timedelta(seconds=int(match[1]) * _SECONDS[match[2]]) if match else None
    # Prometheus and ClickHouse count from 1970.
    if span is None or span > timedelta(days=50 * 365):
        raise typer.BadParameter(
            f"--since {since!r}: a number and a unit, such as 30m, 24h, 7d, 4w or 1y (at most 50y)"
        )
    return span


def draw(
    settings: Settings,
    *,
    events: tuple[datetime, datetime],
    flow: tuple[datetime, datetime],
    moment: Moment,
) -> str:
    """The page.

    Args:
        settings: where ClickHouse and the processes are.
        events: the time shown of Events, counted from ``moment``.
        flow: the time shown of Pipeline, in which documents were extracted.
        moment: which time of a document counts for Events.

    Raises:
        UnavailableError: ClickHouse does not answer.
    """
    from infra.clickhouse.client import Client
    from infra.grafana.events import EVENTS
    from infra.grafana.pipeline import PIPELINE
    from millrace import targets, wiring
    from millrace.charts import answer, time_range
    from millrace.rendering.charts_page import charts_page
    from streams.telemetry.reading import read

    known = targets.targets(settings.home.absolute())
    now = run_to_end(read(sorted({one.address for one in known})))
    column = {Moment.EXTRACTED: "completed_at", Moment.PUBLISHED: "observed_at"}[moment]
    client = Client(wiring.clickhouse(settings))
    try:
        answers = [
            answer(EVENTS, client, time_range(*events), column, now),
            answer(PIPELINE, client, time_range(*flow), "completed_at", now),
        ]
    finally:
        client.close()
    return charts_page(answers)
