"""Dates in English and in digits, absolute and counted from another."""

import pytest

from tests.processors.documents import dated

PUBLISHED = "2024-05-08"  # a Wednesday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 March 2024", "2024-03-03"),
        ("3rd of March, 2024", "2024-03-03"),
        ("March 3, 2024", "2024-03-03"),
        ("Mar. 3rd, 2024", "2024-03-03"),
        ("MARCH 3, 2024", "2024-03-03"),
        ("Sunday, March 3, 2024", "2024-03-03"),
        ("Sun, 3 Mar 2024", "2024-03-03"),
        ("3-Mar-2024", "2024-03-03"),
        ("3 march 2024", "2024-03-03"),
        ("2024-03-03", "2024-03-03"),
        ("2024/3/3", "2024-03-03"),
        ("3.4.2024", "2024-04-03"),
        ("03/04/2024", "2024-03-04"),
        ("25/12/2024", "2024-12-25"),
        ("12/25/24", "2024-12-25"),
        ("3/4/98", "1998-03-04"),
        ("March 2024", "2024-03"),
        ("Sept. 2024", "2024-09"),
        ("2024-W10", "2024-W10"),
        ("Q3 2024", "2024-Q3"),
        ("third quarter of 2024", "2024-Q3"),
        ("1990s", "1990/1999"),
        ("2010-2012", "2010/2012"),
        ("2010–12", "2010/2012"),
        ("3-5 March 2024", "2024-03-03/2024-03-05"),
        ("March 3 to 5, 2024", "2024-03-03/2024-03-05"),
        ("2024-03-03T09:30:00Z", "2024-03-03T09:30:00Z"),
        ("2024-03-03 09:30:15.250 +0100", "2024-03-03T09:30:15+01:00"),
        ("21 October 1805", "1805-10-21"),
    ],
)
def test_an_absolute_date_is_normalised(text: str, value: str) -> None:
    assert dated(f"They met ({text}) again.") == {text: value}


@pytest.mark.parametrize(
    ("text", "mention", "value"),
    [
        ("It closed in 2023.", "2023", "2023"),
        ("Since early 1999 it grew.", "1999", "1999"),
        ("It rose (2008).", "2008", "2008"),
        ("So they say (Smith, 2014).", "2014", "2014"),
        ("The year 1776 mattered.", "1776", "1776"),
    ],
)
def test_a_bare_year_needs_a_word_that_announces_it(text: str, mention: str, value: str) -> None:
    assert dated(text) == {mention: value}


@pytest.mark.parametrize(
    "text",
    [
        "They may march in the sun.",
        "Mark sat on the second bench.",
        "They sold 2000 shares and 1984 copies.",
        "It cost $1999 or 2,010 euros.",
        "It ended 3-2, then 10:15:20:30.",
        "See 1.2.2024.5 and /2024/03/03/ and 555-1234.",
        "The 31/31/2024 and 2024-13-45 never were.",
        "Theresa May spoke on Good Friday.",
        "She meets them every Tuesday.",
        "The year-end bonus and the day-to-day work.",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert dated(text, PUBLISHED) == {}


def test_an_ambiguous_date_is_read_day_first_outside_english() -> None:
    assert dated("le 03/04/2024", language="fr") == {"03/04/2024": "2024-04-03"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yesterday", "2024-05-07"),
        ("today", "2024-05-08"),
        ("tomorrow", "2024-05-09"),
        ("tonight", "2024-05-08"),
        ("last night", "2024-05-07"),
        ("this morning", "2024-05-08"),
        ("yesterday evening", "2024-05-07"),
        ("the day before yesterday", "2024-05-06"),
        ("the day after tomorrow", "2024-05-10"),
        ("two days ago", "2024-05-06"),
        ("a week ago", "2024-W18"),
        ("three months ago", "2024-02"),
        ("10 years ago", "2014"),
        ("two weeks from now", "2024-W21"),
        ("last week", "2024-W18"),
        ("this week", "2024-W19"),
        ("next month", "2024-06"),
        ("last year", "2023"),
        ("last quarter", "2024-Q1"),
        ("next weekend", "2024-05-18/2024-05-19"),
        ("last March", "2024-03"),
        ("last May", "2023-05"),
        ("next January", "2025-01"),
        ("next Tuesday", "2024-05-14"),
        ("last Wednesday", "2024-05-01"),
        ("this Friday", "2024-05-10"),
    ],
)
def test_a_relative_date_is_seen_from_publication(text: str, value: str) -> None:
    assert dated(f"They met {text}.", PUBLISHED) == {text: value}


@pytest.mark.parametrize(
    ("text", "mention", "value"),
    [
        ("It fell on Tuesday.", "Tuesday", "2024-05-07"),
        ("It fell on Wednesday.", "Wednesday", "2024-05-08"),
        ("It fell on Thursday night.", "Thursday night", "2024-05-02"),
        ("It must be done by Friday.", "Friday", "2024-05-10"),
        ("It fell on June 8.", "June 8", "2024-06-08"),
        ("It fell on December 30.", "December 30", "2023-12-30"),
        ("It fell in December.", "December", "2023-12"),
        ("It fell in May.", "May", "2024-05"),
    ],
)
def test_a_date_without_its_year_or_week_is_the_nearest(
    text: str, mention: str, value: str
) -> None:
    assert dated(text, PUBLISHED) == {mention: value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a day later", "2024-03-04"),
        ("two days earlier", "2024-03-01"),
        ("the next day", "2024-03-04"),
        ("the previous day", "2024-03-02"),
        ("the same day", "2024-03-03"),
        ("the following week", "2024-W10"),
        ("a month later", "2024-04"),
        ("three years later", "2027"),
        ("that year", "2024"),
    ],
)
def test_a_day_later_counts_from_the_date_before_it(text: str, value: str) -> None:
    found = dated(f"It opened on 3 March 2024 and {text} it closed.", PUBLISHED)
    assert found == {"3 March 2024": "2024-03-03", text: value}


def test_a_day_later_counts_from_publication_where_no_date_stands_before() -> None:
    assert dated("A day later he resigned.", PUBLISHED) == {"A day later": "2024-05-09"}


def test_a_day_later_than_a_year_is_unknown() -> None:
    found = dated("In 1999 it opened; a day later it closed; a year later it burnt.", PUBLISHED)
    assert found == {"1999": "1999", "a day later": "", "a year later": "2000"}


def test_a_month_later_than_a_month_is_known() -> None:
    found = dated("In March 2024 it opened and two months later it closed.")
    assert found["two months later"] == "2024-05"


def test_without_an_anchor_the_value_is_empty() -> None:
    assert dated("It closed yesterday, a day later than planned for Tuesday.") == {
        "yesterday": "",
        "a day later": "",
        "Tuesday": "",
    }


def test_a_date_line_is_an_anchor_where_the_publication_is_unknown() -> None:
    assert dated("May 3, 2013\nHe was arrested on Thursday.")["Thursday"] == "2013-05-02"


def test_a_vague_count_is_kept_without_a_value() -> None:
    assert dated("Several days later he left.", PUBLISHED) == {"Several days later": ""}


@pytest.mark.parametrize("published", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_do_no_harm(published: str) -> None:
    text = "Yesterday, tomorrow, 5000 years ago, next week, next Monday, last year, on June 8."
    assert "Yesterday" in dated(text, published)
