"""A document with its events in place, on a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from millrace.rendering.event_words import facts, kind, takes_part, when
from millrace.rendering.segments import marks, segments
from millrace.terminal import printable

_STYLES = {
    "event": "bold black on yellow",
    "argument": "bold cyan",
    "relationship": "underline magenta",
    "entity": "green",
}


def render(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    """What to print of a document as ``infra.clickhouse.queries.document`` gives it."""
    yield _heading(document)
    yield ""
    yield _text(document)
    yield ""
    if document["events"]:
        yield _events(document)
    else:
        yield Text("no events", style="dim")
    if document["relationships"]:
        yield _relationships(document)
    for finding in document["findings"]:
        words = f"{finding['severity']}: {finding['message']} ({finding['rule']})"
        yield Text(printable(words), style="dim" if finding["severity"] == "info" else "red")


def _heading(document: Mapping[str, Any]) -> Text:
    heading = Text(printable(document["title"] or document["document_id"]), style="bold")
    known = " · ".join(map(printable, facts(document)))
    return heading.append("\n" + known, style="not bold dim")


def _text(document: Mapping[str, Any]) -> Text:
    shown = Text()
    for segment in segments(document["text"], marks(document)):
        text = printable(segment.text)
        if segment.mark is None:
            shown.append(text)
            continue
        shown.append(text, style=_STYLES[segment.mark.group])
        if segment.mark.group in ("event", "argument"):
            shown.append(f"[{printable(segment.mark.label)}]", style="dim")
    return shown


def _events(document: Mapping[str, Any]) -> Table:
    """A document's events with who, when and where; parts of an event are set in below it."""
    table = Table("event", "trigger", "who and what", "when", "where", box=box.SIMPLE_HEAD)
    participants = takes_part(document)
    for event in document["events"]:
        table.add_row(
            *_cells(
                ("└ " if event["parent_event_id"] else "") + kind(event),
                f"{event['trigger']} {event['span_start']}–{event['span_end']}",
                ", ".join(participants[event["event_id"]]),
                when(event),
                event["place"],
            )
        )
    return table


def _relationships(document: Mapping[str, Any]) -> Table:
    triggers = {event["event_id"]: event["trigger"] for event in document["events"]}
    table = Table("from", "relationship", "to", "evidence", box=box.SIMPLE_HEAD)
    for link in document["relationships"]:
        source = triggers.get(link["source_event_id"], "?")
        target = triggers.get(link["target_event_id"], "?")
        table.add_row(*_cells(source, link["kind"], target, link["evidence"]))
    return table


def _cells(*texts: str) -> Iterator[Text]:
    return (Text(printable(text)) for text in texts)
