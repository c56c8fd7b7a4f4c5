"""A text cut where marks begin and end."""

import time

import pytest

from millrace.rendering.segments import Mark, Segment, marks, segments
from tests.millrace.rendering.documents import TEXT, document


def mark(start: int, end: int, label: str = "x") -> Mark:
    return Mark(start, end, label, "id", "event")


def cut(text: str, *wanted: Mark) -> list[str]:
    return [f"[{one.text}]" if one.mark else one.text for one in segments(text, wanted)]


def test_marks_stand_where_they_begin_and_end() -> None:
    assert cut("Acme bought it", mark(5, 11), mark(0, 4)) == ["[Acme]", " ", "[bought]", " it"]


def test_a_segment_carries_its_mark() -> None:
    wanted = mark(0, 4)

    assert segments("Acme bought", [wanted]) == [Segment("Acme", wanted), Segment(" bought")]


def test_the_segments_are_the_whole_text() -> None:
    wanted = marks(document())

    assert "".join(one.text for one in segments(TEXT, wanted)) == TEXT


def test_marks_may_touch() -> None:
    assert cut("abcd", mark(0, 2), mark(2, 4)) == ["[ab]", "[cd]"]


@pytest.mark.parametrize("other", [(0, 10), (2, 4), (0, 3), (4, 9), (2, 5), (3, 4)], ids=str)
def test_of_marks_that_overlap_the_earlier_wanted_stays(other: tuple[int, int]) -> None:
    kept = mark(2, 5)

    found = segments("0123456789", [kept, mark(*other)])

    assert [one.mark for one in found if one.mark] == [kept]


@pytest.mark.parametrize("span", [(3, 3), (4, 2), (8, 11), (11, 12), (-2, 3)], ids=str)
def test_a_mark_that_is_no_stretch_of_the_text_is_passed_over(span: tuple[int, int]) -> None:
    assert cut("0123456789", mark(*span)) == ["0123456789"]


def test_offsets_are_code_points() -> None:
    assert cut("🎉 東京 e\u0301", mark(2, 4)) == ["🎉 ", "[東京]", " e\u0301"]


def test_an_empty_text_has_no_segments() -> None:
    assert segments("", [mark(0, 1)]) == []


def test_triggers_come_before_arguments_evidence_and_entities() -> None:
    groups = [one.group for one in marks(document())]

    assert groups == ["event"] * 2 + ["argument"] * 3 + ["relationship"]


def test_every_mention_of_an_event_is_marked() -> None:
    events = [{**document()["events"][0], "mentions": [(5, 11), (36, 44)]}]

    found = marks(document(events=events, arguments=[], relationships=[]))

    assert [(one.start, one.end, one.label) for one in found] == [
        (5, 11, "purchase"),
        (36, 44, "purchase"),
    ]


@pytest.mark.parametrize("length", [50, 1_000_000], ids=["short marks", "long marks"])
def test_ten_thousand_marks_in_a_mebibyte_take_no_second(length: int) -> None:
    text = "x" * 1024 * 1024
    wanted = [mark(start * 100, min(start * 100 + length, len(text))) for start in range(10_000)]

    began = time.process_time()
    found = segments(text, wanted)
    spent = time.process_time() - began

    assert len(found) == (20_000 if length == 50 else 2)
    assert spent < 1.0
