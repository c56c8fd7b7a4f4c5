"""The content-type header of a record: a media type and a charset."""

import codecs
import re
from dataclasses import dataclass

from schemas.errors import RefusedError

_TOKEN = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}(?:/[a-z0-9!#$&^_.+-]{1,64})?")

# Text encodings by their canonical Python name. Others that Python knows (idna, punycode,
# unicode_escape ...) transform text instead of encoding it, some in quadratic time.
_CHARSET_NAMES = (
    "utf-8 utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be ascii "
    "iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 "
    "iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 cp874 cp1250 cp1251 cp1252 "
    "cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp852 cp866 koi8-r koi8-u mac-roman "
    "shift_jis cp932 euc_jp iso2022_jp gb2312 gbk gb18030 big5 big5hkscs euc_kr cp949"
)
_CHARSETS = frozenset(_CHARSET_NAMES.split())


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type in lower case, and the canonical name of the charset given with it, or None."""

    media_type: str
    charset: str | None = None


def parse_content_type(header: bytes) -> ContentType:
    """Read a header such as ``text/plain; charset=utf-8``; other parameters are passed over.

    Raises:
        RefusedError: ``bad_header``, it has not this form; ``bad_encoding``, its charset is
            unknown.
    """
    media_type, *parameters = header.decode("latin-1").lower().split(";")
    media_type = media_type.strip()
    if "/" not in media_type or _TOKEN.fullmatch(media_type) is None:
        raise RefusedError(
            "bad_header", "content-type: should be type/subtype, as in application/json"
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return ContentType(media_type, _charset(value.strip().strip('"')))
    return ContentType(media_type)


def _charset(label: str) -> str:
    try:
        known = codecs.lookup(label).name if _TOKEN.fullmatch(label) else ""
    except LookupError:
        known = ""
    if known not in _CHARSETS:
        raise RefusedError(
            "bad_encoding", "content-type: the charset is unknown here: produce UTF-8 instead"
        )
    return known
