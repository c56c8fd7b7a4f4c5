"""A document with its events in place, as one self-contained page. Everything is escaped."""

from collections.abc import Mapping, Sequence
from typing import Any

from millrace.rendering.event_words import facts, kind
from millrace.rendering.html_events import Place, events
from millrace.rendering.letter_words import refused
from millrace.rendering.segments import marks, segments
from millrace.rendering.web_page import attribute, skip_links, table, web_page, written

_STYLE = """
.text { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: 1.2rem;
  line-height: 1.9; }
mark, a.event { color: inherit; background: none; border-radius: .2rem; padding: .05rem .2rem;
  text-decoration: none; }
.event { background: var(--event) !important; color: var(--on-event) !important;
  font-weight: 600; }
mark.argument { background: var(--argument); }
mark.relationship { border-bottom: 3px solid var(--relationship); border-radius: 0; padding: 0; }
mark.entity { border-bottom: 2px dotted var(--entity); border-radius: 0; padding: 0; }
.text [data-label]::after { content: attr(data-label); font-size: .68rem; font-weight: 400;
  margin-left: .3rem; }
.legend { font-size: .9rem; } .legend mark { margin-right: .8rem; }
ol.events { list-style: none; margin: 0; padding: 0; }
ol.events ol { list-style: none; margin: 0; padding-left: 1.2rem; }
.card { background: var(--panel); border-radius: .4rem; padding: .7rem 1rem; margin: .6rem 0;
  border-left: 4px solid var(--event); }
.card p { margin: .2rem 0; } .card dl { display: grid; grid-template-columns: fit-content(9rem) 1fr;
  gap: .1rem 1rem; margin: .3rem 0 0; } .card dt { color: var(--dim); } .card dd { margin: 0; }
.error { color: var(--bad); font-weight: 600; } .warning { font-weight: 600; }
.card small { font-weight: 400; }
@media (max-width: 30rem) { .text { padding-left: .8rem; } }
"""
_GROUPS = {
    "event": "event",
    "argument": "who and what takes part",
    "relationship": "evidence of a relationship",
    "entity": "name, date or amount",
}
_LABELLED = ("event", "argument")
_CALL_HEADS = (
    "level", "tier", "engine", "model", "outcome", "prompt", "cached", "completion", "waited",
    "ran", "cost",
)  # fmt: skip


def page(document: Mapping[str, Any], calls: Sequence[Mapping[str, Any]] = ()) -> str:
    """The page of a document.

    Args:
        document: as ``infra.clickhouse.queries.document`` gives it; with ``dead_letter`` where a
            newer text of it has become one.
        calls: as ``infra.clickhouse.queries.calls`` gives them.
    """
    title = document["title"] or document["document_id"]
    text, places = _text(document)
    known = " · ".join(map(written, facts(document)))
    skips = skip_links([("text", "the text"), ("events", "the events"), ("calls", "the calls")])
    body = (
        f'{skips}<header><h1 dir="auto">{written(title)}</h1><p class="facts">{known}</p></header>'
        f'\n<main>{_refusal(document)}<h2 id="text">Text</h2>{text}\n'
        f'<h2 id="events">Events</h2>{events(document, places)}\n'
        f"{_relationships(document, places)}\n{_findings(document)}\n"
        f'<h2 id="calls">Model calls</h2>{_calls(calls)}</main>'
    )
    return web_page(title, _STYLE, body)


def _refusal(document: Mapping[str, Any]) -> str:
    """What became of the newest text, where this is an older one."""
    letter = document.get("dead_letter")
    told = refused(letter, document["document_id"]) if letter else ()
    return "".join(f'<p class="error">{written(line)}</p>' for line in told)


