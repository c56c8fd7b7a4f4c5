"""The page of two runs compared as a browser shows it."""

from pathlib import Path

import pytest

from millrace.rendering.diff_page import page
from tests.chromium import Page
from tests.millrace.rendering.readable_page import LONG, ReadablePage, written
from tests.millrace.rendering.run_comparisons import TEXT, comparison, example
from tests.millrace.rendering.test_diff_page import hostile


@pytest.fixture
def opened(shown: Page, tmp_path: Path) -> Page:
    long = example(document_id="b", text=f"{TEXT} {LONG} {'word ' * 3_000}", status_b="validated")
    found = comparison(example(), long, only_b=1, only_in_b=(LONG,))
    shown.open(written(page(found), tmp_path))
    return shown


class TestReadability(ReadablePage):
    """The page can be read, by day and by night, on any screen."""


def test_the_four_kinds_of_marks_look_different_without_colour(opened: Page) -> None:
    looks = opened.value(
        "['added', 'removed', 'changed', 'same'].map(name => getComputedStyle(document"
        ".querySelector('.text mark.' + name))).map(one => one.borderTopStyle + ' ' "
        "+ one.borderBottomStyle + ' ' + one.textDecorationLine)"
    )

    assert looks == ["solid solid none", "none none line-through", "none double none",
                     "none dotted none"]  # fmt: skip


def test_nothing_of_a_document_runs(shown: Page, tmp_path: Path) -> None:
    shown.open(written(page(hostile()), tmp_path))

    assert shown.errors == []
    assert shown.value("document.scripts.length + document.images.length") == 0
