"""The events of a document as a list of HTML, each with what belongs to it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from millrace.rendering.event_words import kind, when
from millrace.rendering.web_page import written

_EXACT = "exact"


@dataclass(slots=True)
class Place:
    """Where in the page something is: ids of its mark in the text and of its entry, or empty."""

    mark: str = ""
    card: str = ""

    def link(self, text: str) -> str:
        """``text`` as a link to its mark; as plain text where it has none."""
        words = written(text)
        return f'<a href="#{self.mark}">{words}</a>' if self.mark else words


def events(document: Mapping[str, Any], places: Mapping[str, Place]) -> str:
    """All events as a list; those that are part of another stand below it.

    Args:
        document: as ``infra.clickhouse.queries.document`` gives it.
        places: of events and arguments, by their ids.
    """
    if not document["events"]:
        return "<p>No events.</p>"
    arguments = defaultdict(list)
    for argument in document["arguments"]:
        arguments[argument["event_id"]].append(argument)
    parents = {event["event_id"]: event["parent_event_id"] for event in document["events"]}
    alone = {one for one, parent in parents.items() if parent not in parents or parent == one}
    parts = defaultdict(list)
    for event in document["events"]:
        # One level, as extraction has it: a part of a part is listed like a main event.
        parts[_above(event, parents, alone)].append(event)

    def item(event: Mapping[str, Any]) -> str:
        identity = event["event_id"]
        below = "".join(map(item, parts[identity])) if identity else ""
        card = _card(event, arguments[identity], places, places.get(identity, Place()))
        return f"<li>{card}{f'<ol>{below}</ol>' if below else ''}</li>"

    return f'<ol class="events">{"".join(map(item, parts[""]))}</ol>'


def _above(event: Mapping[str, Any], parents: Mapping[str, str], alone: set[str]) -> str:
    """The event that another stands below; empty for none."""
    parent = parents[event["event_id"]]
    return parent if event["event_id"] not in alone and parent in alone else ""


def _card(
    event: Mapping[str, Any],
    arguments: list[Mapping[str, Any]],
    places: Mapping[str, Place],
    place: Place,
) -> str:
    """An entry: what kind of event, where in the text, and what belongs to it."""
    span = f"{event['span_start']}–{event['span_end']}"
    where = f"code points {span}" if place.mark else "not marked in the text"
    rows = [
        (
            written(one["role"]),
            places.get(one["argument_id"], Place()).link(one["text"]) + _grounding(one),
        )
        for one in arguments
    ]
    rows += [("when", written(when(event))), ("where", written(event["place"]))]
    rows += [("confidence", f"{event['confidence']:.2f}, salience {event['salience']:.2f}")]
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows if value)
    summary = f"<p>{written(event['summary'])}</p>" if event["summary"] else ""
    return (
        f'<div class="card" id="{place.card}"><h3>{written(kind(event))}: '
        f"{place.link(event['trigger'])} <small>{where}{_grounding(event)}</small></h3>"
        f"{summary}<dl>{listed}</dl></div>"
    )


def _grounding(found: Mapping[str, Any]) -> str:
    """How it was found in the text, where that is not word by word."""
    grounding = found["grounding"]
    return "" if grounding == _EXACT else f" <small>({written(grounding)})</small>"
