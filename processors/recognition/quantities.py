"""Quantities: numbers written in digits or words, read as exact decimals."""

import re
from decimal import Decimal

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: number for number, word in enumerate(_UNITS.split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), 2)
}
SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
SHORT_SCALES = {
    "k": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mln": 1_000_000,
    "mm": 1_000_000,
    "b": 1_000_000_000,
    "bn": 1_000_000_000,
    "tn": 1_000_000_000_000,
}
CJK_SCALES = {
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "萬": 10_000,
    "亿": 100_000_000,
    "億": 100_000_000,
    "兆": 1_000_000_000_000,
}

_SMALL_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_SCALE_WORD = "|".join(SCALES)

# At most 15 digits: what is longer is a serial number, not a quantity.
DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(?:\.\d{1,10})?(?!\d)"
# Words such as "two hundred and five thousand"; at most a dozen words, so matching stays linear.
WORDS = (
    rf"(?:(?:an?\s+(?=(?:{_SCALE_WORD})\b)|half\s+a\s+(?=(?:million|billion|trillion|dozen)\b))?"
    rf"\b(?:{_SMALL_WORD}|{_SCALE_WORD})\b"
    rf"(?:(?:\s+and\s+|[\s-]+)(?:{_SMALL_WORD}|{_SCALE_WORD})\b){{0,11}})"
)
# A count before a unit of time: "a", "two", "12".
COUNT = rf"(?:\d{{1,4}}|(?:{_SMALL_WORD})(?:-(?:{_SMALL_WORD}))?|an?|a\s+couple\s+of)"

_COUNT_LIMIT = 5_000


def read_count(words: str) -> int | None:
    """A small count such as "a", "two" or "12"; None where it is vague ("several")."""
    words = words.lower()
    if words in ("a", "an"):
        return 1
    if words.endswith("couple of"):
        return 2
    number = read_words(words) if words[0].isalpha() else read_digits(words)
    return int(number) if number is not None and number <= _COUNT_LIMIT else None


def read_digits(digits: str) -> Decimal:
    """A number in digits, with or without commas between its thousands."""
    return Decimal(digits.replace(",", ""))


def read_words(words: str) -> Decimal | None:
    """A number in English words; None where they do not make one number ("two three")."""
    total = Decimal(0)
    group: Decimal | None = None
    last = Decimal(0)
    for word in re.split(r"[\s-]+", words.lower()):
        if word in ("a", "an", "and"):
            continue
        if word == "half":
            group = Decimal("0.5")
            continue
        if word in _SMALL:
            number = Decimal(_SMALL[word])
            # After twenty comes one to nine, after a hundred anything below.
            room = 10 if group and group % 100 >= 20 and group % 10 == 0 else 100
            if group is not None and (group % room or number >= room or not number):
                return None
            group = (group or Decimal(0)) + number
            continue
        if word not in SCALES:
            return None
        scale = Decimal(SCALES[word])
        if scale <= 100:
            group = (1 if group is None else group) * scale
        else:
            if last and scale >= last:
                return None
            total += (1 if group is None else group) * scale
            group, last = None, scale
    return total + (group or 0)


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros behind the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
