"""The metrics of this process, made from the list in ``schemas/metrics.py``."""

from collections.abc import Callable
from typing import Any

import prometheus_client
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

from schemas.metrics import METRICS, Counter, Gauge, Histogram, Metric

# When a series began says nothing that a restart does not, and makes a scrape half as long again.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)


def _family(metric: Metric) -> Any:
    shared: dict[str, Any] = {"labelnames": metric.labels, "registry": REGISTRY}
    if isinstance(metric, Histogram):
        return prometheus_client.Histogram(
            metric.name, metric.meaning, buckets=metric.buckets, **shared
        )
    kind = prometheus_client.Counter if isinstance(metric, Counter) else prometheus_client.Gauge
    return kind(metric.name, metric.meaning, **shared)


_FAMILIES = {metric.name: _family(metric) for metric in METRICS}
# A series is looked up for every record: prometheus_client would check its labels each time.
_SERIES: dict[tuple[str, tuple[str, ...]], Any] = {}


def _series(metric: Metric, labels: tuple[str, ...]) -> Any:
    key = (metric.name, labels)
    found = _SERIES.get(key)
    if found is None:
        found = _SERIES[key] = _FAMILIES[metric.name].labels(*labels)
    return found


def count(metric: Counter, *labels: str, by: float = 1) -> None:
    """Add to a counter; its labels by position, in the order of the list."""
    _series(metric, labels).inc(by)


def observe(metric: Histogram, value: float, *labels: str) -> None:
    """Add a value to a distribution."""
    _series(metric, labels).observe(value)


def show(metric: Gauge, value: float, *labels: str) -> None:
    """Set what a gauge shows."""
    _series(metric, labels).set(value)


def show_always(metric: Gauge, read: Callable[[], float], *labels: str) -> None:
    """Have a gauge show what ``read`` gives whenever it is asked for, from another thread."""
    _series(metric, labels).set_function(read)


def value_of(name: str, **labels: str) -> float | None:
    """What a sample stands at in this process; None where it was never counted."""
    return REGISTRY.get_sample_value(name, labels)
