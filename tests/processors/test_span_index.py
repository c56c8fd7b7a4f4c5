from hypothesis import given
from hypothesis import strategies as st

from processors.span_index import SpanIndex, overlap
from schemas.annotation import Span

spans = st.builds(
    lambda start, length: Span(start=start, end=start + length),
    st.integers(0, 60),
    st.integers(0, 12),
)


@given(st.lists(spans), st.integers(0, 60), st.integers(1, 12))
def test_it_finds_what_overlaps_as_a_full_scan_does(
    items: list[Span], start: int, length: int
) -> None:
    end = start + length
    expected = [item for item in items if item.start < end and item.end > start]
    found = list(SpanIndex(items).overlapping(start, end))
    assert sorted(found, key=repr) == sorted(expected, key=repr)


@given(st.lists(spans), st.integers(0, 60), st.integers(0, 12))
def test_it_finds_what_starts_inside_as_a_full_scan_does(
    items: list[Span], start: int, length: int
) -> None:
    expected = [item for item in items if start <= item.start < start + length]
    found = SpanIndex(items).starting_in(start, start + length)
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_items_come_in_the_order_of_the_text() -> None:
    index = SpanIndex([Span(start=5, end=9), Span(start=0, end=20), Span(start=7, end=8)])
    assert [item.start for item in index.overlapping(6, 10)] == [0, 5, 7]


def test_overlap_counts_shared_code_points() -> None:
    assert overlap(Span(start=0, end=5), Span(start=3, end=9)) == 2
    assert overlap(Span(start=0, end=3), Span(start=3, end=9)) == 0
