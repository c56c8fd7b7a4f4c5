"""What may be committed while records finish in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.inference.offsets import OffsetWindow


def test_nothing_begun_is_nothing_to_commit() -> None:
    assert OffsetWindow().to_commit() is None


def test_the_lowest_unfinished_offset_is_committed() -> None:
    window = OffsetWindow()
    for offset in (10, 11, 12):
        window.begin(offset)
    window.finish(11)
    assert window.to_commit() == 10
    window.finish(10)
    assert window.to_commit() == 12


def test_when_all_is_finished_the_next_offset_is_committed() -> None:
    window = OffsetWindow()
    window.begin(7)
    window.finish(7)
    assert window.to_commit() == 8


def test_what_is_committed_is_not_committed_again() -> None:
    window = OffsetWindow()
    window.begin(7)
    window.finish(7)
    window.committed(8)
    assert window.to_commit() is None


def test_what_lies_after_all_that_was_asked_costs_nothing_to_give_up() -> None:
    window = OffsetWindow()
    for offset in (10, 11, 12, 13):
        window.begin(offset)
    window.ask(11)
    # 10 was not asked, but as long as it is not finished 11 would be repeated.
    assert [one for one in (10, 11, 12, 13) if window.costs_nothing(one)] == [12, 13]
    window.finish(12)
    assert window.costs_nothing(13)
    assert not window.costs_nothing(12)


def test_records_wait_until_they_are_asked_or_finished() -> None:
    window = OffsetWindow()
    for offset in (10, 11, 12):
        window.begin(offset)
    assert window.waiting == 3
    window.ask(10)
    window.finish(12)  # refused without being asked
    assert window.waiting == 1
    window.finish(10)
    assert window.waiting == 1


def test_offsets_may_have_gaps() -> None:
    window = OffsetWindow()
    window.begin(3)
    window.begin(9)
    window.finish(3)
    assert window.to_commit() == 9


def test_the_span_is_what_would_repeat() -> None:
    window = OffsetWindow()
    for offset in range(5, 10):
        window.begin(offset)
    for offset in (6, 7, 8, 9):
        window.finish(offset)
    assert window.span == 5
    assert window.unfinished == 1
    window.finish(5)
    assert window.span == 0


def test_an_offset_cannot_begin_twice() -> None:
    window = OffsetWindow()
    window.begin(4)
    with pytest.raises(ValueError, match="offset 4 begun after 4"):
        window.begin(4)


@given(st.permutations(range(12)), st.integers(0, 12))
def test_nothing_unfinished_is_ever_committed(order: list[int], finished: int) -> None:
    window = OffsetWindow()
    for offset in range(12):
        window.begin(offset)
    for offset in order[:finished]:
        window.finish(offset)
    unfinished = sorted(set(range(12)) - set(order[:finished]))
    assert window.to_commit() == (unfinished[0] if unfinished else 12)
