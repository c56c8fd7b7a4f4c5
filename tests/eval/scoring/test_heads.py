import pytest

from eval.gold import Span
from eval.scoring.heads import last_word, phrase_head


@pytest.mark.parametrize(
    ("phrase", "head"),
    [
        ("the founder of Acme", "founder"),
        ("Widget Ltd, a maker of widgets", "Ltd"),
        ("workers who went home", "workers"),
        ("Jean-Claude O'Neill", "O'Neill"),
        ("in London", "London"),
        ("That", "That"),
        ("42 %", "42"),
    ],
)
def test_the_head_of_a_phrase_is_its_last_word_before_what_describes_it(
    phrase: str, head: str
) -> None:
    text = f"(( {phrase} ))"
    start, end = phrase_head(text, Span(3, 3 + len(phrase)))

    assert text[start:end] == head


def test_a_span_without_a_word_is_its_own_head() -> None:
    assert last_word("a -- b", Span(2, 4)) == Span(2, 4)
