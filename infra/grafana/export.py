"""Grafana's JSON of the dashboards: ``python -m infra.grafana.export`` writes it.

The classic dashboard model, built with Grafana's own builders: a development tool, for the JSON is
what Grafana and ``millrace dashboards push`` read.
"""

import json
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

from grafana_foundation_sdk.builders import (
    barchart,
    common,
    dashboard,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as common_model
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import prometheus as prometheus_model

from infra.grafana.dashboards import DASHBOARDS
from infra.grafana.macros import ALL
from infra.grafana.panel import SERIES, Dashboard, Panel, PromQl, Row, Sql, Variable
from infra.grafana.sources import CLICKHOUSE, PLUGIN_VERSION, PROMETHEUS

FOLDER: Final = Path(__file__).parent / "dashboards"
_CLICKHOUSE: Final = model.DataSourceRef(type_val=CLICKHOUSE.type, uid=CLICKHOUSE.uid)
_PROMETHEUS: Final = model.DataSourceRef(type_val=PROMETHEUS.type, uid=PROMETHEUS.uid)
_ALL: Final = model.VariableOption(selected=True, text=["All"], value=[ALL])


def documents() -> dict[str, str]:
    """The files of ``infra/grafana/dashboards``: their names and contents."""
    return {f"{one.uid}.json": document(one) for one in DASHBOARDS}


def document(definition: Dashboard) -> str:
    """A dashboard as Grafana's JSON."""
    built = (
        dashboard.Dashboard(definition.title)
        .uid(definition.uid)
        .description(definition.description)
        .tags(list(definition.tags))
        .time(definition.since, "now")
        .refresh("1m")
        .timezone("browser")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .link(_other_dashboards(definition))
    )
    for variable in definition.variables:
        built.with_variable(_variable(variable))
    numbers = count(1)
    for row in definition.rows:
        _add_row(built, row, numbers)
    return json.dumps(built.build(), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


def _other_dashboards(definition: Dashboard) -> dashboard.DashboardLink:
    """A link to those with the same tags, which keeps time and choices."""
    return (
        dashboard.DashboardLink("millrace")
        .type(model.DashboardLinkType.DASHBOARDS)
        .tags(list(definition.tags))
        .keep_time(True)
        .include_vars(True)
    )


def _add_row(built: dashboard.Dashboard, row: Row, numbers: "count[int]") -> None:
    built.with_row(dashboard.Row(row.title).id(next(numbers)))
    for panel in row.panels:
        built.with_panel(_panel(panel).id(next(numbers)))


_VariableBuilder = dashboard.CustomVariable | dashboard.QueryVariable | dashboard.TextBoxVariable


def _variable(variable: Variable) -> _VariableBuilder:
    built: _VariableBuilder
    if variable.query:
        built = dashboard.QueryVariable(variable.name).query(variable.query).datasource(_CLICKHOUSE)
        built.refresh(model.VariableRefresh.ON_DASHBOARD_LOAD).multi(variable.multiple)
        built.include_all(variable.every)
        if variable.every:
            built.current(_ALL)
    elif variable.options:
        chosen = [one for one in variable.options if one[1] == variable.default]
        label, value = (chosen or variable.options)[0]
        listed = ", ".join(" : ".join(option) for option in variable.options)
        built = dashboard.CustomVariable(variable.name).values(listed).multi(variable.multiple)
        built.current(
            model.VariableOption(selected=True, text=[label], value=[value])
            if variable.multiple
            else model.VariableOption(selected=True, text=label, value=value)
        )
    else:
        built = dashboard.TextBoxVariable(variable.name).default_value(variable.default)
    return built.label(variable.label).description(variable.description)


_PanelBuilder = barchart.Panel | stat.Panel | table.Panel | timeseries.Panel


def _panel(panel: Panel) -> _PanelBuilder:
    built = _of_shape(panel)
    built.title(panel.title).description(panel.description).unit(panel.unit)
    built.span(panel.width).height(panel.height).no_value("nothing yet")
    built.datasource(_PROMETHEUS if isinstance(panel.queries[0], PromQl) else _CLICKHOUSE)
    for number, query in enumerate(panel.queries):
        built.with_target(_target(panel, query, chr(ord("A") + number)))
    if any(isinstance(query, Sql) and query.by_series for query in panel.queries):
        built.display_name(f"${{__field.labels.{SERIES}}}")
    for name, unit in panel.column_units:
        built.override_by_name(name, [model.DynamicConfigValue("unit", unit)])
    if panel.link_column:
        link = {"title": "Show it", "url": panel.link}
        built.override_by_name(panel.link_column, [model.DynamicConfigValue("links", [link])])
    return built


def _of_shape(panel: Panel) -> _PanelBuilder:
    if panel.shape == "timeseries":
        series = timeseries.Panel().min(0).fill_opacity(60 if panel.stacked else 10)
        series.show_points(common_model.VisibilityMode.AUTO)
        series.legend(common.VizLegendOptions().show_legend(True))
        series.tooltip(common.VizTooltipOptions().mode(common_model.TooltipDisplayMode.MULTI))
        if panel.stacked:
            series.stacking(common.StackingConfig().mode(common_model.StackingMode.NORMAL))
        return series
    if panel.shape == "bars":
        return (
            barchart.Panel()
            .orientation(common_model.VizOrientation.HORIZONTAL)
            .legend(common.VizLegendOptions().show_legend(False))
            .min(0)
        )
    if panel.shape == "stat":
        last = common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
        return stat.Panel().graph_mode(common_model.BigValueGraphMode.NONE).reduce_options(last)
    return table.Panel().show_header(True)


def _target(panel: Panel, query: Sql | PromQl, ref_id: str) -> Builder[Dataquery]:
    if isinstance(query, Sql):
        return _SqlTarget(_ClickHouseQuery(query.query, panel.shape == "timeseries", ref_id))
    target = prometheus.Dataquery().expr(query.expression).ref_id(ref_id).datasource(_PROMETHEUS)
    target.editor_mode(prometheus_model.QueryEditorMode.CODE)
    if query.legend:
        target.legend_format(query.legend)
    return target.instant() if panel.shape == "stat" else target.range()


@dataclass(frozen=True, slots=True)
class _ClickHouseQuery(Dataquery):
    """A query in the plugin's own JSON, which Grafana's builders do not know."""

    sql: str
    is_series: bool
    ref_id: str

    def to_json(self) -> dict[str, Any]:
        """As the plugin's SQL editor saves it."""
        return {
            "datasource": _CLICKHOUSE,
            "editorType": "sql",
            "format": 0 if self.is_series else 1,
            "pluginVersion": PLUGIN_VERSION,
            "queryType": "timeseries" if self.is_series else "table",
            "rawSql": dedent(self.sql).strip(),
            "refId": self.ref_id,
        }


@dataclass(frozen=True, slots=True)
class _SqlTarget(Builder[Dataquery]):
    query: _ClickHouseQuery

    def build(self) -> Dataquery:
        return self.query


def main() -> None:
    """Write all files, and remove those of dashboards that are no more."""
    written = documents()
    for file in FOLDER.glob("*.json"):
        if file.name not in written:
            file.unlink()
    FOLDER.mkdir(exist_ok=True)
    for name, content in written.items():
        (FOLDER / name).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
