"""A document with its events in place, on a terminal."""

import io
import re
import time
from typing import Any

from rich.console import Console

from millrace.rendering.terminal_document import render
from tests.millrace.rendering.documents import document, event


def shown(found: dict[str, Any], width: int = 100, *, color: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=color, color_system=None)
    for part in render(found):
        console.print(part)
    return file.getvalue()


def test_the_heading_says_what_it_is() -> None:
    assert shown(document()).splitlines()[:2] == [
        "Acme buys",
        "a1 · Daily · published 2024-03-03 · profile news · language en · validated · "
        "revision 0123456789ab",
    ]


def test_without_a_title_the_id_stands_in_its_place() -> None:
    heading = shown(document(title="", source="", published_at=None)).splitlines()[:2]

    assert heading == ["a1", "profile news · language en · validated · revision 0123456789ab"]


def test_events_and_arguments_are_named_in_the_text() -> None:
    assert (
        "Acme[buyer] bought[purchase] Widget Ltd[object]. Its founder[person] resigned[personnel] "
    ) in shown(document())


def test_events_are_listed_with_who_when_and_where() -> None:
    text = shown(document(), width=120)

    assert re.search(
        r"purchase +bought 5–11 +buyer: Acme, object: Widget Ltd +2024-03-03 +London", text
    )
    assert re.search(
        r"personnel \(possible\) +resigned 36–44 +person: Its founder +a day later", text
    )


def test_a_part_is_set_in_below_its_event() -> None:
    part = event("paid", 0, parent_event_id="bought")

    assert "└ purchase" in shown(document(events=[event("bought", 5), part]))


def test_relationships_are_listed_with_their_evidence() -> None:
    assert re.search(r"bought +precedes +resigned +a day later", shown(document()))


def test_findings_are_shown() -> None:
    finding = {"severity": "warning", "message": "no buyer", "rule": "roles"}

    assert "warning: no buyer (roles)" in shown(document(findings=[finding]))


def test_a_document_without_events_says_so() -> None:
    assert "no events" in shown(document(events=[], arguments=[], relationships=[]))


def test_brackets_of_the_document_are_no_markup() -> None:
    text = "[bold]Acme[/bold] [link=file:///etc]x[/link]"
    found = shown(document(title=text, text=text, events=[], arguments=[], relationships=[]))

    assert found.count(text) == 2


def test_nothing_of_a_document_reaches_the_terminal_as_a_command() -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07\x9b31m\rgone"
    found = document(
        document_id=hostile, title=hostile, source=hostile, text=hostile,
        events=[event(hostile, 0, place=hostile, kind=hostile, time_text=hostile, time_start=None)],
        findings=[{"severity": "error", "message": hostile, "rule": hostile}],
    )  # fmt: skip

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown(found))


def test_a_mebibyte_with_ten_thousand_mentions_takes_seconds_not_minutes() -> None:
    text = "won the prize and went home, as they say there again and again; " * 16_384
    mentions = [(start * 64, start * 64 + 3) for start in range(10_000)]
    events = [event("won", 0, mentions=mentions)]

    began = time.process_time()
    shown(document(text=text, events=events, arguments=[], relationships=[]))

    assert time.process_time() - began < 5
