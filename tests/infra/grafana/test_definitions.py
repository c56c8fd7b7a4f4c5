"""What every dashboard and panel is held to, and the JSON that Grafana gets of them."""

import json
import re
from typing import Any

import pytest

from infra.grafana import export
from infra.grafana.dashboards import DASHBOARDS
from infra.grafana.panel import Dashboard, Panel, PromQl, Sql
from infra.grafana.sources import CLICKHOUSE, PROMETHEUS
from schemas.metrics import METRICS, Histogram

PANELS = [(one, panel) for one in DASHBOARDS for panel in one.panels]
each_panel = pytest.mark.parametrize(
    ("dashboard", "panel"), PANELS, ids=[f"{one.title}: {panel.title}" for one, panel in PANELS]
)
each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one.title)
# Of a variable in a query, and of one that a macro is given.
USED = re.compile(r"\$\{(\w+):|, \$(\w+)\)")
NAMES = {
    name
    for metric in METRICS
    for name in (
        [f"{metric.name}_{suffix}" for suffix in ("bucket", "count", "sum")]
        if isinstance(metric, Histogram)
        else [metric.name]
    )
}


def stored(dashboard: Dashboard) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((export.FOLDER / f"{dashboard.uid}.json").read_text("utf-8"))
    return found


def test_there_are_five() -> None:
    assert [one.title for one in DASHBOARDS] == [
        "Pipeline",
        "Inference",
        "Events",
        "Quality",
        "Dead letters",
    ]


@each_panel
def test_a_panel_asks_a_question_and_says_how_to_read_the_answer(
    dashboard: Dashboard, panel: Panel
) -> None:
    assert re.fullmatch(r"[A-Z].{8,70}\?", panel.title)
    assert re.fullmatch(r"[A-Za-z0-9].{15,}\.", panel.description, re.DOTALL)
    assert panel.unit
    assert [one.title for one in dashboard.panels].count(panel.title) == 1


@each_panel
def test_a_panel_reads_one_kind_of_source(dashboard: Dashboard, panel: Panel) -> None:
    assert len({type(query) for query in panel.queries}) == 1


@each_panel
def test_its_variables_are_those_of_its_dashboard(dashboard: Dashboard, panel: Panel) -> None:
    text = " ".join(query.query for query in panel.queries if isinstance(query, Sql)) + panel.link
    used = {one or other for one, other in USED.findall(text)} - {"__value"}

    assert used <= {variable.name for variable in dashboard.variables}


@each_panel
def test_its_metrics_and_labels_are_declared(dashboard: Dashboard, panel: Panel) -> None:
    for query in panel.queries:
        if not isinstance(query, PromQl):
            continue
        names = set(re.findall(r"\b(?:millrace|gen_ai)_\w+", query.expression))
        assert names
        assert names <= NAMES
        metrics = [
            metric for metric in METRICS if any(one.startswith(metric.name) for one in names)
        ]
        labels = set().union(*(metric.labels for metric in metrics)) | {"le"}
        grouped = re.findall(r"by \(([^)]*)\)", query.expression)
        matched = re.findall(r"(\w+)!?=\"", query.expression)
        shown = re.findall(r"\{\{(\w+)\}\}", query.legend)
        assert {one.strip() for group in grouped for one in group.split(",") if one} <= labels
        assert {*matched, *shown} <= labels
        assert set(shown) <= {one.strip() for group in grouped for one in group.split(",")}


@each_dashboard
def test_documents_that_need_a_person_are_not_shown_unless_chosen(dashboard: Dashboard) -> None:
    for variable in dashboard.variables:
        if variable.name == "status":
            assert variable.default == "validated"
    asks_for_documents = any(
        "run_documents" in query.query and "document_id = $" not in query.query
        for panel in dashboard.panels
        for query in panel.queries
        if isinstance(query, Sql)
    )
    assert asks_for_documents == any(one.name == "status" for one in dashboard.variables)


@each_dashboard
def test_every_variable_says_what_it_chooses_and_is_used(dashboard: Dashboard) -> None:
    everything = export.document(dashboard)
    for variable in dashboard.variables:
        assert variable.label
        assert variable.description.endswith(".")
        assert f"${{{variable.name}:" in everything


class TestJson:
    def test_the_files_are_those_of_the_definitions(self) -> None:
        """They are behind: run `python -m infra.grafana.export`."""
        files = {one.name: one.read_text("utf-8") for one in export.FOLDER.glob("*.json")}

        assert files == export.documents()

    @each_dashboard
    def test_every_panel_is_there_with_its_words_and_unit(self, dashboard: Dashboard) -> None:
        found = [one for one in stored(dashboard)["panels"] if one["type"] != "row"]

        assert [(one["title"], one["description"]) for one in found] == [
            (panel.title, panel.description) for panel in dashboard.panels
        ]
        for one, panel in zip(found, dashboard.panels, strict=True):
            assert one["fieldConfig"]["defaults"]["unit"] == panel.unit
            assert one["options"] is not None
            assert len(one["targets"]) == len(panel.queries)

    @each_dashboard
    def test_panels_lie_side_by_side_and_over_each_other(self, dashboard: Dashboard) -> None:
        taken: set[tuple[int, int]] = set()
        for one in stored(dashboard)["panels"]:
            at = one["gridPos"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["w"])
                for y in range(at["y"], at["y"] + at["h"])
            }
            assert not cells & taken
            assert at["x"] + at["w"] <= 24
            taken |= cells

    @each_dashboard
    def test_every_query_names_its_source_and_has_a_letter(self, dashboard: Dashboard) -> None:
        for one in stored(dashboard)["panels"]:
            letters = [target["refId"] for target in one.get("targets", [])]
            assert len(set(letters)) == len(letters)
            for target in one.get("targets", []):
                is_sql = "rawSql" in target
                source = CLICKHOUSE if is_sql else PROMETHEUS
                assert target["datasource"] == {"type": source.type, "uid": source.uid}
                if is_sql:
                    wanted = ("timeseries", 0) if one["type"] == "timeseries" else ("table", 1)
                    assert (target["queryType"], target["format"]) == wanted

    @each_dashboard
    def test_it_opens_with_the_defaults_of_its_variables(self, dashboard: Dashboard) -> None:
        for variable, one in zip(
            dashboard.variables, stored(dashboard)["templating"]["list"], strict=True
        ):
            assert one["name"] == variable.name
            if variable.every:
                assert one["current"]["value"] == ["$__all"]
            elif variable.options:
                chosen = variable.default or variable.options[0][1]
                assert one["current"]["value"] == ([chosen] if variable.multiple else chosen)
            else:
                assert "current" not in one, "the first that there is, found when it is opened"
