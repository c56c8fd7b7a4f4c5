"""What panels answer, and the page that shows it: ClickHouse and processes stand as values."""

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.grafana.events import EVENTS
from infra.grafana.panel import Dashboard, Panel, PromQl, Row, Sql
from infra.grafana.pipeline import PIPELINE
from millrace.charts import Answer, answer, series, time_range
from millrace.present import present
from millrace.rendering.chart_svg import bars, over_time
from millrace.rendering.charts_page import charts_page
from millrace.rendering.quantities import in_words
from streams.telemetry.reading import Reading, reading

END = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = time_range(END - timedelta(days=1), END)
LAG = """# TYPE millrace_lag_records gauge
millrace_lag_records{stage="ner",topic="documents.ingest"} 7
millrace_lag_records{stage="sink",topic="dead-letters"} 2
millrace_lag_records{stage="sink",topic="extractions.validated"} 3
"""
LAG_BY_TOPIC = "max by (stage, topic) (millrace_lag_records)"


class Rows:
    """Tables that give the same rows to each query, and keep the queries."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)
        self.asked: list[str] = []

    def query(self, sql: str) -> list[dict[str, Any]]:
        self.asked.append(sql)
        return self.rows


def told(*pages: str) -> Reading:
    return reading({f"127.0.0.1:{port}": text for port, text in enumerate(pages)}, 0.0)


def dashboard(*panels: Panel) -> Dashboard:
    return Dashboard("a", "A dashboard", "What is it?", (Row("A row", panels),))


def panel(shape: Any = "table", *queries: Sql | PromQl, **more: Any) -> Panel:
    return Panel("What?", "How to read it.", "short", shape, queries or (Sql("SELECT 1"),), **more)


def shown_page(*panels: Panel, rows: Rows | None = None, now: Reading | None = None) -> str:
    answers = answer(dashboard(*panels), rows or Rows(), DAY, "completed_at", now or told())
    return charts_page([answers])


def at(hours: float, **values: Any) -> dict[str, Any]:
    return {"time": END - timedelta(hours=hours), **values}


class TestPresent:
    def test_gauges_are_combined_by_their_labels(self) -> None:
        found = present(f"sum by (stage) ({LAG_BY_TOPIC})", told(LAG))

        assert found == [({"stage": "ner"}, 7.0), ({"stage": "sink"}, 5.0)]

    def test_what_every_process_tells_alike_counts_once(self) -> None:
        assert present(f"sum({LAG_BY_TOPIC})", told(LAG, LAG)) == [({}, 12.0)]

    def test_what_no_process_tells_is_no_value(self) -> None:
        assert present(f"sum({LAG_BY_TOPIC})", told()) == []

    @pytest.mark.parametrize(
        "expression",
        [
            "sum by (stage) (rate(millrace_records_total[5m]))",
            "sum(millrace_records_total)",
            "histogram_quantile(0.95, sum by (le) (rate(millrace_stage_seconds_bucket[5m])))",
            "max(millrace_lag_records) / max(millrace_lag_records)",
            "sum(no_such_metric)",
        ],
    )
    def test_what_is_over_time_or_unknown_is_left_to_prometheus(self, expression: str) -> None:
        assert present(expression, told(LAG)) is None


class TestAnswer:
    def test_events_and_pipeline_fill_in_all_their_macros_and_variables(self) -> None:
        rows = Rows({"run_id": "live"})

        for one in (EVENTS, PIPELINE):
            answer(one, rows, DAY, "completed_at", told())

        assert len(rows.asked) > 10
        assert [query for query in rows.asked if "$" in query] == []
        assert any("run_id = 'live'" in query for query in rows.asked)

    def test_panels_of_one_document_are_left_out(self) -> None:
        found = answer(EVENTS, Rows(), DAY, "completed_at", told())

        assert "One document" not in [title for title, _ in found.rows]

    def test_what_needs_prometheus_is_named(self) -> None:
        rate = panel("timeseries", PromQl("sum(rate(millrace_records_total[5m]))"))

        html = shown_page(rate)

        assert "What only Prometheus can say" in html
        assert "<li>What?" in html

    def test_a_gauge_is_shown_as_it_is_now(self) -> None:
        query = PromQl(f"sum by (stage) ({LAG_BY_TOPIC})", "stage {{stage}}")

        html = shown_page(panel("timeseries", query), now=told(LAG))

        assert "What? (now)" in html
        assert '<th scope="col">stage</th>' in html
        assert '<th class="number" scope="col">lag records</th>' in html
        assert '<td>stage sink</td><td class="number">5</td>' in html

    def test_stages_are_in_the_order_of_flow(self) -> None:
        ready = "\n".join(
            f'millrace_stage_ready{{stage="{name}"}} 1' for name in ("detail", "sink", "ner")
        )
        query = PromQl("min by (stage) (millrace_stage_ready)", "{{stage}}")

        found = answer(dashboard(panel("table", query)), Rows(), DAY, "completed_at", told(ready))

        ((_, (one,)),) = found.rows
        assert [row["stage"] for row in one.rows] == ["ner", "detail", "sink"]


class TestSeries:
    def test_each_point_has_a_value_or_none(self) -> None:
        one = Answer(panel("timeseries"), (at(2, count=3), at(1, count=5)))

        points, found = series(one, time_range(END - timedelta(hours=3), END))

        assert points[0] == END - timedelta(hours=3)
        assert points[-1] == END
        assert [value for value in found["count"] if value is not None] == [3, 5]

    def test_a_column_may_name_the_series(self) -> None:
        rows = (at(1, series="a", n=1), at(1, series="b", n=2))

        _, found = series(Answer(panel("timeseries"), rows, by_series=True), DAY)

        assert sorted(found) == ["a", "b"]

    @pytest.mark.parametrize(
        ("span", "step_s"), [(timedelta(minutes=1), 1), (timedelta(days=1), 1_800),
                             (timedelta(days=365), 604_800), (timedelta(days=9_999), 2_592_000)],
    )  # fmt: skip
    def test_a_chart_has_as_many_points_as_it_has_room_for(
        self, span: timedelta, step_s: int
    ) -> None:
        assert time_range(END - span, END).interval_s == step_s


class TestAxes:
    @pytest.mark.parametrize(
        ("highest", "unit", "ticks"),
        [
            (1, "short", ["0", "1"]),
            (14, "short", ["0", "5", "10", "15"]),
            (12_345, "short", ["0", "5,000", "10,000", "15,000"]),
            (0.07, "percentunit", ["0 %", "2 %", "4 %", "6 %", "8 %"]),
            (0.03, "s", ["0 s", "10 ms", "20 ms", "30 ms"]),
            (254.0, "s", ["0 s", "60 s", "2 min", "3 min", "4 min", "5 min"]),
            (90_000_000.0, "ms", ["0 s", "12 h", "24 h", "36 h"]),
        ],
    )
    def test_ticks_are_round_numbers_of_their_unit(
        self, highest: float, unit: Any, ticks: list[str]
    ) -> None:
        points = [END, END + timedelta(hours=1)]

        drawn, _ = over_time("What?", points, {"a": [highest, None]}, unit, stacked=False)

        axis = drawn.partition('class="axis y')[2].partition('class="plot')[0]
        assert re.findall(r"<text[^>]*>([^<]*)</text>", axis)[: len(ticks)] == ticks

    def test_a_chart_of_no_values_has_an_axis_too(self) -> None:
        drawn, _ = over_time("What?", [END, END], {"a": [0, None]}, "s", stacked=True)

        assert "<svg" in drawn

    def test_drawing_leaves_imports_as_they_were(self) -> None:
        """pygal has a finder of plug-ins, of which every later import would warn."""
        bars("What?", [("a", 1)], "short")

        assert [one for one in sys.meta_path if not hasattr(one, "find_spec")] == []


class TestPage:
    def test_no_word_of_it_is_taken_as_html(self) -> None:
        hostile = "</script><script>alert(1)</script>\x1b\0"
        columns = panel("bars")
        lines = panel("timeseries", Sql("SELECT 1", by_series=True), stacked=True)

        html = shown_page(columns, rows=Rows({"name": hostile, "count": 1}))
        html += shown_page(lines, rows=Rows(at(1, series=hostile, n=1)))
        html += shown_page(panel(), rows=Rows({hostile: hostile}))

        assert "<script" not in html
        assert "\x1b" not in html
        assert "\0" not in html
        assert html.count("&lt;/script&gt;") >= 4

    def test_without_data_it_says_so(self) -> None:
        html = shown_page(panel("timeseries"), panel("bars"), panel(), panel("stat"))

        assert "There is nothing to show yet" in html
        assert html.count("nothing in this time") == 3

    def test_with_data_it_does_not(self) -> None:
        assert "There is nothing" not in shown_page(panel("stat"), rows=Rows({"value": 3}))

    def test_a_chart_is_drawn_without_script_style_or_id_of_its_own(self) -> None:
        html = shown_page(panel("timeseries"), panel("bars"), rows=Rows(at(1, n=2)))

        drawn = html[html.index("<svg") : html.rindex("</svg>")]
        assert 'aria-label="What?"' in drawn
        for forbidden in ("<script", "<style", " style=", " id=", "<!--"):
            assert forbidden not in drawn

    def test_more_series_than_colours_are_added_up(self) -> None:
        rows = Rows(*(at(1, series=f"kind {number}", n=number) for number in range(12)))
        lines = panel("timeseries", Sql("SELECT 1", by_series=True), stacked=True)

        html = shown_page(lines, rows=rows)

        assert "5 others" in html
        assert '<title class="value">10</title>' in html  # 0 + 1 + 2 + 3 + 4
        assert '<li class="key-0">kind 11</li>' in html

    def test_a_table_is_cut_and_says_so(self) -> None:
        html = shown_page(panel(), rows=Rows(*({"n": number} for number in range(300))))

        assert "The first 200 of 300 rows." in html


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "short", "–"), (float("nan"), "s", "–"), (12115, "short", "12,115"),
        (0.25, "short", "0.25"), (0.034, "s", "34 ms"), (90, "s", "90 s"), (600, "s", "10 min"),
        (1500, "ms", "1.5 s"), (0.123, "percentunit", "12.3 %"), (0.5, "currencyUSD", "$0.5"),
        (3.5, "rowsps", "3.5 rows/s"), (1, "bool", "yes"), ("sink", "bool", "sink"),
        (END, "none", "2026-03-01 12:00"),
    ],
)  # fmt: skip
def test_values_stand_with_their_units(value: Any, unit: Any, words: str) -> None:
    assert in_words(value, unit) == words
