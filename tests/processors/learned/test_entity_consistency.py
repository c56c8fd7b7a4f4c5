"""One name, one kind, in the whole of a document."""

import pytest

from processors.learned.crf import Tagged
from processors.learned.entity_consistency import Named, consistent, names_of
from processors.tokens import tokenize


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ("O O", []),
        ("S-person O", [Named(0, 1, "person")]),
        ("B-person E-person", [Named(0, 2, "person")]),
        ("B-person I-person E-person S-place", [Named(0, 3, "person"), Named(3, 4, "place")]),
        ("B-person B-person", [Named(0, 1, "person"), Named(1, 2, "person")]),
        ("B-person I-place", [Named(0, 1, "person"), Named(1, 2, "place")]),
        ("I-person E-person O", [Named(0, 2, "person")]),
        ("E-person E-person", [Named(0, 1, "person"), Named(1, 2, "person")]),
    ],
)
def test_labels_make_names_even_where_they_do_not_fit(labels: str, names: list[Named]) -> None:
    assert list(names_of([Tagged(label, 0.9) for label in labels.split()])) == names


def _consistent(*sentences: tuple[str, str, float]) -> list[list[Named]]:
    tokens = [tokenize(text) for text, _, _ in sentences]
    tagged = [
        [Tagged(label, probability) for label in labels.split()]
        for _, labels, probability in sentences
    ]
    return consistent(tokens, tagged)


def test_a_name_is_of_the_kind_that_its_mentions_make_likeliest() -> None:
    assert _consistent(
        ("Lohan left", "S-person O", 0.9),
        ("Lohan came", "S-organization O", 0.6),
    ) == [[Named(0, 1, "person")], [Named(0, 1, "person")]]


def test_a_name_is_found_where_the_model_was_not_sure() -> None:
    assert _consistent(
        ("Lohan left", "S-person O", 0.9),
        ("see Lohan", "O O", 0.7),
    ) == [[Named(0, 1, "person")], [Named(1, 2, "person")]]


def test_a_place_that_is_surely_none_is_left_alone() -> None:
    assert _consistent(
        ("May left", "S-person O", 0.9),
        ("in May", "O O", 0.99),
    ) == [[Named(0, 1, "person")], []]


def test_one_doubtful_mention_does_not_spread() -> None:
    assert _consistent(
        ("Lohan left", "S-person O", 0.6),
        ("see Lohan", "O O", 0.7),
    ) == [[Named(0, 1, "person")], []]


def test_a_full_name_speaks_for_its_last_word() -> None:
    assert _consistent(
        ("Lindsay Lohan left", "B-person E-person O", 0.9),
        ("Lindsay Lohan came", "B-person E-person O", 0.9),
        ("see Lohan", "O O", 0.7),
    )[2] == [Named(1, 2, "person")]


def test_a_word_in_lower_case_is_no_name_of_the_document() -> None:
    assert _consistent(
        ("apple left", "S-organization O", 0.9),
        ("an apple", "O O", 0.7),
    ) == [[Named(0, 1, "organization")], []]
