"""Values of times as corpora write them."""

import pytest

from eval.corpora.timex import day, timex_value


@pytest.mark.parametrize(
    "value",
    [
        "2009",
        "2009-12",
        "2009-12-07",
        "2009-W02",
        "2013-W37-WE",
        "2006-Q4",
        "2009-SU",
        "195X",
        "XXXX-09",
        "2009-12-07T11:00Z",
        "2009-12-07T11:00",
        "2005-11-27TXX:XX",
        "2013-05-02TMO",
        "P1Y",
        "P12D",
        "PT2H5M",
        "PXY",
        "PAST_REF",
    ],
)
def test_what_timex3_allows_is_kept(value: str) -> None:
    assert timex_value(value) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2009-12-7", "2009-12-07"),
        ("1979-2", "1979-02"),
        ("2009-W2", "2009-W02"),
        (" 2009 ", "2009"),
        ("PXTH", None),
        ("P", None),
        ("PRES_REF", None),
        ("1990's, 2000's", None),
        ("2009:09:09T10:10:10Z", None),
        ("-0044", None),
        ("", None),
        (None, None),
    ],
)
def test_slips_are_mended_or_left_out(written: str | None, value: str | None) -> None:
    assert timex_value(written) == value


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2009-12-7", "2009-12-07"),
        ("2009-12-07T11:00Z", "2009-12-07"),
        ("2009-12", None),
        ("2009-13-01", None),
        ("XXXX-09-01", None),
        (None, None),
    ],
)
def test_a_day_is_told_where_a_value_names_one(value: str | None, found: str | None) -> None:
    assert day(value) == found
