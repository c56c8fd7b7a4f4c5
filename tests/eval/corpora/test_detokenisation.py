"""Text made of tokens reads as text, and every token is where it is said to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.corpora.detokenisation import documents_text, joined


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("Acme , Inc. , fell .", "Acme, Inc., fell."),
        ("He did n't see Ole 's mill .", "He didn't see Ole's mill."),
        ("Widget ( BIRT ) rose", "Widget (BIRT) rose"),
        ('the " old " mill', 'the "old" mill'),
        ("called ' Fly ' then", "called 'Fly' then"),
        ("the lenders ' mill", "the lenders' mill"),
        ('( the " Act " )', '(the "Act")'),
        ('INC . (" Acme "), whose', 'INC. ("Acme"), whose'),
        ("Ca n ' t , It ' s", "Can't, It's"),
        ("so good :) <3", "so good :) <3"),
        ("$ 5 and 7 %", "$5 and 7%"),
        ("rock / garage - 1", "rock / garage - 1"),
    ],
)
def test_signs_stand_where_they_stand_in_text(tokens: str, text: str) -> None:
    assert joined(tokens.split())[0] == text


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("re - borrowed and / or", "re-borrowed and/or"),
        ("its $ 43 , 160 , 000 bonds", "its $43,160,000 bonds"),
        ("March 31 , 2007", "March 31, 2007"),
        ("2 . 1 . 1 Terms . Acme", "2.1.1 Terms. Acme"),
    ],
)
def test_what_was_split_everywhere_is_joined(tokens: str, text: str) -> None:
    assert joined(tokens.split(), is_split_everywhere=True)[0] == text


@given(
    st.lists(
        st.text(st.sampled_from("ab1.,'’\"()-/$:n#"), min_size=1, max_size=4),
        min_size=1,
        max_size=9,
    ),
    st.booleans(),
)
def test_every_token_is_quoted_by_its_span(tokens: list[str], is_split_everywhere: bool) -> None:
    text, places = joined(tokens, is_split_everywhere)
    assert [text[span.start : span.end] for span in places] == tokens
    assert text == text.strip()
    assert "  " not in text


def test_a_sentence_without_an_end_is_followed_by_a_new_line() -> None:
    sentences = [joined(words.split()) for words in ("A title", "It fell .", "It rose .")]
    text, borders, places = documents_text(sentences)
    assert text == "A title\nIt fell. It rose."
    assert [text[one.start : one.end] for one in borders] == ["A title", "It fell.", "It rose."]
    assert text[places[2][1].start : places[2][1].end] == "rose"
