"""The text of a document with what two runs see differently in it."""

from dataclasses import replace

from millrace.rendering.diff_text import Gap, marked
from processors.comparison.difference import Difference, difference
from processors.comparison.reading import Reading
from tests.millrace.rendering.run_comparisons import AFTER, BEFORE, BOUGHT, RAINED, ROSE, TEXT


def labels(text: str, found: Difference, around: int = 1_000) -> list[tuple[str, str, str]]:
    return [
        (part.text, part.mark.group, part.mark.label)
        for part in marked(text, found, around)
        if not isinstance(part, Gap) and part.mark is not None
    ]


def words(text: str, found: Difference, around: int = 1_000) -> str:
    return "".join(
        f"<{part.characters}>" if isinstance(part, Gap) else part.text
        for part in marked(text, found, around)
    )


def test_both_readings_are_marked_each_event_with_its_sign() -> None:
    assert labels(TEXT, difference(BEFORE, AFTER)) == [
        ("bought", "changed", "± purchase → merger"),
        ("resigned", "same", "= personnel"),
        ("rained", "removed", "− weather"),
        ("rose", "added", "+ prices"),
    ]


def test_an_event_that_moved_is_marked_in_both_places() -> None:
    moved = replace(BOUGHT, start=0)

    assert labels(TEXT, difference(Reading((BOUGHT,)), Reading((moved,)))) == [
        ("Acme bought", "changed", "± purchase"),
    ]


def test_events_that_overlap_share_a_mark_that_names_both() -> None:
    inside = replace(ROSE, start=7, end=20)
    found = Difference(added=(inside,), removed=(BOUGHT,))

    assert labels(TEXT, found) == [("bought Widget L", "changed", "− purchase, + prices")]


def test_the_text_is_there_to_the_last_character() -> None:
    assert words(TEXT, difference(BEFORE, AFTER)) == TEXT


def test_of_a_long_text_only_what_is_around_the_marks_is_shown() -> None:
    text = f"{'a' * 500}bought{'b' * 500}rained{'c' * 500}"
    found = Difference(
        added=(replace(BOUGHT, start=500, end=506),),
        removed=(replace(RAINED, start=1006, end=1012),),
    )

    assert words(text, found, around=10) == (
        f"<490>{'a' * 10}bought{'b' * 10}<480>{'b' * 10}rained{'c' * 10}<490>"
    )


def test_of_a_text_without_a_mark_the_beginning_is_shown() -> None:
    nowhere = Difference(added=(replace(BOUGHT, start=0, end=0),))

    assert words("a" * 500, nowhere, around=10) == f"{'a' * 20}<480>"


def test_events_beyond_the_text_are_not_marked() -> None:
    assert labels("short", Difference(added=(ROSE,))) == []
