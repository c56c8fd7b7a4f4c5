"""Pages for browsers: markup in any field of a document changes nothing of their structure.

Each page is rendered twice, with markup in every word and with harmless letters in its place, as
many of them. Parsed, the two have the same elements, and attributes that differ in words alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from eval.gold import GoldEntity, Span
from infra.grafana.panel import Dashboard, Panel, Row, Sql
from millrace.charts import answer, time_range
from millrace.rendering import diff_page, html_document, mistakes_page
from millrace.rendering.charts_page import charts_page
from processors.comparison.reading import ReadEvent, Reading, ReadRelationship
from streams.telemetry.reading import reading
from tests.millrace.rendering import mistakes
from tests.millrace.rendering.documents import argument, call, document, event
from tests.millrace.rendering.run_comparisons import comparison, example, run
from tests.test_imports import ROOT

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</style><svg onload=alert(1)>",
    "</title><base href=//evil.example>",
    "--><iframe srcdoc=x>",
    "javascript:alert(1)//",
    "&lt;script&gt;&#60;b&#62;",
    "]]><a href=javascript:alert(1)>x</a>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "`${alert(1)}{{7*7}}`",
]
# Words of these may come of a document; they hold text for people, or a language.
WORDED = {"title", "data-label", "aria-label", "lang", "content"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Structure:
    """Elements with their attributes, without the words of those that hold words."""

    elements: list[tuple[str, dict[str, str | None]]]


def structure(html: str) -> Structure:
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return Structure(parser.elements)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = {name: None if name in WORDED else value for name, value in attrs}
        self.elements.append((tag, kept))

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", {data: None}))


def everywhere(value: Any, word: str) -> Any:
    """The value with the word before each of its texts, so that what was equal stays so."""
    if isinstance(value, str):
        return word + value
    if isinstance(value, Mapping):
        return {name: everywhere(one, word) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(everywhere(one, word) for one in value)
    return value


def document_page(word: str) -> str:
    shown = everywhere(
        document(
            entities=[
                {"mention_id": "m", "entity_id": "e", "kind": "organization", "text": "Acme",
                 "span_start": 0, "span_end": 4, "value": "Acme", "origin": "rules"}
            ],
            events=[
                event("bought", 5, summary="They did.", parent_event_id="resigned"),
                event("resigned", 36, time_start=None, polarity="possible"),
            ],
            arguments=[argument("buyer", "Acme", 0), argument("nobody", "", 0, of="none")],
            findings=[
                {"finding_id": "f", "subject_id": "bought", "rule": "a", "severity": "error",
                 "message": "b"}
            ],
        ),
        word,
    )  # fmt: skip
    letter = {"letter_id": "l", "stage": "ner", "kind": "empty", "message": "m"}
    shown["dead_letter"] = everywhere(letter, word) | {
        "attempt": 1, "failed_at": NOON, "redriven_at": None,
    }  # fmt: skip
    return html_document.page(shown, [everywhere(call(), word)])


def comparison_page(word: str) -> str:
    bought = ReadEvent(
        f"{word}e", f"{word}kind", f"{word}trigger", 0, 6, f"{word}time", None, None,
        f"{word}place", f"{word}polarity", frozenset({(f"{word}role", f"{word}text", 0, 4)}),
    )  # fmt: skip
    link = ReadRelationship(f"{word}kind", f"{word}e", f"{word}e", f"{word}evidence")
    shown = example(
        document_id=f"{word}id", title=f"{word}title", language=f"{word}en",
        text=f"{word} and a text of some length", status_a=f"{word}validated",
        readings=(
            Reading((bought,), (link,)), Reading((replace(bought, kind=f"{word}other"),)),
        ),
    )  # fmt: skip
    return diff_page.page(
        comparison(
            shown, a=run(f"{word}a"), b=run(f"{word}b"), profile=f"{word}news",
            only_in_a=(f"{word}lonely",), only_in_b=(f"{word}one",), only_b=1,
        )
    )  # fmt: skip


class _Rows:
    """Tables that answer every panel with rows whose names and values hold the word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def query(self, sql: str) -> list[dict[str, Any]]:
        if "over time" in sql:
            moments = (NOON - timedelta(hours=hours) for hours in range(3))
            return [{"time": one, "series": f"{self.word}s", "n": 1} for one in moments]
        return [{"name": f"{self.word}n", "count": 2}, {"name": f"{self.word}m", "count": 1}]


def page_of_charts(word: str) -> str:
    over_time = Sql("SELECT 1 -- over time", by_series=True)
    panels = [
        Panel("What?", "How.", "short", "bars", (Sql("SELECT 1"),)),
        Panel("What?", "How.", "short", "table", (Sql("SELECT 1"),)),
        Panel("What?", "How.", "short", "stat", (Sql("SELECT 1"),)),
        Panel("What?", "How.", "short", "timeseries", (over_time,)),
        Panel("What?", "How.", "short", "timeseries", (over_time,), stacked=True),
    ]
    shown = Dashboard("a", "A dashboard", "What is it?", (Row("A row", tuple(panels)),))
    time = time_range(NOON - timedelta(days=1), NOON)
    now = reading({}, 0.0)
    return charts_page([answer(shown, _Rows(word), time, "completed_at", now)])


def page_of_mistakes(word: str) -> str:
    text = f"{word} Acme bought."
    end = len(text)
    acme = Span(end - len("Acme bought."), end - len(" bought."))
    gold = mistakes.document(
        document_id=f"{word}id", text=text, sentences=(Span(0, end),), scored=(Span(0, end),),
        entities=(GoldEntity(Span(0, max(1, len(word))), f"{word}kind"), GoldEntity(acme, "place")),
        events=(), relations=(), times=(),
    )  # fmt: skip
    scored = [(chosen, replace(one, system=f"{word}a")) for chosen, one in mistakes.scored(gold)]
    return mistakes_page.page(f"{word}a", f"{word}test", scored)


PAGES: Mapping[str, Callable[[str], str]] = {
    "show": document_page,
    "runs diff": comparison_page,
    "charts": page_of_charts,
    "eval": page_of_mistakes,
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("word", HOSTILE)
def test_markup_changes_nothing_of_a_page(page: str, word: str) -> None:
    render = PAGES[page]

    hostile, harmless = structure(render(word)), structure(render("x" * len(word)))

    assert hostile.elements == harmless.elements


@pytest.mark.parametrize("page", PAGES)
def test_a_word_that_was_not_escaped_would_be_seen(page: str) -> None:
    html = PAGES[page]("x" * 20)

    broken = html.replace("x" * 20, "<b id=a>" + "x" * 12, 1)

    assert structure(broken).elements != structure(html).elements


@pytest.mark.parametrize("page", PAGES)
def test_every_page_forbids_scripts_and_leads_nowhere(page: str) -> None:
    found = structure(PAGES[page](HOSTILE[6])).elements

    assert not {"script", "iframe", "img", "object", "form", "base"} & {name for name, _ in found}
    links = [named["href"] for _, named in found if "href" in named]
    assert [one for one in links if not str(one).startswith("#")] == []
    policies = [named for name, named in found if name == "meta" and "http-equiv" in named]
    assert [one["http-equiv"] for one in policies] == ["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'sha256-" in PAGES[page]("").replace("&#x27;", "'")


def test_every_module_that_makes_pages_is_among_them() -> None:
    """A page to come must be added to the pages here."""
    makers = {
        file.stem
        for file in (ROOT / "millrace").rglob("*.py")
        if "web_page(" in file.read_text("utf-8") and file.stem != "web_page"
    }
    assert makers == {"html_document", "diff_page", "charts_page", "mistakes_page"}
