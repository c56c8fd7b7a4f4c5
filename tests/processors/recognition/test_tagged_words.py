"""Names of whole words from the labels of sub-tokens."""

import pytest

from processors.recognition.tagged_words import SubToken, labels_of, names_in, words_of

TEXT = "Ann Lee left Acme, Oslo."


def names(*labels: str) -> list[tuple[str, str]]:
    """The names where the words of the text have these labels."""
    words = words_of(TEXT, 0, len(TEXT))
    return [(TEXT[one.start : one.end], one.label) for one in names_in(words, labels)]


@pytest.mark.parametrize(
    "labels",
    [
        ("B-PER", "I-PER", "O", "B-ORG", "O", "B-LOC", "O"),
        ("I-PER", "I-PER", "O", "I-ORG", "O", "I-LOC", "O"),
        ("B-PER", "E-PER", "O", "S-ORG", "O", "S-LOC", "O"),
        ("B-PER", "L-PER", "O", "U-ORG", "O", "U-LOC", "O"),
        ("PER", "PER", "O", "ORG", "O", "LOC", "O"),
    ],
    ids=["IOB2", "IOB1", "BIOES", "BILOU", "IO"],
)
def test_every_way_to_mark_names_is_read(labels: tuple[str, ...]) -> None:
    assert names(*labels) == [("Ann Lee", "PER"), ("Acme", "ORG"), ("Oslo", "LOC")]


def test_names_beside_each_other_are_parted_by_their_first_word() -> None:
    assert names("B-PER", "B-PER", "O", "O", "O", "O", "O") == [("Ann", "PER"), ("Lee", "PER")]
    assert names("S-PER", "S-PER", "O", "O", "O", "O", "O") == [("Ann", "PER"), ("Lee", "PER")]


def test_another_kind_is_another_name() -> None:
    assert names("B-PER", "I-ORG", "O", "O", "O", "O", "I-LOC") == [
        ("Ann", "PER"),
        ("Lee", "ORG"),
        (".", "LOC"),
    ]


def test_a_word_has_the_label_of_its_first_sub_token() -> None:
    words = words_of("Zorblat left", 0, 12)
    piece = [SubToken(0, 3, "B-ORG"), SubToken(3, 7, "O"), SubToken(7, 12, "O")]

    assert labels_of(words, [piece]) == ["B-ORG", "O"]


def test_a_sub_token_may_hold_the_space_before_its_word() -> None:
    words = words_of("so Acme", 0, 7)

    assert labels_of(words, [[SubToken(0, 2, "O"), SubToken(2, 7, "B-ORG")]]) == ["O", "B-ORG"]


def test_a_word_that_the_tokenizer_left_out_is_no_name() -> None:
    words = words_of("so Acme", 0, 7)

    assert labels_of(words, [[SubToken(0, 2, "B-ORG")]]) == ["B-ORG", "O"]
    assert labels_of(words, []) == ["O", "O"]


def test_of_pieces_that_overlap_the_one_counts_that_saw_more() -> None:
    words = words_of("a b c d", 0, 7)
    first = [SubToken(0, 1, "A1"), SubToken(2, 3, "B1"), SubToken(4, 5, "C1")]
    second = [SubToken(2, 3, "B2"), SubToken(4, 5, "C2"), SubToken(6, 7, "D2")]

    assert labels_of(words, [first, second]) == ["A1", "B1", "C2", "D2"]


def test_scripts_without_spaces_are_read_by_the_character() -> None:
    text = "東京で Acme"

    assert [one.text for one in words_of(text, 0, len(text))] == ["東", "京", "で", "Acme"]
