"""A document with its events in place, as one self-contained page. Everything is escaped."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from millrace.rendering.event_words import facts, kind, takes_part, when
from millrace.rendering.segments import Mark, marks, segments

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --dim: #767676; --event: #f9c846;
  --argument: #4dd0e1; --relationship: #ab47bc; --entity: #81c784; }
body { font: 1rem/1.7 system-ui, sans-serif; max-width: 58rem; margin: 2.5rem auto;
  padding: 0 1.2rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0; } h2 { font-size: 1rem; margin: 2rem 0 0; }
.facts, .legend, small { color: var(--dim); } .facts { margin: .3rem 0 1.5rem; }
.facts, .legend { font-size: .85rem; } .legend mark { color: CanvasText; margin-right: .8rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--line);
  padding-left: 1.2rem; }
mark { color: inherit; background: none; border-radius: .2rem; padding: .05rem .2rem; }
mark.event { background: var(--event); color: #111; font-weight: 600; }
mark.argument { background: color-mix(in srgb, var(--argument) 30%, transparent); }
mark.relationship { border-bottom: 2px solid var(--relationship); border-radius: 0; padding: 0; }
mark.entity { border-bottom: 1px dotted var(--entity); border-radius: 0; padding: 0; }
.text mark[title]::after { content: attr(data-label); font-size: .62rem; font-weight: 400;
  margin-left: .25rem; opacity: .75; vertical-align: .15rem; }
.text mark.entity::after, .text mark.relationship::after { content: none; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 0; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0;
  border-bottom: 1px solid var(--line); }
div.table { overflow-x: auto; } th { font-weight: 400; color: var(--dim); white-space: nowrap; }
td.part { padding-left: 1.4rem; }
td.exact { white-space: nowrap; }
"""
_GROUPS = {
    "event": "event",
    "argument": "who and what takes part",
    "relationship": "evidence of a relationship",
    "entity": "name, date or amount",
}


def page(document: Mapping[str, Any]) -> str:
    """The page of a document as ``infra.clickhouse.queries.document`` gives it."""
    title = escape(document["title"] or document["document_id"])
    found = marks(document)
    known = " · ".join(map(escape, facts(document)))
    return (
        f'<!doctype html>\n<html lang="{escape(document["language"])}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n"
        f'<h1>{title}</h1>\n<p class="facts">{known}</p>\n'
        f'<div class="text">{_text(document["text"], found)}</div>\n'
        f"{_legend(found)}\n{_events(document)}\n{_relationships(document)}\n"
        f"{_findings(document)}\n</body></html>\n"
    )


def _text(text: str, found: list[Mark]) -> str:
    parts = []
    for segment in segments(text, found):
        words, mark = escape(segment.text), segment.mark
        if mark is None:
            parts.append(words)
            continue
        label = escape(mark.label)
        parts.append(
            f'<mark class="{mark.group}" data-label="{label}" '
            f'title="{label}, code points {mark.start}–{mark.end}">{words}</mark>'
        )
    return "".join(parts)


def _legend(found: list[Mark]) -> str:
    there = {mark.group for mark in found}
    shown = [
        f'<mark class="{group}">{words}</mark>'
        for group, words in _GROUPS.items()
        if group in there
    ]
    return f'<p class="legend">{"".join(shown)}</p>' if shown else ""


def _events(document: Mapping[str, Any]) -> str:
    participants = takes_part(document)
    rows = []
    for event in document["events"]:
        who = "<br>".join(map(escape, participants[event["event_id"]]))
        part = ' class="part"' if event["parent_event_id"] else ""
        rows.append(
            f"<tr><td{part}>{escape(kind(event))}</td><td>{escape(event['trigger'])} "
            f"<small>{event['span_start']}–{event['span_end']}</small></td><td>{who}</td>"
            f'<td class="exact">{escape(when(event))}</td><td>{escape(event["place"])}</td>'
            f"<td>{event['confidence']:.2f}</td></tr>"
        )
    heads = ("event", "trigger", "who and what", "when", "where", "confidence")
    return _table("Events", heads, rows) or "<p>No events.</p>"


def _relationships(document: Mapping[str, Any]) -> str:
    triggers = {event["event_id"]: event["trigger"] for event in document["events"]}
    rows = (
        (
            triggers.get(link["source_event_id"], "?"),
            link["kind"],
            triggers.get(link["target_event_id"], "?"),
            link["evidence"],
        )
        for link in document["relationships"]
    )
    heads = ("from", "relationship", "to", "evidence")
    return _table("Relationships", heads, [_row(row) for row in rows])


def _findings(document: Mapping[str, Any]) -> str:
    rows = (
        (finding["severity"], finding["rule"], finding["message"])
        for finding in document["findings"]
    )
    return _table("Findings", ("severity", "rule", "finding"), [_row(row) for row in rows])


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _table(title: str, heads: tuple[str, ...], rows: list[str]) -> str:
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return (
        f'<h2>{title}</h2><div class="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
