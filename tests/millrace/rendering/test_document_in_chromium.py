"""The page of a document as a browser shows it."""

from pathlib import Path
from typing import Any

import pytest

from millrace.rendering.html_document import page
from tests.chromium import Page
from tests.millrace.rendering.documents import TEXT, argument, call, document, event
from tests.millrace.rendering.readable_page import LONG, ReadablePage, written
from tests.millrace.rendering.test_html_document import hostile_document

FINDING = {"severity": "error", "rule": "a_rule", "message": "A message."}
FOCUSED = """(one => one.className + ' ' + one.textContent)(document.activeElement)"""


def full() -> dict[str, Any]:
    """A document with all that a page can show."""
    entity = {
        "kind": "organization", "mention_id": "x", "text": "founder", "span_start": 45,
        "span_end": 50,
    }  # fmt: skip
    findings = [FINDING, {**FINDING, "severity": "warning"}, {**FINDING, "severity": "info"}]
    return document(
        text=f"{TEXT}\x1b {LONG}", findings=findings, entities=[entity],
        events=[*document()["events"], event(LONG, len(TEXT) + 2, parent_event_id="bought")],
    )  # fmt: skip


@pytest.fixture
def opened(shown: Page, tmp_path: Path) -> Page:
    shown.open(written(page(full(), [call(), call(from_cache=True)]), tmp_path))
    return shown


class TestReadability(ReadablePage):
    """The page can be read, by day and by night, on any screen."""


def test_dark_is_dark(opened: Page) -> None:
    opened.look("light")
    light = opened.value("getComputedStyle(document.body).backgroundColor")
    opened.look("dark")

    assert light == "rgb(255, 255, 255)"
    assert opened.value("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"


def test_a_keyboard_comes_first_to_the_skip_links_then_through_events_in_order(
    opened: Page,
) -> None:
    found = []
    for _ in range(9):
        opened.press("Tab")
        found.append(opened.value(FOCUSED).strip()[:20])

    assert found[:5] == [
        "skip Skip to the tex", "skip Skip to the eve", "skip Skip to the cal",
        "event bought", "event resigned",
    ]  # fmt: skip
    assert found[5].startswith("event An uninterr")
    assert found[6:] == ["bought", "Acme", "Widget Ltd"]  # the first entry's links


def test_a_skip_link_and_the_focus_are_visible(opened: Page) -> None:
    opened.press("Tab")

    top = "document.activeElement.getBoundingClientRect().top"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert opened.value(top) >= 0
    assert opened.value(outline) == "solid"


def test_enter_on_an_event_leads_to_its_entry_and_on_its_trigger_back(opened: Page) -> None:
    for _ in range(4):
        opened.press("Tab")
    opened.press("Enter")
    entry = opened.value("document.querySelector(':target').textContent")

    opened.press("Tab")
    opened.press("Enter")

    assert entry.startswith("purchase: bought")
    assert opened.value("document.querySelector(':target').textContent") == "bought"


def test_the_console_stays_silent(opened: Page) -> None:
    assert opened.errors == []


def test_a_hostile_document_runs_nothing_and_keeps_its_place(shown: Page, tmp_path: Path) -> None:
    hostile = hostile_document()
    hostile["text"] += "</script><script>document.title = 'taken'</script>\0\x1b\u202e"
    shown.open(written(page(hostile, [call(model="</script><script>1</script>")]), tmp_path))

    assert shown.errors == []
    assert shown.value("document.title").startswith('"><script>alert')
    assert shown.value("document.querySelectorAll('script, img, iframe').length") == 0
    assert "</script>" in shown.value("document.querySelector('.text').textContent")


def test_a_script_that_got_in_would_not_run(shown: Page, tmp_path: Path) -> None:
    """Were something not escaped: the page's policy refuses it."""
    html = page(document()).replace("</main>", "<script>document.title = 'taken'</script></main>")
    shown.open(written(html, tmp_path))

    assert shown.value("document.title") == "Acme buys"
    assert any("Content Security Policy" in error for error in shown.errors)


def test_an_empty_document_is_a_page_too(shown: Page, tmp_path: Path) -> None:
    empty = document(title="", text="", events=[], arguments=[argument("x", "", 0)],
                     relationships=[])  # fmt: skip
    shown.open(written(page(empty), tmp_path))

    assert "No events." in shown.value("document.body.innerText")
    assert shown.errors == []
