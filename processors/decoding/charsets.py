"""Charsets: which are known by a label, and bytes in them as text."""

import codecs
import re

from schemas.errors import RefusedError

_LABEL = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}")
# Text encodings by their canonical Python name. Others that Python knows (idna, punycode,
# unicode_escape ...) transform text instead of encoding it, some in quadratic time.
_KNOWN = frozenset(
    [
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii",
        *(f"iso8859-{number}" for number in range(1, 17) if number != 12),
        *(f"cp125{number}" for number in range(9)),
        "cp437", "cp850", "cp852", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman",
        "shift_jis", "cp932", "euc_jp", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2",
        "iso2022_jp_ext", "iso2022_kr", "hz", "gb2312", "gbk", "gb18030", "big5", "big5hkscs",
        "euc_kr", "cp949",
    ]
)  # fmt: skip
# What writers of mail and pages mean by a label: mostly the superset that Windows made of it
# (encoding.spec.whatwg.org, "Names and labels").
_MEANT = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
}


def find_charset(label: str) -> str | None:
    """The canonical name of a charset by any of its labels, None where it is not known."""
    label = label.strip().strip("\"'").lower()
    if _LABEL.fullmatch(label) is None:
        return None
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    return name if name in _KNOWN else None


def meant_charset(charset: str) -> str:
    """The charset that mails and pages are in when they name this one."""
    return _MEANT.get(charset, charset)


def decode_strictly(value: bytes, charset: str, skipped: int = 0) -> str:
    """Bytes as text; ``skipped`` bytes stood before them and count in the message.

    Raises:
        RefusedError: ``bad_encoding``, with the byte at fault.
    """
    try:
        return value.decode(charset)
    except UnicodeDecodeError as error:
        raise RefusedError(
            "bad_encoding",
            f"not {charset} at byte {skipped + error.start}: convert it to UTF-8",
        ) from None


def decode_leniently(value: bytes, charset: str | None) -> tuple[str, str]:
    """Bytes as text in the charset that was named, else UTF-8, else Windows-1252.

    Returns:
        The text, without lone surrogates, and the charset that it was read in.
    """
    named = [charset, meant_charset(charset)] if charset else []
    for one in (*named, "utf-8"):
        try:
            return value.decode(one), one
        except UnicodeDecodeError:
            continue
    return value.decode("cp1252", "replace"), "cp1252"
