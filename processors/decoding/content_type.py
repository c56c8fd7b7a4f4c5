"""The content-type header of a record: a media type and a charset."""

import re
from dataclasses import dataclass

from processors.decoding.charsets import find_charset
from schemas.errors import RefusedError

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")


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
    if _TYPE.fullmatch(media_type) is None:
        raise RefusedError(
            "bad_header", "content-type: should be type/subtype, as in application/json"
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return ContentType(media_type, _charset(value))
    return ContentType(media_type)


def _charset(label: str) -> str:
    known = find_charset(label)
    if known is None:
        raise RefusedError(
            "bad_encoding", "content-type: the charset is unknown here: produce UTF-8 instead"
        )
    return known
