"""Chinese and Japanese dates."""

import pytest

from tests.processors.documents import dated

PUBLISHED = "2024-05-08"  # a Wednesday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024年3月3日", "2024-03-03"),
        ("２０２４年３月３日", "2024-03-03"),
        ("二〇二四年三月十二日", "2024-03-12"),
        ("2024年3月", "2024-03"),
        ("2024年", "2024"),
        ("令和6年3月3日", "2024-03-03"),
        ("令和元年", "2019"),
        ("昭和六十四年一月七日", "1989-01-07"),
        ("3月3日", "2024-03-03"),
        ("昨天", "2024-05-07"),
        ("明日", "2024-05-09"),
        ("今天", "2024-05-08"),
        ("前天", "2024-05-06"),
        ("去年", "2023"),
        ("先週", "2024-W18"),
        ("下个月", "2024-06"),
        ("三天前", "2024-05-05"),
        ("10年后", "2034"),
        ("下周一", "2024-05-13"),
        ("星期二", "2024-05-07"),
        ("金曜日", "2024-05-03"),
    ],
)
def test_a_date_is_normalised(text: str, value: str) -> None:
    assert dated(f"，{text}，", PUBLISHED, "zh") == {text: value}


def test_the_next_day_counts_from_the_date_before_it() -> None:
    assert dated("令和6年3月3日に始まり、翌日に終わった。", PUBLISHED, "ja")["翌日"] == "2024-03-04"


@pytest.mark.parametrize("text", ["2024年13月40日", "一周有七天", "13月3日"])
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert "-" not in "".join(dated(text, PUBLISHED, "zh").values())
