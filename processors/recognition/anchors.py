"""Anchors: the dates that relative ones count from."""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from processors.dates import day_of, month_of, quarter_of, week_of, year_of

UNKNOWN = ""


@dataclass(slots=True)
class Anchors:
    """What is known while a text is read from its start.

    ``published`` is the day of ``published_at``; ``previous`` the value of the nearest resolved
    date before, ``previous_day`` that of the nearest one that names a day.
    """

    published: date | None
    month_first: bool = True
    previous: str = UNKNOWN
    previous_day: date | None = None

    @property
    def speaking(self) -> date | None:
        """The day that "yesterday" and "Tuesday" are seen from."""
        return self.published or self.previous_day

    @property
    def telling(self) -> date | None:
        """The day that "a day later" counts from; None where the date before is no day."""
        return day_of(self.previous) if self.previous else self.published

    @property
    def telling_year(self) -> int | None:
        """The year that "the following year" counts from."""
        if self.previous:
            return int(self.previous[:4])
        return self.published.year if self.published else None

    def pass_by(self, value: str) -> None:
        """Take note of a resolved date."""
        if value:
            self.previous = value
            self.previous_day = day_of(value) or self.previous_day


def shifted(day: date | None, count: int, unit: str) -> str:
    """The value ``count`` units away from ``day``, as exact as the unit is.

    Args:
        day: where to count from; None gives the unknown value.
        count: negative for the past.
        unit: day, weekend, week, month, quarter, year or decade.
    """
    if day is None:
        return UNKNOWN
    try:
        return _shifted(day, count, unit)
    except (ValueError, OverflowError):
        return UNKNOWN


def _shifted(day: date, count: int, unit: str) -> str:
    match unit:
        case "day":
            return (day + timedelta(days=count)).isoformat()
        case "weekend":
            saturday = day + timedelta(days=5 - day.weekday(), weeks=count)
            return f"{saturday.isoformat()}/{(saturday + timedelta(days=1)).isoformat()}"
        case "week":
            return week_of(day + timedelta(weeks=count))
        case "month":
            return month_of(day + relativedelta(months=count))
        case "quarter":
            return quarter_of(day + relativedelta(months=3 * count))
        case "decade":
            first = (day + relativedelta(years=10 * count)).year // 10 * 10
            return f"{first:04d}/{first + 9:04d}"
        case _:
            return year_of(day + relativedelta(years=count))


def weekday_near(day: date | None, weekday: int, direction: str) -> str:
    """A weekday (Monday is 0) seen from ``day``.

    Args:
        day: where to look from; None gives the unknown value.
        weekday: the weekday looked for.
        direction: "last" is before ``day``, "next" after it, "coming" on or after it; anything
            else is on or before it, as news are told.
    """
    if day is None:
        return UNKNOWN
    back = (day.weekday() - weekday) % 7
    if direction == "last":
        back = back or 7
    elif direction == "next" or (direction == "coming" and back):
        back -= 7
    return shifted(day, -back, "day")


def in_nearest_year(day: date | None, month: int, day_of_month: int) -> str:
    """A day given without its year, in the year that brings it closest to ``day``."""
    if day is None:
        return UNKNOWN
    candidates = []
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            candidates.append(date(year, month, day_of_month))
        except ValueError:
            continue  # 29 February, or a year out of range
    if not candidates:
        return UNKNOWN
    return min(candidates, key=lambda candidate: abs(candidate - day)).isoformat()


def day_value(year: int, month: int, day: int) -> str | None:
    """The value of a calendar day; None where there is no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
