"""ISO 8601 values and the stretch of time that they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.dates import day_of, interval


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024-03-03", "2024-03-03T00:00:00", "2024-03-03T23:59:59"),
        ("2024-02", "2024-02-01T00:00:00", "2024-02-29T23:59:59"),
        ("2024-12", "2024-12-01T00:00:00", "2024-12-31T23:59:59"),
        ("2024", "2024-01-01T00:00:00", "2024-12-31T23:59:59"),
        ("2024-W10", "2024-03-04T00:00:00", "2024-03-10T23:59:59"),
        ("2024-Q3", "2024-07-01T00:00:00", "2024-09-30T23:59:59"),
        ("2024-Q4", "2024-10-01T00:00:00", "2024-12-31T23:59:59"),
        ("2024-03-03T15:00", "2024-03-03T15:00:00", "2024-03-03T15:00:59"),
        ("2024-03-03T15:00:07", "2024-03-03T15:00:07", "2024-03-03T15:00:07"),
        ("2024-03-03T15:00Z", "2024-03-03T15:00:00", "2024-03-03T15:00:59"),
        ("2024-03-03T23:30-05:00", "2024-03-04T04:30:00", "2024-03-04T04:30:59"),
        ("1990/1999", "1990-01-01T00:00:00", "1999-12-31T23:59:59"),
        ("2024-03-03/2024-03-05", "2024-03-03T00:00:00", "2024-03-05T23:59:59"),
        ("1900", "1900-01-01T00:00:00", "1900-12-31T23:59:59"),
        ("2299", "2299-01-01T00:00:00", "2299-12-31T23:59:59"),
    ],
)
def test_a_value_stands_from_its_first_to_its_last_second(
    value: str, first: str, last: str
) -> None:
    bounds = interval(value)
    assert bounds is not None
    assert [moment.isoformat() for moment in bounds] == [f"{first}+00:00", f"{last}+00:00"]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2024-13",
        "2024-02-30",
        "2024-W54",
        "2024-W00",
        "2024-Q5",
        "2024-03-03T25:00",
        "T15:00",
        "2024-03-05/2024-03-03",
        "2024/",
        "2024/2025/2026",
        "1899",
        "2300",
        "1805-10-21",
        "9999",
        "0000",
        "9999-12-31",
        "2299-12-31T23:30-05:00",
        "２０２４",
    ],
)
def test_what_names_no_time_of_our_centuries_has_no_interval(value: str) -> None:
    assert interval(value) is None


@given(st.text("0123456789-/TWQZ:+", max_size=24))
def test_any_text_has_an_ordered_interval_or_none(value: str) -> None:
    bounds = interval(value)
    assert bounds is None or bounds[0] <= bounds[1]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-03-03", "2024-03-03"),
        ("2024-03-03T15:00", "2024-03-03"),
        ("2024-03", None),
        ("2024-W10", None),
        ("2024-03-03/2024-03-05", None),
        ("", None),
    ],
)
def test_only_a_day_names_a_day(value: str, day: str | None) -> None:
    named = day_of(value)
    assert (named.isoformat() if named else None) == day
