"""The alert rules and their cases, as data."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from schemas.metrics import METRICS, Histogram, Metric

ROOT = Path(__file__).resolve().parents[3]
RULES = ROOT / "infra/prometheus/alerts.yml"
CASES = sorted((Path(__file__).parent / "rules").glob("*.yml"))
RUNBOOK = ROOT / "docs/operations.md"

# A metric with the matchers of its labels, where it has any.
_SELECTOR = re.compile(r"\b((?:millrace|gen_ai)_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!=|!~|=)")
_GROUPING = re.compile(r"\b(?:by|on) \(([^)]*)\)")


def alerts() -> dict[str, dict[str, Any]]:
    """All alert rules by name."""
    groups = YAML(typ="safe").load(RULES)["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def cases() -> Iterator[dict[str, Any]]:
    """All cases of `promtool test rules`."""
    for path in CASES:
        yield from YAML(typ="safe").load(path)["tests"]


def selectors(expression: str) -> list[tuple[str, set[str]]]:
    """Each metric of an expression with the labels that it is selected by."""
    return [
        (name, set(_MATCHER.findall(matchers))) for name, matchers in _SELECTOR.findall(expression)
    ]


def grouped_by(expression: str) -> set[str]:
    """The labels that an expression groups or joins by."""
    lists = _GROUPING.findall(expression)
    return {label.strip() for one in lists for label in one.split(",") if label.strip()}


def exposed() -> dict[str, Metric]:
    """Every name on `/metrics`, with the metric that it belongs to."""
    found: dict[str, Metric] = {}
    for metric in METRICS:
        if isinstance(metric, Histogram):
            found |= {f"{metric.name}_{part}": metric for part in ("bucket", "sum", "count")}
        else:
            found[metric.name] = metric
    return found
