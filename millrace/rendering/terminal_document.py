"""A document with its events in place, on a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from millrace.rendering.segments import marks, segments

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
        yield events_table(document)
    else:
        yield Text("no events", style="dim")
    if document["relationships"]:
        yield _relationships(document)
    for finding in document["findings"]:
        yield Text(f"{finding['severity']}: {finding['message']} ({finding['rule']})", style="red")


def _heading(document: Mapping[str, Any]) -> Text:
    published = document["published_at"]
    parts = [
        document["document_id"],
        f"profile {document['profile']}",
        f"language {document['language']}",
        document["status"],
        f"published {published:%Y-%m-%d}" if published else "",
        f"revision {document['revision'][:12]}",
    ]
    heading = Text(document["title"] or document["document_id"], style="bold")
    return heading.append("\n" + " · ".join(part for part in parts if part), style="dim")


def _text(document: Mapping[str, Any]) -> Text:
    shown = Text()
    for segment in segments(document["text"], marks(document)):
        if segment.mark is None:
            shown.append(segment.text)
            continue
        shown.append(segment.text, style=_STYLES[segment.mark.group])
        if segment.mark.group in ("event", "argument"):
            shown.append(f"[{segment.mark.label}]", style="dim")
    return shown


def events_table(document: Mapping[str, Any]) -> Table:
    """A document's events with who, when and where; parts of an event are set in below it."""
    table = Table("event", "trigger", "who and what", "when", "where", box=box.SIMPLE_HEAD)
    for event in document["events"]:
        takes_part = ", ".join(
            f"{argument['role']}: {argument['text']}"
            for argument in document["arguments"]
            if argument["event_id"] == event["event_id"]
        )
        kind = ("└ " if event["parent_event_id"] else "") + event["kind"]
        start = event["time_start"]
        when = f"{start:%Y-%m-%d}" if start else event["time_text"]
        trigger = f"{event['trigger']} {event['span_start']}–{event['span_end']}"
        negation = "" if event["polarity"] == "positive" else f" ({event['polarity']})"
        table.add_row(*map(Text, (kind + negation, trigger, takes_part, when, event["place"])))
    return table


def _relationships(document: Mapping[str, Any]) -> Table:
    triggers = {event["event_id"]: event["trigger"] for event in document["events"]}
    table = Table("from", "relationship", "to", "evidence", box=box.SIMPLE_HEAD)
    for link in document["relationships"]:
        source = triggers.get(link["source_event_id"], "?")
        target = triggers.get(link["target_event_id"], "?")
        table.add_row(*map(Text, (source, link["kind"], target, link["evidence"])))
    return table
