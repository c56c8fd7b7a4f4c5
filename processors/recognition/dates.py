"""Finding dates and times: every form is a pattern and the function that reads its match."""

import re
from collections.abc import Callable
from datetime import datetime

from processors.dates import day_of
from processors.recognition import cjk_dates, english_dates, numeric_dates
from processors.recognition.anchors import Anchors
from processors.recognition.found import Found
from processors.recognition.times import find_times

# None: not a date after all. An empty value: a date that can't be resolved.
_Reader = Callable[[re.Match[str], Anchors], str | None]
_Form = tuple[re.Pattern[str], _Reader]

# Of two matches that overlap, the one that starts first is read, then the longer, then the one
# further up.
_NUMERIC: tuple[_Form, ...] = (
    (numeric_dates.ISO, numeric_dates.read_iso),
    (numeric_dates.ISO_WEEK, numeric_dates.read_iso_week),
    (numeric_dates.SLASHED, numeric_dates.read_slashed),
    (numeric_dates.QUARTER, numeric_dates.read_quarter),
    (numeric_dates.DECADE, numeric_dates.read_decade),
    (numeric_dates.YEARS, numeric_dates.read_years),
    (numeric_dates.YEAR, numeric_dates.read_year),
)
_ENGLISH: tuple[_Form, ...] = (
    (english_dates.DAY_MONTH, english_dates.read_day),
    (english_dates.MONTH_DAY, english_dates.read_day),
    (english_dates.LOWER_MONTH, english_dates.read_day),
    (english_dates.MONTH_YEAR, english_dates.read_month_year),
    (english_dates.MONTH, english_dates.read_month),
    (english_dates.WEEKDAY, english_dates.read_weekday),
    (english_dates.NEAR_DAY, english_dates.read_near_day),
    (english_dates.NEAR_UNIT, english_dates.read_near_unit),
)
_COUNTED: tuple[_Form, ...] = ((english_dates.COUNTED, english_dates.read_counted),)
_CJK: tuple[_Form, ...] = (
    (cjk_dates.DATE, cjk_dates.read_date),
    (cjk_dates.MONTH_DAY, cjk_dates.read_month_day),
    (cjk_dates.NEAR, cjk_dates.read_near),
    (cjk_dates.TOLD, cjk_dates.read_told),
    (cjk_dates.COUNTED, cjk_dates.read_counted),
    (cjk_dates.WEEKDAY, cjk_dates.read_weekday),
)
# "next" and the like are looked for behind the match, which keeps these patterns fast.
_PRECEDED = frozenset({english_dates.MONTH, english_dates.WEEKDAY})


def find_dates(text: str, language: str, published_at: datetime | None) -> list[Found]:
    """The dates and times of ``text``, in order, with ISO 8601 values (see processors/dates.py).

    "Yesterday", "on Tuesday" and "last week" are seen from ``published_at``, or from the nearest
    day before them in the text; "a day later" and "the following week" from the nearest resolved
    date before them, or from ``published_at``. Without an anchor the value is empty.

    Args:
        text: the whole text.
        language: decides how 03/04/2024 is read.
        published_at: when the document was published, if known.
    """
    forms = _NUMERIC + _ENGLISH
    lower = text.lower()
    if any(words in lower for words in english_dates.COUNTED_NEEDS):
        forms += _COUNTED
    if not text.isascii() and cjk_dates.CJK.search(text):
        forms += _CJK
    matches = [
        (match.start(), -match.end(), order, match)
        for order, (pattern, _) in enumerate(forms)
        for match in pattern.finditer(text)
    ]
    matches.sort(key=lambda entry: entry[:3])
    anchors = Anchors(
        published=published_at.date() if published_at else None,
        month_first=language in ("en", "und"),
    )
    found: list[Found] = []
    end = 0
    for start, _, order, match in matches:
        if start < end:
            continue
        value = forms[order][1](match, anchors)
        if value is not None:
            span = _named_span(match)
            found.append(Found(*span, "time" if "T" in value else "date", value))
            anchors.pass_by(value)
            end = span[1]
    return found + find_times(text, [date for date in found if day_of(date.value)])


def _named_span(match: re.Match[str]) -> tuple[int, int]:
    """Without the words before a bare year or month that announce it."""
    if match.re is numeric_dates.YEAR:
        return match.span("year")
    start, end = match.span()
    if match.re in _PRECEDED:
        start = english_dates.start_with_which(match)
    if match.re is english_dates.DAY_MONTH and match.group()[:4].lower() == "the ":
        start += 4
    if match.string[end - 1] == "." and match.re is english_dates.DAY_MONTH:
        end -= 1
    return start, end
