"""Times of day, with the date they stand beside."""

import re
from bisect import bisect_left
from collections.abc import Iterable

from processors.dates import day_of
from processors.recognition.found import Found

# How far from a time, in code points, its date may stand.
_NEAR = 60

_ZONES = {
    "UTC": "Z",
    "GMT": "Z",
    "Z": "Z",
    "EST": "-05:00",
    "EDT": "-04:00",
    "CST": "-06:00",
    "CDT": "-05:00",
    "MST": "-07:00",
    "MDT": "-06:00",
    "PST": "-08:00",
    "PDT": "-07:00",
    "CET": "+01:00",
    "CEST": "+02:00",
    "JST": "+09:00",
}
_ZONE = rf"(?:\s?\(?(?P<zone>{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b)?"
_TWELVE = re.compile(
    r"(?<![\w.:,$€£-])(?P<hour>1[0-2]|0?[1-9])"
    r"(?:(?::\s?|\.)(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?"
    rf"\s?(?P<half>[AaPp])(?:\.\s?[Mm]\.?|[Mm])(?!\w){_ZONE}"
)
_TWENTY_FOUR = re.compile(
    r"(?<![\w.:,$€£/-])(?P<hour>[01]\d|2[0-3]|(?<=\b[Aa]t )\d):(?P<minute>[0-5]\d)"
    rf"(?::(?P<second>[0-5]\d))?(?![\w:/]|[.,-]\d){_ZONE}"
)
_WORD = re.compile(
    r"\b(?:(?P<hour>1[0-2]|[1-9])\s?o['’]clock|(?P<noon>noon|midday)|midnight)\b", re.IGNORECASE
)
_CJK = re.compile(
    r"(?P<half>上午|下午|午前|午後|凌晨|早上|晚上|中午)?(?<!\d)(?P<hour>\d{1,2})"
    r"\s?[时時点點](?:(?P<minute>\d{1,2})分|(?P<thirty>半))?(?!間|间|半)"
)
_LATIN = (_TWELVE, _TWENTY_FOUR, _WORD)


def find_times(text: str, dates: Iterable[Found]) -> list[Found]:
    """The times of day in ``text``.

    Args:
        text: the whole text.
        dates: the dates found in it, in order. A time takes the day of the nearest one of its
            line within 60 code points, the one before it where two are equally near.

    Returns:
        Values such as ``2024-03-03T15:00``, or ``T15:00`` where the day is unknown, with the zone
        where the text names it.
    """
    days = [
        (date.start, date.end, named.isoformat()) for date in dates if (named := day_of(date.value))
    ]
    starts = [start for start, _, _ in days]
    found = []
    for pattern in _LATIN if text.isascii() else (*_LATIN, _CJK):
        for match in pattern.finditer(text):
            clock = _clock(match)
            if clock is None:
                continue
            index = bisect_left(starts, match.start())
            day = _nearest_day(text, match, days[max(0, index - 1) : index + 1])
            found.append(Found(*match.span(), "time", f"{day}T{clock}"))
    return found


def _clock(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if match.re is _WORD and not groups["hour"]:
        return "12:00" if groups["noon"] else "00:00"
    hour = int(groups["hour"])
    minute = 30 if groups.get("thirty") else int(groups.get("minute") or 0)
    half = groups.get("half") or ""
    if half.lower() == "p" or half in ("下午", "午後", "晚上"):
        hour += 12 if hour < 12 else 0
    elif hour == 12 and (half.lower() == "a" or half in ("上午", "午前", "凌晨")):
        hour = 0
    if hour > 23 or minute > 59:
        return None
    second = f":{groups['second']}" if groups.get("second") else ""
    return f"{hour:02d}:{minute:02d}{second}{_ZONES.get(groups.get('zone') or '', '')}"


def _nearest_day(text: str, match: re.Match[str], days: list[tuple[int, int, str]]) -> str:
    nearest, distance = "", _NEAR + 1
    for start, end, day in days:
        gap = (end, match.start()) if end <= match.start() else (match.end(), start)
        length = gap[1] - gap[0]
        if 0 <= length < distance and not re.search(r"[\n\r]", text[gap[0] : gap[1]]):
            nearest, distance = day, length
    return nearest
