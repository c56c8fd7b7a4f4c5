"""The page of mistakes as a browser shows it."""

from pathlib import Path

import pytest

from millrace.rendering.mistakes_page import page
from tests.chromium import Page
from tests.millrace.rendering.mistakes import document, scored
from tests.millrace.rendering.test_document_in_chromium import ENOUGH, LONG, Scheme, written

SHOWN = "[...document.querySelectorAll('li')].filter(one => one.checkVisibility())"


@pytest.fixture
def opened(shown: Page, tmp_path: Path) -> Page:
    text = f"{document().text} {LONG}"
    shown.open(written(page("made", "test", scored(document(text=text))), tmp_path))
    shown.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    return shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_has_contrast_enough(opened: Page, scheme: Scheme) -> None:
    opened.look(scheme)

    found = opened.contrasts()

    assert len(found) > 100
    assert [one for one in found if one[1] < ENOUGH] == []


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_window(opened: Page, width: int) -> None:
    opened.look(width=width)

    assert opened.overflows() <= 0


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
