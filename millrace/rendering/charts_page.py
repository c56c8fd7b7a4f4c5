"""Dashboards as one self-contained page, for people without Grafana."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from infra.grafana.macros import TimeRange
from infra.grafana.panel import Panel, Unit
from millrace.charts import Answer, Answers, series
from millrace.rendering import chart_svg
from millrace.rendering.quantities import in_words
from millrace.rendering.web_page import attribute, skip_links, table, web_page, written

_LIGHT = ("#1f5fbf", "#b3470d", "#257a3e", "#8a3fa8", "#9a6700", "#0f7285", "#b3255e", "#57606a")
_DARK = ("#7fb0ff", "#ffa66b", "#6fd08c", "#d9a2f0", "#e8c15a", "#64cfe3", "#ff94b8", "#b4bcc6")
_MOST_ROWS = 200
_COUNTED_FROM: Final = {
    "completed_at": "when a document's events were extracted",
    "observed_at": "when a document was published, or else when it arrived",
}
_STYLE = chart_svg.STYLE + (
    """
.panels { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); gap: 1rem; }
.panel { background: var(--panel); border-radius: .4rem; padding: .8rem 1rem; min-width: 0; }
.wide { grid-column: span 24; } .half { grid-column: span 12; } .quarter { grid-column: span 6; }
main, header { max-width: 88rem; }
h2 { font-size: 1.4rem; } h3 { margin: 1.4rem 0 .6rem; }
.quarter { display: flex; flex-direction: column; } .stat { margin-top: auto; }
.panel h4 { font-size: 1rem; margin: 0; } .panel p { margin: .2rem 0 .6rem; font-size: .9rem; }
.stat { font-size: 1.9rem; font-weight: 600; line-height: 1.3; }
.chart svg { display: block; min-width: 32rem; width: 100%; height: auto; }
.wide .chart svg { min-width: 62rem; }
.keys { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin: .3rem 0 0;
  padding: 0; font-size: .85rem; } .keys li::before { content: "■"; margin-right: .4rem; }
.panel .rows .scroll { max-height: 24rem; overflow-y: auto; } details { margin-top: .5rem; }
summary { color: var(--link); cursor: pointer; font-size: .9rem; }
.chart.bars svg { min-width: 20rem; }
.notice code { white-space: nowrap; }
.notice { border: 1px solid var(--line); border-radius: .4rem; padding: .8rem 1rem;
  margin: 1rem 0; }
