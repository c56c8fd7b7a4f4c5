"""Windows of sentences, and names that end with their sentence."""

from processors.recognition.found import Found
from processors.recognition.windows import Window, windows, within_sentences
from processors.sentences import split_sentences
from schemas.annotation import Span

TEXT = "Acme fell. Widget Ltd rose. It rained."
SENTENCES = tuple(Span(start=start, end=end) for start, end in ((0, 10), (11, 27), (28, 38)))


def test_a_window_has_as_many_sentences_as_fit() -> None:
    assert [(one.start, one.end) for one in windows(SENTENCES, 30)] == [(0, 27), (28, 38)]
    assert [one.sentences for one in windows(SENTENCES, 30)] == [SENTENCES[:2], SENTENCES[2:]]


def test_a_sentence_that_is_too_long_has_its_own() -> None:
    assert [(one.start, one.end) for one in windows(SENTENCES, 12)] == [(0, 10), (11, 27), (28, 38)]


def test_no_sentences_are_no_window() -> None:
    assert list(windows((), 30)) == []


def test_a_text_without_a_full_stop_is_read_in_bounded_windows() -> None:
    text = "Acme bought Widget and " * 2_000

    read = list(windows(split_sentences(text, "en"), 4_000))

    assert max(one.end - one.start for one in read) <= 4_000
    covered = "".join(text[one.start : one.end] for one in read)
    assert covered.replace(" ", "") == text.replace(" ", "")


def test_a_name_has_the_kind_of_its_label_and_says_that_a_model_found_it() -> None:
    window = Window(0, 27, SENTENCES[:2])

    found = within_sentences(TEXT, window, [(0, 4, "ORG"), (11, 21, "CORPORATION")])

    assert list(found) == [
        Found(0, 4, "organization", "", "model"),
        Found(11, 21, "organization", "", "model"),
    ]


def test_a_name_ends_with_its_sentence_and_has_no_space_at_its_ends() -> None:
    window = Window(0, 38, SENTENCES)

    found = within_sentences(TEXT, window, [(5, 21, "ORG"), (21, 27, "ORG"), (27, 30, "LOC")])

    assert [TEXT[one.start : one.end] for one in found] == ["fell.", "rose.", "It"]


def test_a_name_begins_behind_its_article() -> None:
    text = "He left the Bank of Florn for The Hague."
    window = Window(0, len(text), (Span(start=0, end=len(text)),))

    found = within_sentences(text, window, [(8, 25, "ORG"), (30, 39, "GPE")])

    assert [text[one.start : one.end] for one in found] == ["Bank of Florn", "The Hague"]


def test_what_rules_find_is_no_name() -> None:
    assert list(within_sentences(TEXT, Window(0, 10, SENTENCES[:1]), [(0, 4, "DATE")])) == []
