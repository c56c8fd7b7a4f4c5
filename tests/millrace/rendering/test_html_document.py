"""A document with its events in place, as a page."""

import re
import time
from html.parser import HTMLParser
from typing import Any

import pytest

from millrace.rendering.html_document import page
from tests.millrace.rendering.documents import argument, call, document, event

HOSTILE = "\"><script>alert('x')</script><img src=x onerror=y>&amp;</title></style>"
ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "div", "mark", "small",
    "span", "table", "thead", "tbody", "tfoot", "tr", "th", "td", "header", "main", "a", "ol", "li",
    "dl", "dt", "dd",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "charset", "name", "content", "http-equiv", "class", "id", "title", "data-label",
    "href", "tabindex", "role", "aria-label", "scope",
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
    html = page(hostile_document(), [call(**dict.fromkeys(("level", "tier", "engine"), HOSTILE))])

    found = Parsed(html)
    assert {name for name, _ in found.elements} <= ELEMENTS
    attributes = {name for _, named in found.elements for name in named}
    assert attributes <= ATTRIBUTES
    assert "<script" not in html
    assert html.count("</style>") == html.count("</title>") == 1


def test_the_text_is_there_to_the_last_character() -> None:
    text = "Line one.\n\tAcme bought 東京 🎉 & <Widget>\n\n  end"
    html = page(document(text=text, events=[], arguments=[], relationships=[]))

    assert text in Parsed(html).text


def test_control_characters_are_seen_and_do_nothing() -> None:
    text = "null \0 escape \x1b[2J next line \x85 turned \u202e half \ud800\r\nend"
    html = page(document(text=text, title="a\x07b", events=[], arguments=[], relationships=[]))

    assert not re.search("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\u202e\ud800]", html)
    assert Parsed(html).text.count("a␇b") == 2  # the page's title and its heading
    assert "null ␀ escape ␛[2J next line [U+0085] turned [U+202E] half [U+D800]\nend" in (
        Parsed(html).text
    )
    html.encode("utf-8")


def test_it_needs_no_other_file() -> None:
    assert not re.search(r"https?:|src=|href=\"(?!#)|@import|url\(", page(document()))


def test_every_link_leads_somewhere_in_the_page() -> None:
    found = Parsed(page(document(), [call()])).elements

    ids = [named["id"] for _, named in found if "id" in named]
    links = {str(named["href"]).removeprefix("#") for name, named in found if name == "a"}
    assert links <= set(ids)
    assert len(ids) == len(set(ids))


def test_no_script_and_no_other_style_may_run() -> None:
    html = page(document())

    (policy,) = (
        str(named["content"])
        for _, named in Parsed(html).elements
        if named.get("http-equiv") == "Content-Security-Policy"
    )
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'none'",
        policy,
    )


def test_calls_are_listed_with_their_tokens_and_cost() -> None:
    html = page(document(), [call(cost_usd=0.0012), call(level="detail", from_cache=True)])

    text = Parsed(html).text
    for words in ("1,234", "$0.001200", "2 calls", "2,468", "from cache"):
        assert words in text


def test_what_an_engine_does_not_count_is_not_shown_as_nothing() -> None:
    html = page(document(), [call(prompt_tokens=None, cost_usd=None)])

    assert '<td class="number">–</td>' in html
    assert "$0" not in html


def test_a_document_without_calls_says_so() -> None:
    assert "No call is recorded" in page(document())


def test_a_part_stands_below_its_event() -> None:
    parts = [event("bought", 5), event("signed", 12, parent_event_id="bought")]

    html = page(document(events=parts, arguments=[], relationships=[]))

    assert re.search(r'id="e0".*</dl></div><ol><li><div class="card" id="e1"', html, re.DOTALL)


@pytest.mark.parametrize("parents", [("b", "a"), ("a", "b"), ("gone", "gone")], ids=str)
def test_events_with_impossible_parents_are_shown_all_the_same(parents: tuple[str, str]) -> None:
    events = [
        event(trigger, start, parent_event_id=parent)
        for trigger, start, parent in zip("ab", (0, 1), parents, strict=True)
    ]

    html = page(document(events=events, arguments=[], relationships=[]))

    assert html.count('class="card"') == 2


def test_a_trigger_that_is_not_in_the_text_is_said_to_be_so() -> None:
    lost = event("merged", 0, grounding="ungrounded", mentions=[])

    html = page(document(events=[lost], arguments=[], relationships=[]))

    assert "not marked in the text <small>(ungrounded)" in html


@pytest.mark.parametrize(
    ("group", "words"), [("argument", "Acme"), ("relationship", "a day later")]
)
def test_marks_tell_their_kind_apart(group: str, words: str) -> None:
    assert re.search(rf'<mark class="{group}"[^>]*>{words}<', page(document()))


def test_a_mark_says_what_it_is_and_where() -> None:
    assert 'title="buyer, code points 0–4"' in page(document())


def test_a_trigger_leads_to_its_entry_and_back() -> None:
    html = page(document())

    trigger = re.search(r'<a class="event" href="#(\w+)"[^>]* id="(\w+)">bought</a>', html)
    assert trigger
    entry = html.partition(f'id="{trigger[1]}"')[2]
    assert f'purchase: <a href="#{trigger[2]}">bought</a>' in entry


def test_events_are_listed_with_who_when_and_where() -> None:
    html = page(document())

    for words in (r"buyer<.*?>Acme<", r"object<.*?>Widget Ltd<", "2024-03-03", "London", r"0\.90"):
        assert re.search(words, html.partition('id="events"')[2])


def test_a_document_without_events_says_so() -> None:
    assert "No events." in page(document(events=[], arguments=[], relationships=[]))


def test_a_mebibyte_with_ten_thousand_events_takes_seconds_not_minutes() -> None:
    text = "won the prize and went home, as they say there again and again; " * 16_384
    events = [event("won", start * 64, event_id=str(start)) for start in range(10_000)]
    arguments = [argument("prize", "the", start * 64 + 4, of=str(start)) for start in range(10_000)]

    began = time.process_time()
    page(document(text=text, events=events, arguments=arguments, relationships=[]))

    assert time.process_time() - began < 5
