"""English dates: months, weekdays, and words that count from another date."""

import re
from datetime import date

from processors.recognition.anchors import (
    UNKNOWN,
    Anchors,
    day_value,
    in_nearest_year,
    shifted,
    weekday_near,
)
from processors.recognition.quantities import COUNT, read_count

_MONTHS = "january february march april may june july august september october november december"
_MONTH_NUMBER = {name[:3]: number for number, name in enumerate(_MONTHS.split(), 1)}
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_WEEKDAY_NUMBER = {name[:3]: number for number, name in enumerate(_WEEKDAYS.split())}

_FULL_MONTH = (
    r"(?:Janu|Febru)ary|March|April|May|June|July|August|(?:Septem|Octo|Novem|Decem)ber"
    r"|(?:JANU|FEBRU)ARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|(?:SEPTEM|OCTO|NOVEM|DECEM)BER"
)
_SHORT_MONTH = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
    r"|JAN|FEB|MAR|APR|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b\.?"
)
_MONTH = rf"(?:{_FULL_MONTH}|{_SHORT_MONTH})"
# Names of people and ordinary words: alone they are months only behind a word that says so.
_SURE_MONTH = r"(?:Janu|Febru)ary|July|(?:Septem|Octo|Novem|Decem)ber"
_FULL_WEEKDAY = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)DAY)"
)
_WEEKDAY = rf"(?:{_FULL_WEEKDAY}|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d|2[0-2])\d\d"
_DASH = r"\s?(?:-|–|—|to|and)\s?"

DAY_MONTH = re.compile(
    rf"\b(?:{_WEEKDAY},?\s+)?(?:the\s+)?(?P<day>{_DAY})(?:{_DASH}(?P<last>{_DAY}))?"
    rf"(?:\s+of\s+|\s+|-)(?P<month>{_MONTH})(?:,?(?:\s+|-)(?P<year>{_YEAR})\b)?(?!\w)"
)
MONTH_DAY = re.compile(
    rf"\b(?:{_WEEKDAY},?\s+)?(?P<month>{_MONTH})\s+(?:the\s+)?(?P<day>{_DAY})"
    rf"(?:{_DASH}(?P<last>{_DAY}))?(?![\w%]|[.:,]\d)(?:,?\s+(?P<year>{_YEAR})\b(?![.,]?\d))?"
)
LOWER_MONTH = re.compile(
    rf"\b(?P<day>{_DAY})\s+(?P<month>{_MONTHS.replace(' ', '|')})\s+(?P<year>{_YEAR})\b"
)
MONTH_YEAR = re.compile(rf"\b(?P<month>{_MONTH}),?\s+(?:of\s+)?(?P<year>{_YEAR})\b(?![.,]?\d)")
MONTH = re.compile(rf"(?<!\w)(?:(?P<sure>{_SURE_MONTH})|(?P<month>{_FULL_MONTH}))\b(?!\s\d)")
WEEKDAY = re.compile(
    rf"\b(?P<weekday>{_FULL_WEEKDAY})\b(?:\s+(?:morning|afternoon|evening|night))?"
)
# What may stand before a weekday or a month and belongs to it.
_WHICH = re.compile(r"\b(?P<which>last|next|this(?:\s+coming)?)\s+$", re.IGNORECASE)
_AHEAD = re.compile(r"\b(?:by|until|till|coming)\s+$", re.IGNORECASE)
_MONTH_OPENER = re.compile(
    r"(?:\b(?:in|since|until|till|by|of|during|early|late)\s+|\bmid-)$", re.IGNORECASE
)
# Names of days, and habits: not a day of this week.
_NAMED_DAY = re.compile(
    r"\b(?:Good|Black|Super|Ash|Bloody|Cyber|Ruby|Holy|Palm|Fat|Maundy|Easter|Giving|[Ee]very|[Ee]ach)\s+$"
)
_MONTH_VALUE = re.compile(r"\d{4}-\d\d")
_PART = r"(?:\s+(?:morning|afternoon|evening|night))?"
NEAR_DAY = re.compile(
    rf"\b(?:(?P<two>the\s+day\s+(?:before\s+yesterday|after\s+tomorrow))"
    rf"|(?P<one>yesterday|today|tomorrow){_PART}"
    r"|(?P<now>tonight|this\s+(?:morning|afternoon|evening)|last\s+night))\b",
    re.IGNORECASE,
)
NEAR_UNIT = re.compile(
    r"\b(?P<which>last|next|this|(?:the|that|this)\s+(?:following|next|previous|same)|that)\s+"
    r"(?P<unit>day|weekend|week|month|quarter|year|decade)\b(?!['’]|-)",
    re.IGNORECASE,
)
COUNTED = re.compile(
    rf"\b(?P<count>{COUNT}|a\s+few|several|some)[\s-]+(?P<unit>day|week|month|year|decade)s?\s+"
    r"(?P<where>ago|earlier|later|from\s+now)\b",
    re.IGNORECASE,
)
# What a text must hold, in lower case, to be worth that pattern's time.
COUNTED_NEEDS = ("ago", "earlier", "later", "now")

