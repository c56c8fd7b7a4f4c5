"""Dates in digits, and years: the forms that need no language.

An ambiguous date such as 03/04/2024 is read month first where the text is English or of unknown
language, day first otherwise; with dots it is always read day first. Two digits of a year are read
as in POSIX: 69 to 99 are 1969 to 1999.
"""

import re

from processors.recognition.anchors import Anchors, day_value

_CLOCK = r"\d\d:\d\d(?::\d\d)?"
_FREE = r"(?<![\w./-])"  # not the tail of another number, an address or a path
ISO = re.compile(
    rf"{_FREE}(?P<year>(?:1\d|2[0-2])\d\d)(?P<sign>[-/.])(?P<month>\d\d?)(?P=sign)(?P<day>\d\d?)"
    rf"(?:[T ](?P<clock>{_CLOCK})(?:\.\d{{1,9}})?\s?(?P<zone>Z\b|[+-]\d\d:?\d\d\b)?)?"
    r"(?![\w/-]|[.:]\d)"
)
ISO_WEEK = re.compile(rf"{_FREE}(?P<year>(?:19|2[0-2])\d\d)-W(?P<week>[0-5]\d)(?![\w-])")
SLASHED = re.compile(
    rf"{_FREE}(?P<first>\d\d?)(?P<sign>[-/.]|\s/\s)(?P<second>\d\d?)(?P=sign)"
    r"(?P<year>\d{4}|\d\d)(?![\w/-]|[.:]\d)"
)
_QUARTERS = "first second third fourth"
QUARTER = re.compile(
    r"\b(?:Q(?P<short>[1-4])|(?P<ordinal>first|second|third|fourth)[ -]quarter)"
    r"(?:\s+of|,)?\s+(?:fiscal\s+)?(?P<year>(?:19|2[0-2])\d\d)\b"
    r"|\b(?P<year_first>(?:19|2[0-2])\d\d)[\s-]Q(?P<behind>[1-4])\b",
)
DECADE = re.compile(r"\b(?P<century>1[6-9]|20)(?P<ten>\d)0['’]?s\b|['’](?P<short>[2-9])0s\b")
YEARS = re.compile(
    rf"{_FREE}(?P<first>(?:19|20)\d\d)\s?[-–—/]\s?(?P<last>(?:19|20)?\d\d)(?![\w/-]|[.,:]\d)"
)
_UNIT = (
    r"(?:people|men|women|children|years?|days?|weeks?|months?|hours?|minutes?|seconds?|miles?|"
    r"feet|meters?|metres?|km|kilomet\w+|percent|per\s+cent|dollars?|euros?|pounds?|points?|"
    r"workers?|jobs?|times|troops|soldiers?|members?|acres?|employees|students|copies|units|"
    r"hundred|thousand|million|billion|trillion)\b"
)
YEAR = re.compile(
    rf"(?<![\w.,/#$€£])(?P<year>(?:1[5-9]|20)\d\d)(?![\w%/]|[.,:]\d|-\d|\s+{_UNIT}|\s?[$€£%])"
)
_OPENER = re.compile(
    r"\b(?P<word>in|since|by|until|till|of|during|from|to|before|after|early|late|year|fiscal|FY|"
    r"summer|spring|winter|autumn|fall|season|and|between|through|around|circa|the|mid|end|start|"
    r"for|or|class|on|copyright)[\s-]+(?:early\s+|late\s+|mid-)?$|[(©]\s?$",
    re.IGNORECASE,
)
_LOOK_BACK = 24
# Words behind which 1500 may well be an amount: believed for years of the last centuries only.
_WEAK_WORDS = "of to and for or on the from around after before by end start between"
_WEAK = frozenset(_WEAK_WORDS.split())


def read_iso(match: re.Match[str], _: Anchors) -> str | None:
    """Year, month, day, and the time where one follows."""
    value = day_value(int(match["year"]), int(match["month"]), int(match["day"]))
    if value is None or not match["clock"]:
        return value
    if not _is_clock(match["clock"]):
        return None
    zone = match["zone"] or ""
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{value}T{match['clock']}{zone}"


def read_iso_week(match: re.Match[str], _: Anchors) -> str | None:
    """A week of the ISO calendar."""
    return match.group() if 1 <= int(match["week"]) <= 53 else None


def read_slashed(match: re.Match[str], anchors: Anchors) -> str | None:
    """Day, month and year in digits, by the rule at the top of this file."""
    if len(match["year"]) == 2 and "/" not in match["sign"]:
        return None  # a version, a score, a telephone number
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 1900 if year >= 69 else 2000
    elif not 1000 <= year <= 2299:
        return None
    first, second = int(match["first"]), int(match["second"])
    month_first = anchors.month_first and match["sign"] != "."
    if first > 12 or (second <= 12 and not month_first):
        first, second = second, first
    return day_value(year, first, second)


def read_quarter(match: re.Match[str], _: Anchors) -> str:
    """A quarter of a year."""
    if match["year_first"]:
        return f"{match['year_first']}-Q{match['behind']}"
    number = match["short"] or _QUARTERS.split().index(match["ordinal"]) + 1
    return f"{match['year']}-Q{number}"


def read_decade(match: re.Match[str], _: Anchors) -> str:
    """The ten years of a decade; the '90s are those of the twentieth century."""
    decade = f"19{match['short']}" if match["short"] else f"{match['century']}{match['ten']}"
    return f"{decade}0/{decade}9"


def read_years(match: re.Match[str], _: Anchors) -> str | None:
    """A range of years: 2010-2012, 2010–12."""
    first, last = match["first"], match["last"]
    last = first[:2] + last if len(last) == 2 else last
    return f"{first}/{last}" if int(first) < int(last) else None


def read_year(match: re.Match[str], _: Anchors) -> str | None:
    """A year behind a word that announces one, or at an end of brackets."""
    opener = _OPENER.search(match.string, max(0, match.start() - _LOOK_BACK), match.start())
    closed = match.string.startswith(")", match.end())
    if opener is None and not closed:
        return None
    year = match["year"]
    word = (opener["word"] or "").lower() if opener else ""
    if (closed or word in _WEAK) and not 1900 <= int(year) <= 2059:
        return None
    return year


def _is_clock(clock: str) -> bool:
    hours, *rest = (int(part) for part in clock.split(":"))
    return hours < 24 and all(part < 60 for part in rest)
