"""Charts as SVG without script or style of their own: the one place where pygal is used."""

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, tostring

from infra.grafana.panel import Unit
from millrace.rendering.quantities import in_words
from millrace.rendering.web_page import visible

COLOURS = 8
# About the width in CSS pixels that a panel has: so its words are as large as those around it.
_WIDTH = 600
_WIDE = 1_240
_BARS = 460
_HEIGHT = 260
_BAR_HEIGHT = 20
_LABEL = 28
_TICK_EVERY = 110
_MOST_STEPS = 5
# Seconds between two ticks of an axis of durations, where these are longer than a second.
_DURATIONS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400,
    172_800, 432_000, 864_000,
)  # fmt: skip
_DROPPED_ELEMENTS = frozenset({"defs", "desc", "script", "style", "title"})
_DROPPED_ATTRIBUTES = frozenset({"id", "style"})
STYLE = """
.chart text { font-size: 12px; fill: var(--text); font-family: inherit; }
.chart .axis.y text { text-anchor: end; } .chart .axis.x text { text-anchor: middle; }
.chart .axis .line { stroke: var(--line); stroke-width: 1; }
.chart .axis .guide.line { stroke-dasharray: 3 3; opacity: .5; }
.chart .axis.x .guide.line { opacity: 0; } .chart .background { fill: none; }
.chart .nofill { fill: none; } .chart .line { stroke-width: 2; }
.chart .rect:hover, .chart .dot:hover { opacity: .7; }
"""


def over_time(
    title: str,
    points: Sequence[datetime],
    found: Mapping[str, Sequence[Any]],
    unit: Unit,
    *,
    stacked: bool,
    wide: bool = False,
) -> tuple[str, list[str]]:
    """Lines, or bars one upon the other where they add up: then the largest series first.

    Where there are more series than colours, the smallest are added up as "others".

    Returns:
        The chart, and the names of its series in the order of their colours.
    """
    pygal = _pygal()
    kept = _largest(found) if stacked or len(found) > COLOURS else found
    width = _WIDE if wide else _WIDTH
    at_once = zip(*kept.values(), strict=True) if stacked else ([one] for one in _all(kept))
    chart = (pygal.StackedBar if stacked else pygal.Line)(
        **_options(unit),
        width=width,
        height=_HEIGHT,
        y_labels=_ticks([sum(one or 0 for one in values) for values in at_once], unit),
        x_labels=[f"{point:{_form(points)}}" for point in points],
        x_labels_major_every=-(-len(points) * _TICK_EVERY // width),
        show_minor_x_labels=False,
        allow_interruptions=True,
        dots_size=2.5,
    )
    for name, values in kept.items():
        chart.add(_label(name), list(values))
    return _page_part(chart.render_tree(), title), [_label(name) for name in kept]


def bars(title: str, values: Sequence[tuple[str, Any]], unit: Unit) -> str:
    """A bar for each name, the first on top."""
    chart = _pygal().HorizontalBar(
        **_options(unit),
        margin_right=28,
        width=_BARS,
        height=50 + _BAR_HEIGHT * len(values),
        y_labels=_ticks([value for _, value in values], unit),
    )
    from_below = list(reversed(values))
    chart.x_labels = [_label(name) for name, _ in from_below]
    chart.add(title, [value for _, value in from_below])
    return _page_part(chart.render_tree(), title)


def _pygal() -> Any:
    """pygal, without the finder of its plug-ins: every later import would warn of that one."""
    import pygal

    fixers = [one for one in sys.meta_path if isinstance(one, pygal.PluginImportFixer)]
    for one in fixers:
        sys.meta_path.remove(one)
    return pygal


def _form(points: Sequence[datetime]) -> str:
    """How the times on the axis are written."""
    span = (points[-1] - points[0]).total_seconds()
    if span <= 86_400:
        return "%H:%M:%S" if span <= 600 else "%H:%M"
    return "%m-%d %H:%M" if span <= 7 * 86_400 else "%Y-%m-%d"


def _all(found: Mapping[str, Sequence[Any]]) -> Iterable[Any]:
    return (one for values in found.values() for one in values)


def _ticks(values: Sequence[Any], unit: Unit) -> list[float]:
    """From none to the highest value in a few steps of 1, 2 or 5; whole ones for whole values.

    Those of durations are steps of clocks and calendars.
    """
    known = [value for value in values if value is not None]
    highest = max(known, default=0) or 1
    size = 10.0 ** math.floor(math.log10(highest / _MOST_STEPS))
    steps = [one * size for one in (1, 2, 5, 10)]
    second = {"s": 1, "ms": 1_000}.get(unit, 0)
    if second and highest > second:
        steps = [one * second for one in _DURATIONS] + steps[-1:]
    step = next(one for one in steps if highest <= one * _MOST_STEPS)
    if all(isinstance(value, int) for value in known):
        step = max(1, round(step))
    return [round(step * number, 12) for number in range(math.ceil(highest / step) + 1)]


def _options(unit: Unit) -> dict[str, Any]:
    from pygal.style import Style

    # Sizes that room is left for: those of the style sheet above.
    sizes = Style(font_family="sans-serif", label_font_size=12, major_label_font_size=12)
    return {
        "style": sizes,
        "css": [],
        "js": [],
        "disable_xml_declaration": True,
        "no_prefix": True,
        "explicit_size": False,
        "include_x_axis": True,
        "show_legend": False,
        "margin": 8,
        "truncate_label": -1,
        "value_formatter": lambda value: in_words(value, unit),
    }


def _largest(found: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """As many series as there are colours, by their sums."""
    by_size = sorted(found, key=lambda name: (-sum(one or 0 for one in found[name]), name))
    if len(by_size) <= COLOURS:
        return {name: found[name] for name in by_size}
    kept, rest = by_size[: COLOURS - 1], by_size[COLOURS - 1 :]
    others = [
        None if all(one is None for one in values) else sum(one or 0 for one in values)
        for values in zip(*(found[name] for name in rest), strict=True)
    ]
    return {name: found[name] for name in kept} | {f"{len(rest)} others": others}


def _label(name: str) -> str:
    shown = visible(name).replace("\n", " ")
    return shown if len(shown) <= _LABEL else shown[: _LABEL - 1] + "…"


def _page_part(svg: Element, title: str) -> str:
    """The SVG within a page: named, values as tooltips, without what its policy refuses."""
    for element in list(svg.iter()):
        for child in list(element):
            # Comments have a function in place of a name.
            is_value = child.tag == "desc" and child.get("class") == "value"
            if is_value:
                child.tag = "title"
            elif not isinstance(child.tag, str) or child.tag in _DROPPED_ELEMENTS:
                element.remove(child)
        for name in _DROPPED_ATTRIBUTES & set(element.keys()):
            del element.attrib[name]
    svg.set("role", "img")
    svg.set("aria-label", visible(title))
    return tostring(svg, encoding="unicode")
