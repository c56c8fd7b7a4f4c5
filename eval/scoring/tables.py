"""Reports as rows of tables and as JSON."""

from dataclasses import asdict
from typing import Any

from eval.scoring.intervals import Estimate
from eval.scoring.report import Report

# The heads of columns of words; the others are numbers.
LEFT = ("corpus", "metric")
_UNKNOWN = "–"


def rows(reported: Report) -> list[dict[str, str]]:
    """A table's rows, cells by head; those of ``LEFT`` are words, the others numbers."""
    return [
        {
            "corpus": reported.corpus,
            "metric": one.metric.name,
            "documents": f"{one.score.documents:,}",
            "right": f"{one.score.counts.right:,}",
            "wrong": f"{one.score.counts.wrong:,}",
            "missed": _UNKNOWN if one.metric.is_rate else f"{one.score.counts.missed:,}",
            "P": in_percent(one.score.precision, with_interval=one.metric.is_rate),
            "R": _UNKNOWN if one.metric.is_rate else in_percent(one.score.recall),
            "F1": _UNKNOWN if one.metric.is_rate else in_percent(one.score.f1, with_interval=True),
        }
        for one in reported.measured
    ]


def in_percent(estimate: Estimate, with_interval: bool = False) -> str:
    """A share in percent, as in ``61.2 (58.0 to 64.1)``; a dash where it is not defined."""
    if estimate.value is None:
        return _UNKNOWN
    value = f"{estimate.value * 100:.1f}"
    if not with_interval or estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({estimate.low * 100:.1f} to {estimate.high * 100:.1f})"


def as_json(reported: Report) -> dict[str, Any]:
    """A report for scripts; shares are from 0 to 1, None where they are not defined."""
    return {
        "system": reported.system,
        "corpus": reported.corpus,
        "metrics": {
            one.metric.name: {
                "is_rate": one.metric.is_rate,
                **asdict(one.score),
                "counts": one.score.counts._asdict(),
                "kinds": {kind: counts._asdict() for kind, counts in one.kinds.items()},
            }
            for one in reported.measured
        },
        "speed": asdict(reported.speed),
        "calibration": {name: asdict(one) for name, one in reported.calibration.items()},
    }
