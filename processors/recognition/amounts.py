"""Numbers, percentages and amounts of money."""

import re
from collections.abc import Iterator
from decimal import Decimal

from processors.recognition.found import Found
from processors.recognition.quantities import (
    CJK_SCALES,
    DIGITS,
    SCALES,
    SHORT_SCALES,
    WORDS,
    plain,
    read_digits,
    read_words,
)

# ISO 4217 codes. "$" alone is the US dollar, "¥" alone the yen, "kr" and "Rs" are left out as
# ambiguous.
_SYMBOLS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "NT$": "TWD",
    "NZ$": "NZD", "S$": "SGD", "R$": "BRL", "$": "USD", "＄": "USD", "£": "GBP", "€": "EUR",
    "¥": "JPY", "￥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "฿": "THB",
    "₫": "VND", "₱": "PHP", "₴": "UAH", "₦": "NGN",
}  # fmt: skip
_CODES = (
    "USD EUR GBP JPY CNY CHF CAD AUD NZD HKD SGD TWD KRW INR RUB BRL MXN ZAR SEK NOK DKK PLN CZK "
    "HUF TRY ILS THB IDR MYR PHP VND SAR AED"
)
_WORDS = {
    r"(?:u\.?s\.?\s+)?dollars?": "USD",
    r"australian\s+dollars?": "AUD",
    r"canadian\s+dollars?": "CAD",
    r"hong\s+kong\s+dollars?": "HKD",
    r"euros?": "EUR",
    r"pounds?\s+sterling": "GBP",
    r"yen": "JPY",
    r"yuan|renminbi": "CNY",
    r"(?:indian\s+)?rupees?": "INR",
    r"swiss\s+francs?": "CHF",
    r"(?:russian\s+)?roubles?|rubles?": "RUB",
    r"(?:south\s+korean\s+)?won(?=[^\w\s]|\s*$)": "KRW",
    r"shekels?": "ILS",
}
_CJK_WORDS = {
    "人民币": "CNY", "人民幣": "CNY", "人民元": "CNY", "元": "CNY",
    "美元": "USD", "美金": "USD", "米ドル": "USD", "ドル": "USD",
    "欧元": "EUR", "歐元": "EUR", "ユーロ": "EUR", "日元": "JPY", "日圆": "JPY", "円": "JPY",
    "港元": "HKD", "港币": "HKD", "新台币": "TWD", "台币": "TWD",
    "英镑": "GBP", "英鎊": "GBP", "ポンド": "GBP", "韩元": "KRW", "ウォン": "KRW", "卢布": "RUB",
}  # fmt: skip

_BEFORE = r"(?<![A-Za-z0-9_.,/:#@-])"
_AFTER = r"(?![A-Za-z0-9_]|[-/.:,]\d|[/@])"
_SCALE = rf"(?:[\s-]?(?P<scale>{'|'.join(SCALES)})\b)"
_SHORT = r"(?:(?P<short>[kKmMbB]|[mM][nNmM]|[mM][lL][nN]|[bB][nN]|[tT][nN])(?![A-Za-z0-9]))"
_CJK_SCALE = rf"(?P<cjk>[{''.join(CJK_SCALES)}]{{1,2}})"
_AMOUNT = rf"(?P<digits>{DIGITS})"
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_CODE = "|".join(_CODES.split())
_NAMES = "|".join(f"(?P<w{index}>{words})" for index, words in enumerate(_WORDS))
_CJK_NAMES = "|".join(sorted(_CJK_WORDS, key=len, reverse=True))

