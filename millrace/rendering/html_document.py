"""A document with its events in place, as one self-contained page. Everything is escaped."""

from collections.abc import Mapping
from html import escape
from typing import Any

from millrace.rendering.segments import marks, segments

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --dim: #777; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; } .facts { color: var(--dim); margin-top: .2rem; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--line);
  padding-left: 1rem; }
mark { color: inherit; border-radius: .2rem; padding: 0 .15rem; background: none; }
mark.event { background: #ffd54f; color: #111; } mark.argument { background: #4dd0e155; }
mark.relationship { border-bottom: 2px solid #ab47bc; } mark.entity { background: #81c78444; }
mark small { color: var(--dim); font-size: .65rem; margin-left: .2rem; }
mark.event small { color: #555; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--dim); } td.part { padding-left: 1.2rem; }
"""


def page(document: Mapping[str, Any]) -> str:
    """The page of a document as ``infra.clickhouse.queries.document`` gives it."""
    title = escape(document["title"] or document["document_id"])
    return (
        f'<!doctype html>\n<html lang="{escape(document["language"])}"><head>'
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f'<h1>{title}</h1><p class="facts">{_facts(document)}</p>'
        f'<div class="text">{_text(document)}</div>'
        f"{_events(document)}{_relationships(document)}{_findings(document)}</body></html>\n"
    )


def _facts(document: Mapping[str, Any]) -> str:
    published = document["published_at"]
    facts = [
        document["document_id"],
        f"profile {document['profile']}",
        document["status"],
        f"published {published:%Y-%m-%d}" if published else "",
        document["source"],
    ]
    return " · ".join(escape(fact) for fact in facts if fact)


def _text(document: Mapping[str, Any]) -> str:
    parts = []
    for segment in segments(document["text"], marks(document)):
        text = escape(segment.text)
        if segment.mark is None:
            parts.append(text)
            continue
        mark = segment.mark
        parts.append(
            f'<mark class="{mark.group}" title="{escape(mark.label)}, code points '
            f'{mark.start}–{mark.end}">{text}<small>{escape(mark.label)}</small></mark>'
        )
    return "".join(parts)


def _events(document: Mapping[str, Any]) -> str:
    rows = []
    for event in document["events"]:
        takes_part = "<br>".join(
            f"{escape(argument['role'])}: {escape(argument['text'])}"
            for argument in document["arguments"]
            if argument["event_id"] == event["event_id"]
        )
        start = event["time_start"]
        when = f"{start:%Y-%m-%d}" if start else escape(event["time_text"])
        part = ' class="part"' if event["parent_event_id"] else ""
        rows.append(
            f"<tr><td{part}>{escape(event['kind'])}</td><td>{escape(event['trigger'])}</td>"
            f"<td>{takes_part}</td><td>{when}</td><td>{escape(event['place'])}</td>"
            f"<td>{escape(event['polarity'])}</td><td>{event['confidence']:.2f}</td></tr>"
        )
    heads = ("event", "trigger", "who and what", "when", "where", "polarity", "confidence")
    return _table(heads, rows) if rows else "<p>No events.</p>"


def _relationships(document: Mapping[str, Any]) -> str:
    triggers = {event["event_id"]: event["trigger"] for event in document["events"]}
    rows = [
        f"<tr><td>{escape(triggers.get(link['source_event_id'], '?'))}</td>"
        f"<td>{escape(link['kind'])}</td>"
        f"<td>{escape(triggers.get(link['target_event_id'], '?'))}</td>"
        f"<td>{escape(link['evidence'])}</td></tr>"
        for link in document["relationships"]
    ]
    return _table(("from", "relationship", "to", "evidence"), rows) if rows else ""


def _findings(document: Mapping[str, Any]) -> str:
    rows = [
        f"<tr><td>{escape(finding['severity'])}</td><td>{escape(finding['rule'])}</td>"
        f"<td>{escape(finding['message'])}</td></tr>"
        for finding in document["findings"]
    ]
    return _table(("severity", "rule", "finding"), rows) if rows else ""


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
