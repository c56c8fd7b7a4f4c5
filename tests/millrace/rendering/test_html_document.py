"""A document with its events in place, as a page."""

import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest

from millrace.rendering.html_document import page
from tests.millrace.rendering.documents import argument, document, event

HOSTILE = "\"><script>alert('x')</script><img src=x onerror=y>&amp;</title></style>"
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "h1", "p", "div", "mark", "small", "span",
    "table", "thead", "tbody", "tr", "th", "td", "br", "section", "h2", "header", "main",
}  # fmt: skip


class Parsed(HTMLParser):
    """What a browser makes of a page: elements with attributes, and the text of its body."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile_document() -> dict[str, Any]:
    finding = {"severity": HOSTILE, "message": HOSTILE, "rule": HOSTILE}
    link = {**document()["relationships"][0], "kind": HOSTILE, "evidence": HOSTILE}
    return document(
        document_id=HOSTILE, title=HOSTILE, source=HOSTILE, profile=HOSTILE, language=HOSTILE,
        status=HOSTILE, text=HOSTILE + "Acme", findings=[finding], relationships=[link],
        events=[event(HOSTILE, 0, kind=HOSTILE, place=HOSTILE, polarity=HOSTILE, time_start=None,
                      time_text=HOSTILE, parent_event_id=HOSTILE)],
        arguments=[argument(HOSTILE, "Acme", len(HOSTILE), of=HOSTILE)],
    )  # fmt: skip


def test_nothing_of_a_document_is_taken_as_html() -> None:
    html = page(hostile_document())

    found = Parsed(html)
    assert {name for name, _ in found.elements} <= ELEMENTS
    attributes = {name for _, named in found.elements for name in named}
    assert attributes <= {"lang", "charset", "name", "content", "class", "title", "data-label"}
    assert "<script" not in html
    assert html.count("</style>") == html.count("</title>") == 1


def test_the_text_is_there_to_the_last_character() -> None:
    text = "Line one.\r\n\tAcme bought 東京 🎉 & <Widget>\n\n  end"
    html = page(document(text=text, events=[], arguments=[], relationships=[]))

    assert text in Parsed(html).text


def test_it_needs_no_other_file() -> None:
    assert not re.search(r"https?:|src=|href=|@import|url\(", page(document()))


@pytest.mark.parametrize(
    ("group", "words"), [("event", "bought"), ("argument", "Acme"), ("relationship", "a day later")]
)
def test_marks_tell_their_kind_apart(group: str, words: str) -> None:
    assert re.search(rf'<mark class="{group}"[^>]*>{words}<', page(document()))


def test_a_mark_says_what_it_is_and_where() -> None:
    assert 'title="purchase, code points 5–11"' in page(document())


def test_events_are_listed_with_who_when_and_where() -> None:
    html = page(document())

    for words in ("buyer: Acme", "object: Widget Ltd", "2024-03-03", "London", "0.90"):
        assert words in html


def test_a_document_without_events_says_so() -> None:
    assert "No events." in page(document(events=[], arguments=[], relationships=[]))


def test_a_mebibyte_with_ten_thousand_events_takes_seconds_not_minutes() -> None:
    text = "won the prize and went home, as they say there again and again; " * 16_384
    events = [event("won", start * 64, event_id=str(start)) for start in range(10_000)]
    arguments = [argument("prize", "the", start * 64 + 4, of=str(start)) for start in range(10_000)]

    began = time.perf_counter()
    page(document(text=text, events=events, arguments=arguments, relationships=[]))

    assert time.perf_counter() - began < 5
