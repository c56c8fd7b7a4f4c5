"""Scores of when and where: time expressions and their values, times and places of events.

A time is right by value where both name the same stretch of time, however it is written. Values
that name none (durations, sets, "PRESENT_REF", seasons) are left out on both sides, and so are
expressions of durations and sets, which millrace does not look for.
"""

from functools import partial

from eval.found import TIME_KINDS, Found, FoundEvent, FoundTime
from eval.gold import GoldDocument, GoldEvent, GoldTime, Span
from eval.scoring.attachments import Attachment, Parts, judge_attached
from eval.scoring.judging import Item, Judgement, Metric, judge
from eval.scoring.participants import phrases_by_head
from processors.dates import interval

TIME_METRICS = (
    Metric(
        "times",
        "a date or time that shares a character with a gold time expression",
        ("times",),
        lambda document, found: _expressions(document, found, with_values=False),
    ),
    Metric(
        "time values",
        "the same, and both name the same stretch of time",
        ("times",),
        lambda document, found: _expressions(document, found, with_values=True),
    ),
    Metric(
        "event times",
        "the time of an event that matches by head shares a character with a gold one of it; of "
        "several one is enough",
        ("events", "event times"),
        lambda document, found: _event_times(document, found, with_values=False),
    ),
    Metric(
        "event time values",
        "the time of an event that matches by head names the same stretch of time as a gold one of "
        "it, whatever words it was taken from; of several one is enough",
        ("events", "event times", "times"),
        lambda document, found: _event_times(document, found, with_values=True),
    ),
    Metric(
        "event places",
        "the place of an event that matches by head and a gold one of it cover each other's heads",
        ("events", "places"),
        lambda document, found: judge_attached(
            document, found, Attachment(_places, _found_place, phrases_by_head(document)), True
        ),
    ),
)


def stretch(value: str | None) -> str:
    """The stretch of time that an ISO 8601 value names, as text; empty where it names none."""
    bounds = interval(value) if value else None
    return "/".join(moment.isoformat() for moment in bounds) if bounds else ""


def _expressions(document: GoldDocument, found: Found, with_values: bool) -> Judgement | None:
    if document.times is None or (with_values and not any(one.value for one in document.times)):
        return None
    gold = [Item(one.span, value=stretch(one.value)) for one in document.times if _is_moment(one)]
    others = [Item(one.span) for one in document.times if not _is_moment(one)]
    mentions = [
        Item(one.span, value=stretch(one.value)) for one in found.entities if one.kind in TIME_KINDS
    ]
    if not with_values:
        return judge(document, gold, mentions, lambda _, __: True, ignored=others)
    return judge(
        document,
        (item for item in gold if item.value),
        mentions,
        lambda one, other: one.value in ("", other.value),
        ignored=(*others, *(item for item in gold if not item.value)),
    )


def _is_moment(time: GoldTime) -> bool:
    return time.kind not in ("duration", "set")


def _event_times(document: GoldDocument, found: Found, with_values: bool) -> Judgement | None:
    if not with_values:
        attachment = Attachment(_times, _found_time, lambda _, __: True, is_one=True)
        return judge_attached(document, found, attachment, by_head=True)
    values = {one.span: stretch(one.value) for one in document.times or () if one.value}
    if not values:
        return None
    valued = Attachment(
        partial(_time_values, values=values),
        _found_time_value,
        lambda one, other: one.value in ("", other.value),
        is_valued=True,
        is_one=True,
    )
    return judge_attached(document, found, valued, by_head=True)


def _times(event: GoldEvent) -> Parts | None:
    return None if event.times is None else Parts(tuple(Item(span) for span in event.times))


def _time_values(event: GoldEvent, values: dict[Span, str]) -> Parts | None:
    if event.times is None:
        return None
    items = [Item(span, value=values.get(span, "")) for span in event.times]
    return Parts(
        tuple(item for item in items if item.value), tuple(item for item in items if not item.value)
    )


def _found_time(event: FoundEvent) -> list[Item]:
    time = event.time
    if time is None or time.words.span is None:
        return []
    return [Item(time.words.span)]


def _found_time_value(event: FoundEvent) -> list[Item]:
    time = event.time
    if time is None or time.words.span is None:
        return []
    value = _bounds(time)
    return [Item(time.words.span, value=value)] if value else []


def _bounds(time: FoundTime) -> str:
    if time.start is None or time.end is None:
        return ""
    return f"{time.start.isoformat()}/{time.end.isoformat()}"


def _places(event: GoldEvent) -> Parts | None:
    return None if event.places is None else Parts(tuple(Item(span) for span in event.places))


def _found_place(event: FoundEvent) -> list[Item]:
    if event.place is None or event.place.span is None:
        return []
    return [Item(event.place.span)]
