"""Numbers, percentages and money, as plain decimals."""

import pytest

from tests.processors.documents import found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("1,200", "1200"),
        ("3.50", "3.5"),
        ("-5", "-5"),
        ("3.5 million", "3500000"),
        ("twelve", "12"),
        ("twenty-one", "21"),
        ("two hundred and five", "205"),
        ("three million two hundred thousand", "3200000"),
        ("a dozen", "12"),
        ("half a million", "500000"),
        ("300万", "3000000"),
    ],
)
def test_a_number_is_a_plain_decimal(text: str, value: str) -> None:
    assert found(f"They saw {text} ships", "number") == [(text, value)]


@pytest.mark.parametrize(
    "text",
    [
        "The 747-400 and the A380 flew.",
        "Version 1.2.3 on 10.0.0.1 fails.",
        "One does not.",
        "Hundreds came.",
        "Serial 12345678901234567890.",
        "Call 555-1234.",
        "The path is /7/8.",
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert found(text, "number") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5%", "12.5%"),
        ("３％", "3%"),
        ("3 percent", "3%"),
        ("five per cent", "5%"),
        ("-2 percentage points", "-2%"),
    ],
)
def test_a_percentage_keeps_its_sign(text: str, value: str) -> None:
    assert found(f"It rose {text}, they say", "percent", "number") == [(text, value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$40 billion", "40000000000 USD"),
        ("US$ 40 billion", "40000000000 USD"),
        ("$1.5bn", "1500000000 USD"),
        ("€5m", "5000000 EUR"),
        ("£20k", "20000 GBP"),
        ("¥300", "300 JPY"),
        ("HK$12", "12 HKD"),
        ("EUR 5", "5 EUR"),
        ("300 USD", "300 USD"),
        ("5 million dollars", "5000000 USD"),
        ("five euros", "5 EUR"),
        ("50 cents", "0.5 USD"),
        ("5 €", "5 EUR"),
        ("300万円", "3000000 JPY"),
        ("12亿元", "1200000000 CNY"),
        ("100美元", "100 USD"),
    ],
)
def test_money_is_a_decimal_with_its_currency(text: str, value: str) -> None:
    assert found(f"They paid {text} for it", "money", "number") == [(text, value)]


def test_pounds_may_be_a_weight() -> None:
    assert found("It weighs 5 pounds", "money") == []


def test_amounts_in_one_sentence_are_kept_apart() -> None:
    assert found("Of $3.5 million, 12% went to 1,200 men.", "money", "percent", "number") == [
        ("$3.5 million", "3500000 USD"),
        ("12%", "12%"),
        ("1,200", "1200"),
    ]
