"""E-mail, web and street addresses."""

import pytest

from tests.processors.documents import found


def test_an_email_address_is_lower_case() -> None:
    assert found("Write to Bob.Smith@Example.COM.", "email") == [
        ("Bob.Smith@Example.COM", "bob.smith@example.com")
    ]


@pytest.mark.parametrize(
    ("text", "mention", "value"),
    [
        ("See https://Example.com/Path?q=1.", "https://Example.com/Path?q=1", "https://example.com/Path?q=1"),
        ("See www.example.org, please.", "www.example.org", "http://www.example.org"),
        ("(example.com/a)", "example.com/a", "http://example.com/a"),
        ("见https://example.com/a。", "https://example.com/a", "https://example.com/a"),
    ],
)  # fmt: skip
def test_a_web_address_keeps_the_case_of_its_path(text: str, mention: str, value: str) -> None:
    assert found(text, "url") == [(mention, value)]


@pytest.mark.parametrize("text", ["It ended.It was late.", "file.txt and e.g.this", "a@b", "://"])
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert found(text, "url", "email") == []


@pytest.mark.parametrize(
    "text", ["10 Downing Street", "221B Baker Street", "1600 Pennsylvania Avenue", "5 W. 42nd St"]
)
def test_a_street_address_is_found(text: str) -> None:
    assert found(f"They met at {text} again", "address", "number", "place") == [
        (text, text.lower())
    ]


def test_a_street_without_a_number_is_no_address() -> None:
    assert found("They met in Baker Street", "address") == []
