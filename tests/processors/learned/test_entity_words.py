"""What is known of words: clusters, and names that were seen."""

from processors.learned.entity_words import EntityWords, Seen, normal

WORDS = EntityWords(
    clusters={"london": [1, 7, 9]},
    names={"new york": {"place": 3}, "york": {"place": 1, "person": 2}, "acme": {"person": 1}},
    parts={"new": ["fplace"], "york": ["1person", "lplace"]},
)


def _seen(*words: str) -> list[Seen]:
    return list(WORDS.seen([normal(word) for word in words], [word[0].isupper() for word in words]))


def test_the_longest_name_at_a_place_is_seen() -> None:
    assert _seen("in", "New", "York", "again") == [Seen(1, 3, "place", is_sure=True)]


def test_a_name_of_two_kinds_is_the_one_that_it_was_most_often() -> None:
    assert _seen("York", "left") == [Seen(0, 1, "person", is_sure=False)]


def test_a_name_begins_with_a_capital() -> None:
    assert _seen("new", "york", "again") == []


def test_what_is_written_is_read() -> None:
    assert EntityWords.from_json(WORDS.to_json()) == WORDS


def test_numbers_are_counted_by_their_length() -> None:
    assert normal("Boeing-747") == "boeing-000"
