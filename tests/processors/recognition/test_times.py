"""Times of day, with the day that stands beside them."""

import pytest

from tests.processors.documents import dated


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 pm", "T15:00"),
        ("3 p.m.", "T15:00"),
        ("12 a.m.", "T00:00"),
        ("12:05 PM", "T12:05"),
        ("9:30am", "T09:30"),
        ("09:30", "T09:30"),
        ("23:59:07", "T23:59:07"),
        ("noon", "T12:00"),
        ("midnight", "T00:00"),
        ("5 o'clock", "T05:00"),
        ("3 pm EST", "T15:00-05:00"),
        ("09:30 GMT", "T09:30Z"),
        ("下午3点半", "T15:30"),
        ("午前9時30分", "T09:30"),
    ],
)
def test_a_time_alone_has_no_day(text: str, value: str) -> None:
    assert dated(f"They met at {text} again") == {text: value}


@pytest.mark.parametrize(
    "text",
    ["The score was 2:30.", "Ratio 10:15:20:30.", "John 3:16 says so.", "I am here.", "3时间"],
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert dated(text) == {}


def test_a_time_takes_the_day_beside_it() -> None:
    assert dated("On 3 March 2024 at 3:12 PM he left. At 09:30 on 4 March 2024 he came.") == {
        "3 March 2024": "2024-03-03",
        "3:12 PM": "2024-03-03T15:12",
        "09:30": "2024-03-04T09:30",
        "4 March 2024": "2024-03-04",
    }


def test_a_day_on_another_line_is_not_beside_it() -> None:
    assert dated("3 March 2024\nDoors open at 09:30.")["09:30"] == "T09:30"
