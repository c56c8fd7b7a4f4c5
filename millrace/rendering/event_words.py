"""A document and its events in words, the same on a terminal and on a page."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

_DAY_END = time(23, 59, 59)


def facts(document: Mapping[str, Any]) -> list[str]:
    """What to know of a document beside its title; none of it is escaped."""
    published = document["published_at"]
    known = [
        document["document_id"] if document["title"] else "",
        document["source"],
        f"published {published:%Y-%m-%d}" if published else "",
        f"profile {document['profile']}",
        f"language {document['language']}",
        document["status"],
        f"revision {document['revision'][:12]}",
    ]
    return [fact for fact in known if fact]


def kind(event: Mapping[str, Any]) -> str:
    """Its kind, and its polarity where it did not simply happen."""
    polarity = "" if event["polarity"] == "positive" else f" ({event['polarity']})"
    return f"{event['kind']}{polarity}"


def when(event: Mapping[str, Any]) -> str:
    """Its time as precisely as it is known: a year, a month, a day, a range; else as written."""
    start, end = event["time_start"], event["time_end"]
    if start is None:
        return str(event["time_text"])
    if end is None or end == start:
        return _moment(start)
    if start.time() != time() or end.time().replace(microsecond=0) != _DAY_END:
        return f"{_moment(start)} – {_moment(end)}"
    if start.date() == end.date():
        return f"{start:%Y-%m-%d}"
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start:%Y}" if start.year == end.year else f"{start:%Y} – {end:%Y}"
    if start.day == 1 and (start.year, start.month) == (end.year, end.month) and _ends_month(end):
        return f"{start:%Y-%m}"
    return f"{start:%Y-%m-%d} – {end:%Y-%m-%d}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}" if moment.time() == time() else f"{moment:%Y-%m-%d %H:%M}"


def _ends_month(moment: datetime) -> bool:
    return moment.day == monthrange(moment.year, moment.month)[1]


def takes_part(document: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Who and what takes part, as "role: text", by the id of the event; for others nothing."""
    found: dict[str, list[str]] = defaultdict(list)
    for argument in document["arguments"]:
        found[argument["event_id"]].append(f"{argument['role']}: {argument['text']}")
    return found
