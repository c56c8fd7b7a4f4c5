"""``text/plain``: the text alone."""

from processors.decoding.charsets import decode_strictly
from processors.decoding.content_type import ContentType
from schemas.document import IngestDocument


def decode_plain(value: bytes, content_type: ContentType) -> IngestDocument:
    """Take the bytes as text, UTF-8 where no charset is given; a byte order mark is part of it.

    Raises:
        RefusedError: ``bad_encoding``, with the byte at fault.
    """
    return IngestDocument(text=decode_strictly(value, content_type.charset or "utf-8"))
