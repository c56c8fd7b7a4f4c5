"""Sentences: exact spans, whatever the text; lines part it where they mean to."""

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given

from processors.sentences import MAX_SENTENCE_CHARACTERS, split_sentences
from tests.processors.texts import TEXTS


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One came. Two left!", ["One came.", "Two left!"]),
        (
            "Mr. Smith paid $5.5 million to Acme Inc. on Jan. 5. He left.",
            ["Mr. Smith paid $5.5 million to Acme Inc. on Jan. 5.", "He left."],
        ),
        ('"What?" he asked. She left.', ['"What?" he asked.', "She left."]),
        ("The U.S. Senate voted.", ["The U.S. Senate voted."]),
    ],
)
def test_english_sentences_end_at_full_stops_but_not_at_abbreviations(
    text: str, expected: list[str]
) -> None:
    assert sentences(text) == expected


def test_chinese_and_japanese_sentences_end_at_their_signs() -> None:
    assert sentences("今日は晴れです。明日は雨？終わり！", "ja") == [
        "今日は晴れです。",
        "明日は雨？",
        "終わり！",
    ]
    assert sentences("他走了。真的？", "zh") == ["他走了。", "真的？"]


def test_headlines_and_date_lines_are_sentences_of_their_own() -> None:
    text = (
        "Northrop Grumman defeats Boeing\nMarch 01, 2008\n"
        "Northrop Grumman has unexpectedly defeated Boeing for a contract worth forty billion "
        "dollars, the air force said in a statement that surprised investors.\nIt is the biggest."
    )
    assert sentences(text)[:2] == ["Northrop Grumman defeats Boeing", "March 01, 2008"]
    assert sentences(text)[3] == "It is the biggest."


def test_wrapped_lines_of_a_paragraph_belong_together() -> None:
    text = (
        "Please find attached the report that we discussed on the phone last week. The\n"
        "Finance Department has approved it, and we would like you to read it before the\n"
        "meeting on Thursday."
    )
    assert sentences(text) == [
        "Please find attached the report that we discussed on the phone last week.",
        text[74:],
    ]


def test_mail_headers_greetings_and_lists_are_parted() -> None:
    text = "From: Ann\nTo: Bob\n\nHi Bob,\n\nTo do:\n- call Carol\n- write\n\nThanks,\nAnn"
    assert sentences(text) == [
        "From: Ann",
        "To: Bob",
        "Hi Bob,",
        "To do:",
        "- call Carol",
        "- write",
        "Thanks,",
        "Ann",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_blank_line_parts_whatever_the_line_ends_are(newline: str) -> None:
    assert sentences(f"first{newline}{newline}second") == ["first", "second"]
    assert sentences(f"first{newline} \t{newline}second") == ["first", "second"]


def test_spans_are_trimmed() -> None:
    assert [(s.start, s.end) for s in split_sentences("  One.   Two.  ", "en")] == [(2, 6), (9, 13)]


@pytest.mark.parametrize("text", ["", " ", "\r\n\t\u3000"])
def test_a_text_without_content_has_no_sentence(text: str) -> None:
    assert split_sentences(text, "en") == ()


def test_a_long_sentence_is_cut_at_white_space() -> None:
    parts = sentences("word " * 2_000)
    assert len(parts) > 4
    assert all(part.endswith("word") and part.startswith("word") for part in parts)


def test_a_cut_without_white_space_parts_no_character() -> None:
    parts = sentences("e\u0301" * 3_000)
    assert all(part[0] == "e" for part in parts)


@given(TEXTS)
def test_sentences_cover_the_text_in_order(text: str) -> None:
    for language in ("en", "zh", "xx"):
        spans = split_sentences(text, language)
        end = 0
        for span in spans:
            assert text[end : span.start].strip() == ""
            sentence = text[span.start : span.end]
            assert sentence == sentence.strip() != ""
            assert len(sentence) <= MAX_SENTENCE_CHARACTERS
            end = span.end
        assert text[end:].strip() == ""
        assert all(first.end <= second.start for first, second in pairwise(spans))


@pytest.mark.parametrize(
    "text",
    ["你好。" * 20_000, "“Hi there. " * 10_000, "a\n" * 50_000, "a" * 300_000, "> " * 50_000],
    ids=["cjk", "open quotes", "lines", "one word", "quote marks"],
)
def test_time_grows_with_the_length_alone(text: str) -> None:
    started = process_time()
    split_sentences(text, "zh")
    # The library alone takes seconds for the first two, quadratically.
    assert process_time() - started < 2
