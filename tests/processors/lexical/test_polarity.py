import pytest

from tests.processors.lexical.reading import polarities


@pytest.mark.parametrize(
    "text",
    [
        "Acme bought Widget.",
        "Acme has bought Widget.",
        "Acme managed to buy Widget.",
        "Nobody knew. Acme bought Widget.",
        "Acme, which may close, bought Widget.",
        "It was not cheap, but Acme bought Widget.",
    ],
)
def test_what_is_told_as_a_fact_is_positive(text: str) -> None:
    assert polarities(text).split(":")[1] == "positive"


@pytest.mark.parametrize(
    "text",
    [
        "Acme did not buy Widget.",
        "Acme didn't buy Widget.",
        "Acme never bought Widget.",
        "Acme denied that it bought Widget.",
        "Acme denied buying Widget.",
        "Acme refused to buy Widget.",
        "Acme failed to buy Widget.",
        "Acme will not buy Widget.",
        "There was no purchase.",
        "Nobody bought Widget.",
        "Nothing was bought.",
    ],
)
def test_what_is_denied_is_negative(text: str) -> None:
    assert polarities(text).split(":")[1] == "negative"


@pytest.mark.parametrize(
    "text",
    [
        "Acme will buy Widget.",
        "Acme might buy Widget.",
        "Acme could soon buy Widget.",
        "Acme plans to buy Widget.",
        "Acme is expected to buy Widget.",
        "Widget wants to be bought.",
        "They asked whether Acme bought Widget.",
        "If Acme buys Widget, all is well.",
        "A possible purchase was discussed.",
        "They met to buy Widget.",
    ],
)
def test_what_is_meant_or_possible_is_possible(text: str) -> None:
    assert polarities(text).split(":")[1] == "possible"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公司没有收购任何企业。", "收购:negative"),
        ("公司计划收购一家企业。", "收购:possible"),
        ("公司收购了一家企业。", "收购:positive"),
    ],
)
def test_chinese_is_read_by_the_words_before(text: str, expected: str) -> None:
    assert polarities(text, language="zh") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("同社は買収しない。", "買収:negative"),
        ("同社は買収する方針だ。", "買収:possible"),
        ("同社は買収した。", "買収:positive"),
        ("津波の心配はない。", "津波:negative"),
    ],
)
def test_japanese_is_read_by_the_words_behind(text: str, expected: str) -> None:
    assert polarities(text, language="ja") == expected