_MONEY_BEFORE = re.compile(
    rf"(?<![A-Za-z])(?P<symbol>{_SYMBOL}|\b(?:{_CODE})\b)\s?{_AMOUNT}"
    rf"(?:{_SCALE}|{_SHORT}|{_CJK_SCALE})?(?![\d]|[.,]\d)",
    re.IGNORECASE,
)
_MONEY_BEHIND = re.compile(
    rf"{_BEFORE}(?P<amount>(?:{_AMOUNT}(?:{_SCALE}|{_SHORT})?|(?P<words>{WORDS})))"
    rf"(?:[\s-](?:(?:{_NAMES}|(?P<cents>cents?))\b)|\s?(?:(?P<code>{_CODE})\b|(?P<sign>[€£₽₴])))",
    re.IGNORECASE,
)
_MONEY_CJK = re.compile(rf"(?<![\d.,]){_AMOUNT}{_CJK_SCALE}?余?多?(?P<name>{_CJK_NAMES})")
_PERCENT = re.compile(
    rf"{_BEFORE}(?P<sign>[-−+])?(?:{_AMOUNT}|(?P<words>{WORDS}))"
    r"(?:\s?[%％]|[\s-](?:percent(?:age\s+points?)?|per\s+cent|pct)\b)",
    re.IGNORECASE,
)
# What a text must hold, in lower case, to be worth that pattern's time.
_PERCENT_NEEDS = re.compile(r"%|％|per\s*cent|pct")
_NUMBER = re.compile(
    rf"{_BEFORE}(?P<sign>[-−](?=\d))?{_AMOUNT}(?:{_SCALE}|{_CJK_SCALE})?{_AFTER}", re.IGNORECASE
)
_NUMBER_WORDS = re.compile(rf"(?<![\w-])(?P<words>{WORDS})(?![\w-]*\w)", re.IGNORECASE)
# Pronouns and articles more often than numbers.
_VAGUE = frozenset(
    {"one", "zero", "hundred", "thousand", "million", "billion", "trillion", "dozen"}
)


def find_amounts(text: str) -> Iterator[Found]:
    """The amounts of ``text``, in no order, with overlaps: money is also a number.

    Values: a plain decimal number ("3500000"); with "%" ("12.5%"); with the ISO 4217 code of its
    currency ("40000000000 USD").
    """
    for match in _MONEY_BEFORE.finditer(text):
        symbol = match["symbol"].upper()
        yield _found(match, "money", f" {_SYMBOLS.get(symbol, symbol)}")
    for match in _MONEY_BEHIND.finditer(text):
        if match["cents"]:
            number = _number(match)
            if number is not None:
                yield Found(*match.span(), "money", f"{plain(number / 100)} USD")
        else:
            yield from _readable(match, "money", f" {_currency(match)}")
    if _PERCENT_NEEDS.search(text.lower()):
        for match in _PERCENT.finditer(text):
            yield from _readable(match, "percent", "%")
    for match in _NUMBER.finditer(text):
        yield _found(match, "number", "")
    for match in _NUMBER_WORDS.finditer(text):
        if match.group().lower() not in _VAGUE:
            yield from _readable(match, "number", "")
    if not text.isascii():
        for match in _MONEY_CJK.finditer(text):
            yield _found(match, "money", f" {_CJK_WORDS[match['name']]}")


def _readable(match: re.Match[str], kind: str, suffix: str) -> Iterator[Found]:
    if _number(match) is not None:
        yield _found(match, kind, suffix)


def _found(match: re.Match[str], kind: str, suffix: str) -> Found:
    number = _number(match)
    return Found(*match.span(), kind, "" if number is None else plain(number) + suffix)


def _currency(match: re.Match[str]) -> str:
    if match["code"]:
        return match["code"].upper()
    if match["sign"]:
        return _SYMBOLS[match["sign"]]
    named = next(index for index in range(len(_WORDS)) if match[f"w{index}"])
    return list(_WORDS.values())[named]


def _number(match: re.Match[str]) -> Decimal | None:
    groups = match.groupdict()
    if groups.get("words"):
        return read_words(groups["words"])
    number = read_digits(groups["digits"])
    if groups.get("scale"):
        number *= SCALES[groups["scale"].lower()]
    if groups.get("short"):
        number *= SHORT_SCALES[groups["short"].lower()]
    for character in groups.get("cjk") or "":
        number *= CJK_SCALES[character]
    return -number if groups.get("sign") in ("-", "−") else number
