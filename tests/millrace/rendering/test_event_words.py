"""An event in words."""

from datetime import UTC, datetime

import pytest

from millrace.rendering.event_words import kind, takes_part, when
from tests.millrace.rendering.documents import document, event

END_OF_DAY = "23:59:59"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-03-03", f"2024-03-03T{END_OF_DAY}", "2024-03-03"),
        ("2024-03-03", f"2024-03-03T{END_OF_DAY}.999", "2024-03-03"),
        ("2024-02-01", f"2024-02-29T{END_OF_DAY}", "2024-02"),
        ("2023-01-01", f"2023-12-31T{END_OF_DAY}", "2023"),
        ("2020-01-01", f"2022-12-31T{END_OF_DAY}", "2020 – 2022"),
        ("2024-02-24", f"2024-02-25T{END_OF_DAY}", "2024-02-24 – 2024-02-25"),
        ("2024-01-01", f"2024-03-31T{END_OF_DAY}", "2024-01-01 – 2024-03-31"),
        ("2024-03-03T09:30:00", "2024-03-03T11:00:00", "2024-03-03 09:30 – 2024-03-03 11:00"),
        ("2024-03-03T09:30:00", "2024-03-03T09:30:00", "2024-03-03 09:30"),
    ],
)
def test_a_time_is_as_precise_as_it_is_known(start: str, end: str, expected: str) -> None:
    assert when(event("won", 0, time_start=at(start), time_end=at(end))) == expected


def test_a_time_without_end_is_its_begin() -> None:
    assert when(event("won", 0, time_start=at("2024-03-03"), time_end=None)) == "2024-03-03"


def test_a_time_that_no_calendar_has_is_as_it_was_written() -> None:
    found = event("won", 0, time_text="at midnight", time_start=None, time_end=None)

    assert when(found) == "at midnight"


def test_what_did_not_simply_happen_is_said_to_be_so() -> None:
    assert kind(event("won", 0)) == "purchase"
    assert kind(event("won", 0, polarity="negative")) == "purchase (negative)"


def test_participants_are_those_of_the_event() -> None:
    found = takes_part(document())

    assert found["bought"] == ["buyer: Acme", "object: Widget Ltd"]
    assert found["resigned"] == ["person: Its founder"]
    assert found["another"] == []
