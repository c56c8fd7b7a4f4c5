"""Dates as ISO 8601 values, and the stretch of time that a value stands for.

Values: ``2024``, ``2024-03``, ``2024-03-03``, ``2024-W10``, ``2024-Q3`` (a quarter: not in the
standard, but unmistakable), ``2024-03-03T15:00`` with or without seconds and zone, and
``start/end`` of two of them.
"""

import re
from datetime import UTC, date, datetime, timedelta

FIRST_YEAR = 1900
LAST_YEAR = 2299

_ONE_SECOND = timedelta(seconds=1)
_VALUE = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-W(?P<week>\d{2})"
    r"|-Q(?P<quarter>[1-4])"
    r"|-(?P<month>\d{2})"
    r"(?:-(?P<day>\d{2})(?:T(?P<time>\d{2}:\d{2}(?::\d{2})?)(?P<zone>Z|[+-]\d{2}:\d{2})?)?)?"
    r")?",
    re.ASCII,
)


def interval(value: str) -> tuple[datetime, datetime] | None:
    """The first and the last second, in UTC, of the time that ``value`` names.

    A time without a zone counts as UTC.

    Returns:
        None for an empty value, another form, an impossible date, a range that ends before it
        starts, or a year outside 1900 to 2299.
    """
    first, slash, last = value.partition("/")
    start = _bounds(first)
    end = _bounds(last) if slash else start
    if start is None or end is None or start[0] > end[1]:
        return None
    if start[0].year < FIRST_YEAR or end[1].year > LAST_YEAR:
        return None
    return start[0], end[1]


def day_of(value: str) -> date | None:
    """The day that ``value`` names, alone or with a time; None where it names more than a day."""
    try:
        return date.fromisoformat(value[:10]) if len(value) == 10 or value[10:11] == "T" else None
    except ValueError:
        return None


def week_of(day: date) -> str:
    """The ISO week of ``day``."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def quarter_of(day: date) -> str:
    """The quarter of ``day``."""
    return f"{day.year:04d}-Q{(day.month + 2) // 3}"


def month_of(day: date) -> str:
    """The month of ``day``."""
    return f"{day.year:04d}-{day.month:02d}"


def year_of(day: date) -> str:
    """The year of ``day``."""
    return f"{day.year:04d}"


def _bounds(value: str) -> tuple[datetime, datetime] | None:
    match = _VALUE.fullmatch(value)
    if match is None:
        return None
    try:
        if match["time"]:
            start = datetime.fromisoformat(value)
            start = start.astimezone(UTC) if match["zone"] else start.replace(tzinfo=UTC)
            span = _ONE_SECOND if match["time"].count(":") == 2 else timedelta(minutes=1)
            return start, start + span - _ONE_SECOND
        first, following = _days(match)
    except (ValueError, OverflowError):
        return None
    return _midnight(first), _midnight(following) - _ONE_SECOND


def _days(match: re.Match[str]) -> tuple[date, date]:
    """The first day of a value, and the first day behind it."""
    year = int(match["year"])
    if match["week"]:
        first = date.fromisocalendar(year, int(match["week"]), 1)
        return first, first + timedelta(weeks=1)
    if match["quarter"]:
        month, months = int(match["quarter"]) * 3 - 2, 3
    elif match["month"]:
        month, months = int(match["month"]), 1
    else:
        month, months = 1, 12
    if match["day"]:
        first = date(year, month, int(match["day"]))
        return first, first + timedelta(days=1)
    behind = month + months
    return date(year, month, 1), date(year + (behind - 1) // 12, (behind - 1) % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
