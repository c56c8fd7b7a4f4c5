"""``application/json``: a document's fields as they are produced."""

import json
import re
from typing import Any, NoReturn

from pydantic import ValidationError

from processors.decoding.charsets import decode_strictly
from processors.decoding.content_type import ContentType
from schemas.document import IngestDocument
from schemas.errors import RefusedError
from schemas.model import MAX_NAMED_CHARACTERS, describe_invalid

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MESSAGE_CHARACTERS = 500


def decode_json(value: bytes, content_type: ContentType) -> IngestDocument:
    """Read a JSON object; a byte order mark before it is skipped (RFC 8259 allows that).

    Raises:
        RefusedError: ``bad_encoding``, or ``malformed`` with the field or byte at fault.
    """
    if content_type.charset not in (None, "utf-8", "ascii"):
        raise RefusedError("bad_encoding", "content-type: JSON should be UTF-8 (RFC 8259)")
    skipped = len(_BYTE_ORDER_MARK) if value.startswith(_BYTE_ORDER_MARK) else 0
    body = _load_json(decode_strictly(value[skipped:], "utf-8", skipped), skipped)
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
        what = error.msg.lower().removesuffix(" at").removesuffix(" starting")
        raise RefusedError("malformed", f"not JSON at byte {position}: {what}") from None
    except RecursionError:
        raise RefusedError("malformed", "JSON nested too deeply: a document is flat") from None


def _checked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object as a dict, each key once, no text that UTF-8 could not carry on."""
    content: dict[str, Any] = {}
    for key, value in pairs:
        if key in content:
            raise RefusedError(
                "malformed",
                _one_line(f"{key[:MAX_NAMED_CHARACTERS]}: key given twice: give it once"),
            )
        content[key] = value
        surrogate = _SURROGATE.search(value) if isinstance(value, str) else None
        surrogate = surrogate or _SURROGATE.search(key)
        if surrogate:
            raise RefusedError(
                "bad_encoding",
                _one_line(
                    f"{key[:MAX_NAMED_CHARACTERS]}: lone surrogate at code point "
                    f"{surrogate.start()}: remove it"
                ),
            )
    return content


def _no_constant(constant: str) -> NoReturn:
    raise RefusedError("malformed", f"{constant} is not JSON: write null or a number")


def _one_line(message: str) -> str:
    """Keys are the producer's: a message that names them still fits one line of plain text."""
    line = "".join(
        sign if sign.isprintable() else "\ufffd" for sign in message[:_MESSAGE_CHARACTERS]
    )
    return line if len(message) <= _MESSAGE_CHARACTERS else line[:-3] + "..."
