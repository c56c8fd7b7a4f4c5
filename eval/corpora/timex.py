"""Values of time expressions as corpora write them, as TIMEX3 writes them."""

import re
from datetime import date

_DATE = re.compile(
    r"(?P<year>[\dX]{4})"
    r"(?:-(?:W(?P<week>[\dX]{1,2})(?P<weekend>-WE)?|Q(?P<quarter>[\dX])|H[12X]"
    r"|(?P<season>SP|SU|FA|WI)"
    r"|(?P<month>[\dX]{1,2})(?:-(?P<day>[\dX]{1,2})(?P<time>T.+)?)?))?",
    re.ASCII,
)
_TIME = re.compile(
    r"T(?:[\dX]{2}(?::[\dX]{2}(?::[\dX]{2})?)?(?:Z|[+-]\d{2}:\d{2})?|MO|MI|AF|EV|NI|DT)"
)
_DURATION = re.compile(r"P(?=.)(?:[\d.X]+[YMWD])*(?:T(?:[\d.X]+[HMS])+)?")
_DECADE_OR_CENTURY = re.compile(r"\d{2,3}X?")
_REFERENCES = frozenset({"PAST_REF", "PRESENT_REF", "FUTURE_REF"})


def timex_value(written: str | None) -> str | None:
    """The value in the form of TIMEX3; None where it has none.

    Months, days and weeks of one digit get their zero ("2009-12-7").
    """
    value = (written or "").strip()
    if value in _REFERENCES or _DURATION.fullmatch(value) or _DECADE_OR_CENTURY.fullmatch(value):
        return value
    match = _DATE.fullmatch(value)
    if match is None or (match["time"] and not _TIME.fullmatch(match["time"])):
        return None
    if match["week"]:
        return f"{match['year']}-W{match['week']:0>2}{match['weekend'] or ''}"
    if not match["month"]:
        return value
    day = f"-{match['day']:0>2}" if match["day"] else ""
    return f"{match['year']}-{match['month']:0>2}{day}{match['time'] or ''}"


def day(value: str | None) -> str | None:
    """The calendar day of a value as ISO 8601; None where it names none."""
    try:
        return date.fromisoformat((timex_value(value) or "")[:10]).isoformat()
    except ValueError:
        return None