# The longest words before a date, in code points.
_LOOK_BACK = 16
_STEP = {"last": -1, "previous": -1, "this": 0, "that": 0, "same": 0, "next": 1, "following": 1}


def month_number(name: str) -> int:
    """1 to 12 for a month's English name or abbreviation."""
    return _MONTH_NUMBER[name[:3].lower()]


def read_day(match: re.Match[str], anchors: Anchors) -> str | None:
    """A day of a month, or a range of days, with its year or in the nearest one."""
    month = month_number(match["month"])
    days = [_number(match["day"])]
    if match.re is not LOWER_MONTH and match["last"]:
        days.append(_number(match["last"]))
    if match["year"]:
        values = [day_value(int(match["year"]), month, day) for day in days]
    elif day_value(2000, month, days[0]) is None:
        return None
    else:
        values = [in_nearest_year(anchors.speaking, month, day) for day in days]
    if None in values:
        return None
    return "/".join(value for value in values if value) if all(values) else UNKNOWN


def read_month_year(match: re.Match[str], _: Anchors) -> str:
    """A month of a year."""
    return f"{int(match['year']):04d}-{month_number(match['month']):02d}"


def read_month(match: re.Match[str], anchors: Anchors) -> str | None:
    """A month alone: last, this and next are seen from publication, others are the nearest."""
    which = _which(match)
    if not which and not match["sure"] and not _behind(_MONTH_OPENER, match):
        return None
    month = month_number(match.group())
    day = anchors.speaking
    if day is None:
        return UNKNOWN
    year = day.year
    if which == "last":
        year -= month >= day.month
    elif which == "next":
        year += month <= day.month
    elif not which:
        return in_nearest_year(day.replace(day=15), month, 15)[:7]
    return f"{year:04d}-{month:02d}"


def read_weekday(match: re.Match[str], anchors: Anchors) -> str | None:
    """A day of the week: the last one unless the words before it look ahead."""
    if _behind(_NAMED_DAY, match):
        return None
    which = _which(match)
    if which not in ("", "last", "next") or _behind(_AHEAD, match):
        which = "coming"
    return weekday_near(anchors.speaking, _WEEKDAY_NUMBER[match["weekday"][:3].lower()], which)


def start_with_which(match: re.Match[str]) -> int:
    """Where a weekday or a month starts together with "last", "next" or "this"."""
    which = _behind(_WHICH, match)
    return which.start() if which else match.start()


def _which(match: re.Match[str]) -> str:
    which = _behind(_WHICH, match)
    return which["which"].lower() if which else ""


def _behind(pattern: re.Pattern[str], match: re.Match[str]) -> re.Match[str] | None:
    """What ends with the start of ``match``, looked for in the few characters before it."""
    return pattern.search(match.string, max(0, match.start() - _LOOK_BACK), match.start())


def read_near_day(match: re.Match[str], anchors: Anchors) -> str:
    """Yesterday, today, tomorrow and their neighbours."""
    words = match.group().lower()
    if match["two"]:
        days = -2 if "yesterday" in words else 2
    else:
        days = {"yes": -1, "las": -1, "tom": 1}.get(words[:3], 0)
    return shifted(anchors.speaking, days, "day")


def read_near_unit(match: re.Match[str], anchors: Anchors) -> str | None:
    """Last week, next month (from publication); the following year, that day (from the text)."""
    which = match["which"].lower().split()
    unit = match["unit"].lower()
    step = _STEP[which[-1]]
    if which in (["this"], ["last"], ["next"]):
        return None if unit == "day" else shifted(anchors.speaking, step, unit)
    return _told(anchors, step, unit)


def read_counted(match: re.Match[str], anchors: Anchors) -> str:
    """Two days ago (from publication); a day later, three years earlier (from the text)."""
    count = read_count(match["count"])
    if count is None:
        return UNKNOWN
    unit = match["unit"].lower()
    where = match["where"].lower()
    if where == "ago":
        return shifted(anchors.speaking, -count, unit)
    if where.startswith("from"):
        return shifted(anchors.speaking, count, unit)
    return _told(anchors, count if where == "later" else -count, unit)


def _told(anchors: Anchors, count: int, unit: str) -> str:
    """Counted from the date before in the text, which may be no more than a year."""
    day = anchors.telling
    if day is None and unit in ("year", "decade") and anchors.telling_year:
        day = date(anchors.telling_year, 1, 1)
    elif (
        day is None
        and unit == "month"
        and len(anchors.previous) == 7
        and "-W" not in anchors.previous
        and "-Q" not in anchors.previous
    ):
        day = date.fromisoformat(anchors.previous + "-01")
    return shifted(day, count, unit)


def _number(day: str) -> int:
    return int(day.rstrip("stndrh"))
