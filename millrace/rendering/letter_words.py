"""One dead letter in words: why it was refused, and the record that was."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from shlex import quote
from typing import Any

from schemas.letter import Letter

# Of a value: enough to know it by.
_TEXT_CHARACTERS = 2_000
_HEX_BYTES = 256
_HEX_LINE = 32
_HEADER_CHARACTERS = 200


def lines(letter: Letter) -> Iterator[str]:
    """A letter for people. Control characters in it are not made harmless here."""
    place = letter.place
    yield f"letter {letter.letter_id}"
    yield f"error: {letter.message} ({letter.kind})"
    yield f"stage: {letter.stage}, attempt {letter.attempt}, at {_moment(letter.failed_at)}"
    yield f"source: {place.topic}, partition {place.partition}, offset {place.offset}"
    if letter.document_id:
        yield f"document: {letter.document_id}"
    if letter.run_id:
        yield f"run: {letter.run_id}"
    if letter.redriven_at is None:
        yield "redriven: not yet"
    else:
        yield f"redriven: {_moment(letter.redriven_at)}"
    yield f"key: {_header(letter.key)}"
    for name, value in letter.headers:
        yield f"header {name}: {_header(value)}"
    yield from _value(letter.value)


def as_json(letter: Letter) -> dict[str, Any]:
    """A letter for scripts: its value shortened as text, or as hexadecimal digits."""
    return {
        "letter_id": letter.letter_id,
        "stage": letter.stage,
        "kind": letter.kind,
        "message": letter.message,
        "run_id": letter.run_id,
        "document_id": letter.document_id,
        "source_topic": letter.place.topic,
        "source_partition": letter.place.partition,
        "source_offset": letter.place.offset,
        "attempt": letter.attempt,
        "failed_at": letter.failed_at,
        "redriven_at": letter.redriven_at,
        "key": _part(letter.key, _TEXT_CHARACTERS),
        "headers": [
            {"name": name, **(_part(value, _TEXT_CHARACTERS) or {"bytes": 0})}
            for name, value in letter.headers
        ],
        "value": _part(letter.value, _TEXT_CHARACTERS),
    }


def refused(letter: Mapping[str, Any], document_id: str, *, is_shown: bool = True) -> Iterator[str]:
    """What is said of a document whose newest text became a letter, and what mends it.

    Args:
        letter: as ``infra.clickhouse.letters.letter_of_newest_text`` gives it.
        document_id: the document.
        is_shown: whether an older text of it is shown beside.
    """
    what = "the newest text of document" if is_shown else "document"
    yield (
        f"{what} {document_id!r} was dead-lettered by {letter['stage']} "
        f"({letter['kind']}): {letter['message']}"
    )
    if letter["redriven_at"] is not None:
        yield f"it was redriven at {_moment(letter['redriven_at'])} and is on its way"
        return
    yield f"mend that, then: {redrive_command(document_id)}"


def redrive_command(document_id: str) -> str:
    """The command that sends a document's letters back."""
    return f"millrace dead-letters redrive --document {quote(document_id)}"


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _header(value: bytes | None) -> str:
    if value is None:
        return "none"
    text = _text(value)
    shown = value.hex(" ") if text is None else text
    cut = shown[:_HEADER_CHARACTERS]
    return cut + ("…" if len(shown) > len(cut) else "")


def _value(value: bytes | None) -> Iterator[str]:
    if value is None:
        yield "value: none, the record deletes its document"
        return
    text = _text(value)
    if text is None:
        cut = value[:_HEX_BYTES]
        more = f", the first {len(cut)}" if len(cut) < len(value) else ""
        yield f"value: {len(value):,} bytes that are no text{more}:"
        for at in range(0, len(cut), _HEX_LINE):
            yield cut[at : at + _HEX_LINE].hex(" ")
        return
    cut_text = text[:_TEXT_CHARACTERS]
    more = f", the first {len(cut_text):,} characters" if len(cut_text) < len(text) else ""
    yield f"value: {len(value):,} bytes{more}:"
    yield cut_text


def _part(value: bytes | None, most: int) -> dict[str, Any] | None:
    """Bytes for scripts: their number, and what they begin with, as text or in base64."""
    if value is None:
        return None
    text = _text(value)
    if text is None:
        return {"bytes": len(value), "base64": b64encode(value[:most]).decode()}
    return {"bytes": len(value), "text": text[:most]}


def _text(value: bytes) -> str | None:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return None
