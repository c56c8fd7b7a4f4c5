"""Chinese and Japanese dates: years of the common era and of Japanese eras, relative days."""

import re

from processors.recognition.anchors import (
    UNKNOWN,
    Anchors,
    day_value,
    in_nearest_year,
    shifted,
    weekday_near,
)

CJK = re.compile(r"[\u3041-\u30ff\u3400-\u9fff]")

_DIGITS = {character: str(number) for number, character in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": "0", "元": "1"}
# The year before the era's first.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}

_KANJI_DAY = "[一二三四五六七八九十]{1,3}"
_NUMERAL = rf"(?:\d{{1,2}}|{_KANJI_DAY})"
_YEAR = (
    rf"(?:(?P<era>{'|'.join(_ERAS)})\s?(?P<era_year>元|{_NUMERAL})"
    r"|(?P<year>(?<!\d)\d{4}|[〇零一二三四五六七八九]{4}))\s?年"
)
DATE = re.compile(
    rf"{_YEAR}(?:\s?(?P<month>{_NUMERAL})\s?月(?:\s?(?P<day>{_NUMERAL})\s?[日号號])?)?"
)
MONTH_DAY = re.compile(rf"(?<!\d)(?P<month>{_NUMERAL})月(?P<day>{_NUMERAL})[日号號]")
_NEAR = {
    "day": {
        -2: "前天 一昨日 おととい",
        -1: "昨天 昨日 昨晚 昨夜 きのう",
        0: "今天 今日 本日 今晚 今夜",
        1: "明天 明日 あした",
        2: "后天 後天 明後日 あさって",
    },
    "week": {
        -1: "上周 上週 先週 上星期",
        0: "本周 本週 今週 这周 這週",
        1: "下周 下週 来週 下星期",
    },
    "month": {-1: "上个月 上個月 上月 先月", 0: "本月 今月", 1: "下个月 下個月 下月 来月"},
    "year": {-2: "前年 一昨年", -1: "去年 昨年", 0: "今年 本年", 1: "明年 来年"},
}
_NEAR_STEPS = {
    word: (unit, step)
    for unit, steps in _NEAR.items()
    for step, words in steps.items()
    for word in words.split()
}
_TOLD_STEPS = {
    "翌日": ("day", 1),
    "次日": ("day", 1),
    "第二天": ("day", 1),
    "翌週": ("week", 1),
    "翌月": ("month", 1),
    "次月": ("month", 1),
    "翌年": ("year", 1),
    "次年": ("year", 1),
    "同日": ("day", 0),
    "当日": ("day", 0),
}


def _any_of(words: dict[str, tuple[str, int]]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


NEAR = re.compile(_any_of(_NEAR_STEPS))
TOLD = re.compile(_any_of(_TOLD_STEPS))
COUNTED = re.compile(
    rf"(?<!第)(?<!\d)(?P<count>\d{{1,3}}|{_KANJI_DAY}|两|兩)\s?"
    r"(?P<unit>天|日|周|週間|个星期|个月|個月|か月|カ月|ヶ月|年)(?P<where>前|后|後|以前|之前|之后|之後)"
)
_UNITS = {"天": "day", "日": "day", "周": "week", "週": "week", "年": "year"}
WEEKDAY = re.compile(
    r"(?P<which>上|下|本|这)?(?:星期|礼拜|(?<![一两兩二三四五六七八九十每\d])周(?!.年|.岁))"
    r"(?P<zh>[一二三四五六日天])"
    r"|(?P<ja>[月火水木金土日])曜日?"
)
_WEEKDAYS = {"zh": "一二三四五六日", "ja": "月火水木金土日"}


def read_date(match: re.Match[str], _: Anchors) -> str | None:
    """A year, a month or a day of the common or a Japanese era."""
    if match["era"]:
        year = _ERAS[match["era"]] + _number(match["era_year"])
    else:
        year = int("".join(_DIGITS.get(digit, digit) for digit in match["year"]))
    if not match["month"]:
        return f"{year:04d}"
    month = _number(match["month"])
    if match["day"]:
        return day_value(year, month, _number(match["day"]))
    return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else None


def read_month_day(match: re.Match[str], anchors: Anchors) -> str | None:
    """A day of a month, in the nearest year."""
    month, day = _number(match["month"]), _number(match["day"])
    if day_value(2000, month, day) is None:
        return None
    return in_nearest_year(anchors.speaking, month, day)


def read_near(match: re.Match[str], anchors: Anchors) -> str:
    """Yesterday, last week, next year ... seen from publication."""
    unit, step = _NEAR_STEPS[match.group()]
    return shifted(anchors.speaking, step, unit)


def read_told(match: re.Match[str], anchors: Anchors) -> str:
    """The next day, the following year ... seen from the date before in the text."""
    unit, step = _TOLD_STEPS[match.group()]
    if unit == "year" and anchors.telling_year:
        return f"{anchors.telling_year + step:04d}"
    return shifted(anchors.telling, step, unit)


def read_counted(match: re.Match[str], anchors: Anchors) -> str:
    """Three days ago, from publication; three days later, from the date before in the text."""
    count = _number(match["count"])
    unit = _UNITS.get(match["unit"][0], "month")
    if match["unit"] == "个星期":
        unit = "week"
    if match["where"].endswith("前"):
        return shifted(anchors.speaking, -count, unit)
    return shifted(anchors.telling, count, unit)


def read_weekday(match: re.Match[str], anchors: Anchors) -> str:
    """A day of the week: of last, this or next week, else the last such day."""
    script = "zh" if match["zh"] else "ja"
    weekday = _WEEKDAYS[script].index(match[script].replace("天", "日"))
    day = anchors.speaking
    if match["which"] and day is not None:
        weeks = {"上": -1, "下": 1}.get(match["which"], 0)
        return shifted(day, weekday - day.weekday() + 7 * weeks, "day")
    return weekday_near(day, weekday, "") if day else UNKNOWN


def _number(text: str) -> int:
    """A number up to 99 in digits of any script, or in Chinese numerals."""
    if text in ("两", "兩"):
        return 2
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_DIGITS[digit] for digit in text))
    return 10 * (_number(tens) if tens else 1) + (_number(ones) if ones else 0)