@media (max-width: 62rem) { .half { grid-column: span 24; } .quarter { grid-column: span 12; } }
@media (max-width: 30rem) { .panels { display: block; } .panel { margin-bottom: 1rem; } }
"""
    + ":root {"
    + "".join(f"--c{place}: {colour};" for place, colour in enumerate(_LIGHT))
    + "}\n@media (prefers-color-scheme: dark) { :root {"
    + "".join(f"--c{place}: {colour};" for place, colour in enumerate(_DARK))
    + "} }\n"
    + "\n".join(
        f".chart .color-{place}, .chart .color-{place} .reactive:not(.nofill) {{ "
        f"fill: var(--c{place}); stroke: var(--c{place}); }}\n"
        f".keys .key-{place}::before {{ color: var(--c{place}); }}\n"
        f".chart .color-{place} .nofill {{ fill: none; stroke: var(--c{place}); }}"
        for place in range(chart_svg.COLOURS)
    )
)
_EMPTY = (
    '<p class="notice"><strong>There is nothing to show yet.</strong> No validated document is of '
    "this time. Is one on its way? <code>millrace status</code> tells. A longer time is shown by "
    "<code>--since</code>.</p>"
)


def charts_page(answers: Sequence[Answers]) -> str:
    """The page of dashboards, in the order that they are to be shown."""
    places = [(f"d{number}", one.dashboard.title) for number, one in enumerate(answers)]
    head = (
        f"{skip_links(places)}<header><h1>millrace: what happened, and how it flows</h1>"
        '<p class="facts">Validated documents of the promoted run. One document with its text: '
        "<code>millrace show ID --html FILE</code>.</p></header>"
    )
    parts = [
        f'<h2 id="{place}">{written(title)}</h2>{_dashboard(one)}'
        for (place, title), one in zip(places, answers, strict=True)
    ]
    return web_page("millrace: charts", _STYLE, f"{head}\n<main>{''.join(parts)}</main>")


def _dashboard(answers: Answers) -> str:
    shown = answers.shown
    span = f"{shown.start:%Y-%m-%d %H:%M} to {shown.end:%Y-%m-%d %H:%M} UTC"
    parts = [
        f'<p>{written(answers.dashboard.description)} <span class="dim">{span}, '
        f"by {_COUNTED_FROM[answers.counted_from]}.</span></p>"
    ]
    if answers.is_empty:
        parts.append(_EMPTY)
    for title, found in answers.rows:
        panels = "".join(_panel(one, shown) for one in found)
        parts.append(f'<h3>{written(title)}</h3><div class="panels">{panels}</div>')
    if answers.unanswered:
        parts.append(_needs_prometheus(answers.unanswered))
    return "\n".join(parts)


def _needs_prometheus(panels: Iterable[Panel]) -> str:
    items = "".join(
        f'<li>{written(one.title)} <span class="dim">{written(one.description)}</span></li>'
        for one in panels
    )
    return (
        '<div class="notice"><strong>What only Prometheus can say.</strong> These are rates and '
        "quantiles over time, which no process keeps. A Prometheus that scrapes them does, "
        f"Grafana shows them on this dashboard.<ul>{items}</ul></div>"
    )


def _panel(answer: Answer, shown: TimeRange) -> str:
    panel = answer.panel
    width = "wide" if panel.width > 12 else "half" if panel.width > 6 else "quarter"
    now = " (now)" if answer.is_present else ""
    return (
        f'<section class="panel {width}"><h4>{written(panel.title)}{now}</h4>'
        f'<p class="dim">{written(panel.description)}</p>{_content(answer, shown)}</section>'
    )


def _content(answer: Answer, shown: TimeRange) -> str:
    panel = answer.panel
    if panel.shape == "stat":
        value = next(iter(answer.rows[0].values())) if answer.rows else None
        return f'<div class="stat">{written(in_words(value, panel.unit))}</div>'
    if not answer.rows:
        missing = "no process tells it" if answer.is_present else "nothing in this time"
        return f"<p>– {missing}</p>"
    keys: list[str] = []
    if panel.shape == "timeseries":
        points, found = series(answer, shown)
        if not found:
            return "<p>– nothing in this time</p>"
        drawn, names = chart_svg.over_time(
            panel.title, points, found, panel.unit, stacked=panel.stacked, wide=panel.width > 12
        )
        keys = names if answer.by_series or len(names) > 1 else []
    elif panel.shape == "bars":
        named = [tuple(row.values())[:2] for row in answer.rows]
        pairs = [(str(name), value) for name, value in named]
        drawn = chart_svg.bars(panel.title, pairs, panel.unit)
    else:
        return _table(answer)
    return (
        f'<div class="chart {panel.shape} scroll" tabindex="0" role="region" '
        f'aria-label="{attribute(panel.title)}">{drawn}</div>{_keys(keys)}'
        f"<details><summary>As a table</summary>{_table(answer)}</details>"
    )


def _keys(names: Sequence[str]) -> str:
    """Which colour is which series."""
    items = "".join(
        f'<li class="key-{place}">{written(name)}</li>' for place, name in enumerate(names)
    )
    return f'<ul class="keys">{items}</ul>' if items else ""


def _table(answer: Answer) -> str:
    panel = answer.panel
    heads = list(answer.rows[0])
    units: Mapping[str, Unit] = dict(panel.column_units)
    numbers = [
        place
        for place, name in enumerate(heads)
        if all(_is_number(row[name]) for row in answer.rows)
    ]
    rows = [
        [written(in_words(row[name], units.get(name, panel.unit))) for name in heads]
        for row in answer.rows[:_MOST_ROWS]
    ]
    shown = [name.replace("_", " ") for name in heads]
    drawn = f'<div class="rows">{table(panel.title, shown, rows, numbers=numbers)}</div>'
    if len(answer.rows) > _MOST_ROWS:
        drawn += f'<p class="dim">The first {_MOST_ROWS} of {len(answer.rows):,} rows.</p>'
    return drawn


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