def _text(document: Mapping[str, Any]) -> tuple[str, dict[str, Place]]:
    """The text with its marks, and where the first mark of each subject is in the page."""
    found = marks(document)
    cards = {event["event_id"]: f"e{number}" for number, event in enumerate(document["events"])}
    kinds = {event["event_id"]: kind(event) for event in document["events"]}
    places = {identity: Place(card=card) for identity, card in cards.items()}
    parts, there = [], set()
    for number, segment in enumerate(segments(document["text"], found)):
        words, mark = written(segment.text), segment.mark
        if mark is None:
            parts.append(words)
            continue
        there.add(mark.group)
        place = places.setdefault(mark.subject, Place())
        if not place.mark:
            place.mark = f"m{number}"
        named = attribute(mark.label)
        says = f'title="{named}, code points {mark.start}–{mark.end}" id="m{number}"'
        label = f' data-label="{named}"' if mark.group in _LABELLED else ""
        if mark.group == "event":
            says = f'title="{attribute(kinds[mark.subject])}, to its entry" id="m{number}"'
            parts.append(f'<a class="event" href="#{place.card}"{label} {says}>{words}</a>')
        else:
            parts.append(f'<mark class="{mark.group}"{label} {says}>{words}</mark>')
    legend = "".join(
        f'<mark class="{group}">{words}</mark> ' for group, words in _GROUPS.items()
        if group in there
    )  # fmt: skip
    language = attribute(document["language"])
    return (
        (f'<p class="legend">{legend}</p>' if legend else "")
        + f'<div class="text" lang="{language}" dir="auto">{"".join(parts)}</div>',
        places,
    )


def _relationships(document: Mapping[str, Any], places: Mapping[str, Place]) -> str:
    if not document["relationships"]:
        return ""
    triggers = {event["event_id"]: event["trigger"] for event in document["events"]}

    def named(event_id: str) -> str:
        if event_id not in triggers:
            return "?"
        return f'<a href="#{places[event_id].card}">{written(triggers[event_id])}</a>'

    rows = [
        (
            named(link["source_event_id"]),
            written(link["kind"]),
            named(link["target_event_id"]),
            places.get(link["relationship_id"], Place()).link(link["evidence"]),
            f"{link['confidence']:.2f}",
        )
        for link in document["relationships"]
    ]
    heads = ("from", "relationship", "to", "evidence", "confidence")
    return f"<h2>Relationships</h2>{table('Relationships', heads, rows, numbers=(4,))}"


def _findings(document: Mapping[str, Any]) -> str:
    if not document["findings"]:
        return ""
    severities = {"error": "error", "warning": "warning"}
    rows = [
        (
            f'<span class="{severities.get(one["severity"], "info")}">'
            f"{written(one['severity'])}</span>",
            written(one["rule"]),
            written(one["message"]),
        )
        for one in document["findings"]
    ]
    return f"<h2>Findings</h2>{table('Findings', ('severity', 'rule', 'finding'), rows)}"


def _calls(calls: Sequence[Mapping[str, Any]]) -> str:
    if not calls:
        return "<p>No call is recorded for this document in its run.</p>"
    rows = [
        (
            *(written(call[name]) for name in ("level", "tier", "engine", "model")),
            written(call["outcome"]) + (" <small>from cache</small>" if call["from_cache"] else ""),
            *(_count(call[f"{name}_tokens"]) for name in ("prompt", "cached", "completion")),
            f"{call['queue_ms']:,.0f} ms",
            f"{call['run_ms']:,.0f} ms",
            _dollars(call["cost_usd"]),
        )
        for call in calls
    ]
    sums = [_sum(calls, f"{name}_tokens") for name in ("prompt", "cached", "completion")]
    total = (
        "all", "", "", "", f"{len(calls)} calls", *map(_count, sums), "",
        f"{sum(call['run_ms'] for call in calls):,.0f} ms", _dollars(_sum(calls, "cost_usd")),
    )  # fmt: skip
    words = (
        '<p class="dim">All calls for this document in its run, also for earlier texts of it. '
        "Tokens and cost are “–” where the engine does not count them.</p>"
    )
    return words + table("Model calls", _CALL_HEADS, rows, numbers=range(5, 11), total=total)


def _sum(calls: Sequence[Mapping[str, Any]], name: str) -> Any:
    known = [call[name] for call in calls if call[name] is not None]
    return sum(known) if known else None


def _count(tokens: int | None) -> str:
    return "–" if tokens is None else f"{tokens:,}"


def _dollars(cost: float | None) -> str:
    if cost is None:
        return "–"
    return f"${cost:.6f}" if cost else "$0"
