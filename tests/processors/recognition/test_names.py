"""Names of people, organizations and places: only with evidence."""

import pytest

from tests.processors.documents import named


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("He works for Widget Ltd now.", "Widget Ltd", "organization"),
        ("He works for Acme, Inc. now.", "Acme, Inc.", "organization"),
        ("He works for Siemens AG now.", "Siemens AG", "organization"),
        ("He left Johnson & Johnson then.", "Johnson & Johnson", "organization"),
        ("He left AT&T then.", "AT&T", "organization"),
        ("It was the Bank of England again.", "Bank of England", "organization"),
        (
            "He left the Ministry of Foreign Affairs and Trade.",
            "Ministry of Foreign Affairs and Trade",
            "organization",
        ),
        ("The Harvard University board met.", "Harvard University", "organization"),
        ("He joined NATO then.", "NATO", "organization"),
        ("The EADS contract was lost.", "EADS", "organization"),
        ("Acme bought it.", "Acme", "organization"),
        ("It was Mr. Smith again.", "Smith", "person"),
        ("It was President George W. Bush again.", "George W. Bush", "person"),
        ("It was Prime Minister Gordon Brown again.", "Gordon Brown", "person"),
        ("They heard Ludwig van Beethoven then.", "Ludwig van Beethoven", "person"),
        ("Theresa May left.", "Theresa May", "person"),
        ("They saw J. K. Rowling there.", "J. K. Rowling", "person"),
        ("It happened in New York again.", "New York", "place"),
        ("It happened in St. Louis again.", "St. Louis", "place"),
        ("It happened in the U.S. again.", "U.S.", "place"),
        ("They crossed Lake Victoria then.", "Lake Victoria", "place"),
        ("They saw the Hudson River then.", "Hudson River", "place"),
        ("They live near Poolesville now.", "Poolesville", "place"),
    ],
)
def test_a_name_is_told_by_its_words_or_the_words_beside_it(
    text: str, name: str, kind: str
) -> None:
    assert named(text) == [(name, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "Its founder resigned.",
        "Yesterday was the day. However, nothing came of it.",
        "The Internet and Christmas are for Americans.",
        "I told him so. OK?",
        "Please Note That This Is Not Here Today",
        "Thanks, and regards.",
        "FYI: PLEASE READ THIS NOW",
    ],
)
def test_capitals_alone_are_no_name(text: str) -> None:
    assert named(text) == []


def test_an_office_parts_a_company_from_a_person() -> None:
    assert named("They met Northrop Grumman CEO Ron Sugar there.") == [
        ("Northrop Grumman", "organization"),
        ("Ron Sugar", "person"),
    ]


def test_a_possessive_is_no_part_of_a_name() -> None:
    assert named("They saw Boeing's plane.") == [("Boeing", "organization")]


def test_a_name_that_the_text_has_in_full_is_known_at_a_sentences_start() -> None:
    assert named("They saw Lindsay Lohan there. Lohan left.") == [
        ("Lindsay Lohan", "person"),
        ("Lohan", "person"),
    ]


def test_outside_english_only_sure_names_are_taken() -> None:
    text = "Der Vorstand der Siemens AG hat den Kauf in Berlin mit Großem Erfolg beendet."
    assert named(text, "de") == [("Siemens AG", "organization"), ("Berlin", "place")]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("東京で会った。", "東京", "place"),
        ("他在北京大学工作。", "北京大学", "organization"),
        ("ソニー株式会社は買った。", "ソニー株式会社", "organization"),
        ("これは田中さんの本です。", "田中", "person"),
        ("他去了联合国。", "联合国", "organization"),
    ],
)
def test_chinese_and_japanese_names_are_marked(text: str, name: str, kind: str) -> None:
    assert named(text, "ja") == [(name, kind)]
