"""A record's value as a document, by its content type."""

from collections.abc import Callable

from processors.decoding.content_type import ContentType, parse_content_type
from processors.decoding.identity import check_id, decode_key
from processors.decoding.json_document import decode_json
from processors.decoding.mail import decode_mail
from processors.decoding.plain_text import decode_plain
from processors.decoding.web_page import decode_page
from schemas.document import IngestDocument
from schemas.errors import RefusedError
from schemas.ids import document_id

_JSON = "application/json"

# A new content type is a function in this table.
DECODERS: dict[str, Callable[[bytes, ContentType], IngestDocument]] = {
    _JSON: decode_json,
    "text/plain": decode_plain,
    "message/rfc822": decode_mail,
    "text/html": decode_page,
}


def decode_document(
    value: bytes, content_type: bytes | None, key: bytes | None, max_text_bytes: int
) -> IngestDocument:
    """Decode a record's value.

    Args:
        value: the record's bytes.
        content_type: the header's bytes; ``application/json`` where it is absent.
        key: the record's key: the id of a document that brings none.
        max_text_bytes: the most UTF-8 bytes that the text may take.

    Returns:
        The document. Its ``id`` is set: that of a JSON body, else the key, else a mail's
        Message-ID, else a hash of the text.

    Raises:
        RefusedError: with one line that says what is wrong and where.
    """
    kind = parse_content_type(content_type or _JSON.encode())
    decoder = DECODERS.get(kind.media_type)
    if decoder is None:
        raise RefusedError(
            "unknown_content_type",
            f"content-type: {kind.media_type} is not known here: send {' or '.join(DECODERS)}",
        )
    document = decoder(value, kind)
    _check_text(document.text, max_text_bytes)
    # A deletion names the key: what a producer did not write into a body yields to it.
    if key and (document.id is None or kind.media_type != _JSON):
        return document.model_copy(update={"id": decode_key(key)})
    if document.id is None:
        return document.model_copy(update={"id": document_id(document.text)})
    check_id("malformed", "id", document.id)
    return document


def _check_text(text: str, max_text_bytes: int) -> None:
    if not text or text.isspace():
        raise RefusedError("empty", "text: empty or white space alone")
    # A code point takes at most 4 bytes: most texts need no second copy to be measured.
    size = len(text.encode()) if len(text) * 4 > max_text_bytes else 0
    if size > max_text_bytes:
        raise RefusedError(
            "too_large",
            f"text: {size} bytes of UTF-8, over the limit of {max_text_bytes}: split the document",
        )
