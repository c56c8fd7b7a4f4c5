"""What panels of Prometheus show at this moment, by what the processes tell."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from infra.grafana.panel import PromQl
from schemas.metrics import METRICS, Gauge
from streams.telemetry.reading import Reading
from streams.topology import topology

_GAUGES = {metric.name: metric for metric in METRICS if isinstance(metric, Gauge)}
_AGGREGATE = re.compile(r"(sum|max|min)(?: by \(([\w, ]*)\))? ?\((.*)\)", re.DOTALL)
_COMBINE: dict[str, Callable[[Iterable[float]], float]] = {
    "sum": math.fsum, "max": max, "min": min,
}  # fmt: skip
_LABEL = re.compile(r"\{\{(\w+)\}\}")
_STAGES = [stage.name for stage in topology(())]


def present_rows(query: PromQl, now: Reading) -> list[Mapping[str, Any]] | None:
    """A row for each series, stages in the order of flow; None as for ``present``."""
    found = present(query.expression, now)
    if found is None:
        return None
    named = [(_legend(query.legend, labels), value) for labels, value in found]
    head = _of(query.expression)
    if not query.legend:
        return [{head: value} for _, value in named]
    what = ", ".join(_LABEL.findall(query.legend))
    return [{what: name, head: value} for name, value in sorted(named, key=_in_flow)]


def _of(expression: str) -> str:
    """The metric in words, without the unit: values have theirs."""
    name = next(name for name in _GAUGES if re.search(rf"\b{name}\b", expression))
    return name.removeprefix("millrace_").removesuffix("_seconds").replace("_", " ")


def _in_flow(row: tuple[str, float]) -> tuple[int, str]:
    name, _ = row
    return _STAGES.index(name) if name in _STAGES else len(_STAGES), name


def _legend(legend: str, labels: Mapping[str, str]) -> str:
    return _LABEL.sub(lambda match: labels.get(match[1], ""), legend)


def present(expression: str, now: Reading) -> list[tuple[Mapping[str, str], float]] | None:
    """The value of an expression at this moment, by labels.

    None where it is more than sums, maxima and minima of gauges: rates and quantiles are of values
    over time, which a server of Prometheus keeps and the processes do not.
    """
    if expression in _GAUGES:
        return [(one.labels, one.value) for one in now.of(_GAUGES[expression])]
    match = _AGGREGATE.fullmatch(expression.strip())
    inner = present(match[3], now) if match else None
    if match is None or inner is None:
        return None
    combine = _COMBINE[match[1]]
    labels = [label.strip() for label in (match[2] or "").split(",") if label.strip()]
    groups: dict[tuple[str, ...], list[float]] = {}
    for known, value in inner:
        groups.setdefault(tuple(known.get(label, "") for label in labels), []).append(value)
    return [
        (dict(zip(labels, group, strict=True)), combine(values)) for group, values in groups.items()
    ]
