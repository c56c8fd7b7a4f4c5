"""`docs/metrics.md` is made from the list of metrics: neither drifts from the other."""

from pathlib import Path

from schemas.metrics import METRICS, Histogram, page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


def test_the_page_is_as_the_list_writes_it() -> None:
    assert PAGE.read_text("utf-8") == page(PAGE.read_text("utf-8"))


def test_every_metric_is_a_row_of_it() -> None:
    text = PAGE.read_text("utf-8")
    assert [one.name for one in METRICS if f"| `{one.name}` |" not in text] == []


def test_names_follow_the_conventions() -> None:
    for metric in METRICS:
        counter = type(metric).__name__ == "Counter"
        assert metric.name.endswith("_total") == counter, metric.name
        if metric.unit == "seconds":
            assert metric.name.endswith("_seconds"), metric.name
        assert metric.meaning.endswith("."), metric.name


def test_buckets_grow() -> None:
    for metric in METRICS:
        if isinstance(metric, Histogram):
            assert list(metric.buckets) == sorted(set(metric.buckets)), metric.name
