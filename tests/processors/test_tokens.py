"""Tokens: words, numbers and signs, with the exact characters they cover."""

import pytest
from hypothesis import given

from processors.tokens import tokenize
from tests.processors.texts import TEXTS


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Acme bought it.", ["Acme", "bought", "it", "."]),
        ("don't stop", ["don't", "stop"]),
        ("Acme's well-known plan", ["Acme", "'s", "well-known", "plan"]),
        ("the workers’ vote", ["the", "workers", "’", "vote"]),
        ("1,200 men, 3.5%", ["1,200", "men", ",", "3.5", "%"]),
        ("on 2024-03-03 at 09:30", ["on", "2024-03-03", "at", "09:30"]),
        ("the U.S. and AT&T", ["the", "U.S.", "and", "AT&T"]),
        ("(yes)", ["(", "yes", ")"]),
        ("東京で会った", ["東京", "で", "会", "った"]),
        ("ソニーの社長", ["ソニー", "の", "社長"]),
        ("cafe\u0301 au lait", ["cafe\u0301", "au", "lait"]),
        ("snake_case", ["snake", "_", "case"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_a_text_becomes_tokens(text: str, tokens: list[str]) -> None:
    assert [token.text for token in tokenize(text)] == tokens


def test_offsets_count_in_the_whole_text() -> None:
    assert tokenize("Acme bought it.", 5, 11) == [("bought", 5, 11)]


@given(TEXTS)
def test_tokens_cover_all_but_white_space_in_order(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert text[token.start : token.end] == token.text
        assert text[end : token.start].strip() == ""
        end = token.end
    assert text[end:].strip() == ""
