"""Expressions of Prometheus over the metrics of ``schemas/metrics.py``."""

from schemas.metrics import Counter, Histogram

# Grafana's own: long enough for four scrapes.
_WINDOW = "[$__rate_interval]"


def rate(metric: Counter, *by: str, where: str = "") -> str:
    """How much a counter grows a second, summed by labels; ``where``: ``label="value"``."""
    return f"sum by ({', '.join(by)}) (rate({metric.name}{_braced(where)}{_WINDOW}))"


def observations(metric: Histogram, *by: str) -> str:
    """How many values a histogram gets a second."""
    return f"sum by ({', '.join(by)}) (rate({metric.name}_count{_WINDOW}))"


def quantile(share: float, metric: Histogram, *by: str) -> str:
    """The value that a share (0–1) of a histogram's values are below, by labels."""
    labels = ", ".join(("le", *by))
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric.name}_bucket{_WINDOW})))"


def share(part: str, whole: str) -> str:
    """One rate of another, 0 where the part has no series yet; nothing while the whole rests."""
    return f"({part} or 0 * ({whole})) / ({whole} > 0)"


def _braced(where: str) -> str:
    return f"{{{where}}}" if where else ""
