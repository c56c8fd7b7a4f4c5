"""Decoding: the bytes of a record on ``documents.ingest`` become a document with an id.

The text is never altered: no normalisation, no trimming, line ends as they are. A byte order mark
before JSON is skipped (RFC 8259 allows that); one in plain text is a character of the text.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from pydantic import ValidationError

from processors.content_type import ContentType, parse_content_type
from schemas.document import MAX_ID_CHARACTERS, IngestDocument
from schemas.errors import RefusedError
from schemas.ids import document_id
from schemas.model import describe_invalid

DEFAULT_CONTENT_TYPE = b"application/json"

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MESSAGE_CHARACTERS = 500


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
        The document. Its ``id`` is set: its own, else the key, else a hash of its text.

    Raises:
        RefusedError: with one line that says what is wrong and where.
    """
    kind = parse_content_type(content_type or DEFAULT_CONTENT_TYPE)
    decoder = DECODERS.get(kind.media_type)
    if decoder is None:
        raise RefusedError(
            "unknown_content_type",
            f"content-type: {kind.media_type} is not known here: send {' or '.join(DECODERS)}",
        )
    document = decoder(value, kind)
    _check_text(document.text, max_text_bytes)
    if document.id is None:
        identity = decode_key(key) if key else document_id(document.text)
        return document.model_copy(update={"id": identity})
    _check_id("malformed", "id", document.id)
    return document


def decode_key(key: bytes) -> str:
    """A record's key as a document's id.

    Raises:
        RefusedError: ``bad_key``: it is empty, too long, not UTF-8, or has control characters.
    """
    try:
        identity = key.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(
            "bad_key", f"key: not UTF-8 at byte {error.start}: use the document's id as key"
        ) from None
    _check_id("bad_key", "key", identity)
    return identity


def _decode_json(value: bytes, content_type: ContentType) -> IngestDocument:
    if content_type.charset not in (None, "utf-8", "ascii"):
        raise RefusedError("bad_encoding", "content-type: JSON should be UTF-8 (RFC 8259)")
    skipped = len(_BYTE_ORDER_MARK) if value.startswith(_BYTE_ORDER_MARK) else 0
    body = _load_json(_decode(value[skipped:], "utf-8", skipped), skipped)
    if not isinstance(body, dict):
        raise RefusedError("malformed", 'should be a JSON object, as in {"text": "..."}')
    try:
        return IngestDocument.model_validate(body)
    except ValidationError as error:
        raise RefusedError("malformed", _one_line(describe_invalid("document", error))) from None


def _load_json(text: str, skipped: int) -> Any:
    """Parse JSON strictly: no key twice, no lone surrogate, no NaN or Infinity, no deep nesting."""
    try:
        # Any number is a mistake here, and a float is cheap to read however long it is.
        return json.loads(
            text, object_pairs_hook=_checked, parse_constant=_no_constant, parse_int=float
        )
    except json.JSONDecodeError as error:
        position = skipped + len(text[: error.pos].encode())
        raise RefusedError(
            "malformed", f"not JSON at byte {position}: {error.msg.lower()}"
        ) from None
    except RecursionError:
        raise RefusedError("malformed", "JSON nested too deeply: a document is flat") from None


def _checked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object as a dict, each key once, no text that UTF-8 could not carry on."""
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise RefusedError("malformed", _one_line(f"{key}: key given twice: give it once"))
        content[key] = value
        surrogate = _SURROGATE.search(value) if isinstance(value, str) else None
        surrogate = surrogate or _SURROGATE.search(key)
        if surrogate:
            raise RefusedError(
                "bad_encoding",
                _one_line(f"{key}: lone surrogate at code point {surrogate.start()}: remove it"),
            )
    return content


def _no_constant(constant: str) -> NoReturn:
    raise RefusedError("malformed", f"{constant} is not JSON: write null or a number")


def _decode_plain(value: bytes, content_type: ContentType) -> IngestDocument:
    return IngestDocument(text=_decode(value, content_type.charset or "utf-8", 0))


def _decode(value: bytes, charset: str, skipped: int) -> str:
    try:
        return value.decode(charset)
    except UnicodeDecodeError as error:
        raise RefusedError(
            "bad_encoding",
            f"not {charset} at byte {skipped + error.start}: {error.reason}",
        ) from None


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


def _check_id(kind: Any, what: str, identity: str) -> None:
    if not 0 < len(identity) <= MAX_ID_CHARACTERS:
        raise RefusedError(
            kind, f"{what}: {len(identity)} characters, should be 1 to {MAX_ID_CHARACTERS}"
        )
    control = _CONTROL.search(identity)
    if control:
        raise RefusedError(
            kind,
            f"{what}: control character U+{ord(control.group()):04X} at code point "
            f"{control.start()}: remove it",
        )


def _one_line(message: str) -> str:
    """Keys are the producer's: a message that names them still fits one line of plain text."""
    line = _UNPRINTABLE.sub("\ufffd", message)
    return line if len(line) <= _MESSAGE_CHARACTERS else line[: _MESSAGE_CHARACTERS - 3] + "..."


# A new content type is a function in this table.
DECODERS: dict[str, Callable[[bytes, ContentType], IngestDocument]] = {
    "application/json": _decode_json,
    "text/plain": _decode_plain,
}
