"""The page of mistakes as a browser shows it."""

from pathlib import Path

import pytest

from millrace.rendering.mistakes_page import page
from tests.chromium import Page
from tests.millrace.rendering.mistakes import document, scored
from tests.millrace.rendering.readable_page import LONG, ReadablePage, written

SHOWN = "[...document.querySelectorAll('li')].filter(one => one.checkVisibility())"


@pytest.fixture
def opened(shown: Page, tmp_path: Path) -> Page:
    text = f"{document().text} {LONG}"
    shown.open(written(page("made", "test", scored(document(text=text))), tmp_path))
    shown.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    return shown


class TestReadability(ReadablePage):
    """The page can be read, by day and by night, on any screen."""


def test_the_marks_look_different_without_colour(opened: Page) -> None:
    looks = opened.value(
        "['missed', 'wrong', 'both', 'right', 'of'].map(name => getComputedStyle(document"
        ".querySelector('mark.' + name))).map(one => one.borderBottomStyle + ' ' "
        "+ one.textDecorationLine)"
    )

    assert len(set(looks)) == 5


def test_a_box_hides_sentences_that_have_nothing_else(opened: Page) -> None:
    wrong_alone = f"{SHOWN}.filter(one => one.className === 'wrong').length"
    assert opened.value(wrong_alone) > 0
    before = opened.value(f"{SHOWN}.length")
    hidden = opened.value(wrong_alone)

    opened.value("document.querySelector('#show-wrong').click()")

    assert opened.value(f"{SHOWN}.length") == before - hidden
    opened.value("document.querySelector('#show-corpus-meantime').click()")
    assert opened.value(f"{SHOWN}.length") == 0
    assert opened.errors == []
