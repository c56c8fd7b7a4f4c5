"""Files as documents, by what their names end in."""

import gzip
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from millrace.inputs.files import BOXES, LINES, SUFFIXES
from millrace.inputs.foreign import mapped
from millrace.inputs.found import UNREADABLE, Found, Reading, Refused, too_large, unreadable
from millrace.inputs.mail_box import split_box
from processors.acceptance import check_names
from processors.decoding import decode_document
from schemas.document import IngestDocument
from schemas.errors import RefusedError

_JSON, _MAIL = b"application/json", b"message/rfc822"
_WHOLE = {
    ".json": _JSON,
    ".txt": b"text/plain",
    ".eml": _MAIL,
    ".html": b"text/html",
    ".htm": b"text/html",
}


def read(files: Iterable[Path | None], reading: Reading) -> Iterator[Found | Refused]:
    """The documents of the files, one at a time; what is no document comes as ``Refused``."""
    for file in files:
        name = str(file) if file else "stdin"
        try:
            yield from _read_file(file, name, reading)
        except RefusedError as error:
            yield Refused(name, error.kind, error.message)
        except UNREADABLE as error:
            yield unreadable(name, error)


def _read_file(file: Path | None, name: str, reading: Reading) -> Iterator[Found | Refused]:
    if file is None:
        yield from _lines(sys.stdin.buffer, name, reading)
        return
    lower = file.name.lower()
    if lower.endswith((*LINES, *BOXES)):
        with gzip.open(file) if lower.endswith(".gz") else file.open("rb") as content:
            records = _lines if lower.endswith(LINES) else _mails
            yield from records(content, name, reading)
    elif content_type := _WHOLE.get(file.suffix.lower()):
        found = _document(_whole(file, reading.max_record_bytes), content_type, name, reading)
        yield found if isinstance(found, Refused) else Found(name, _named(found.document, file))
    else:
        yield Refused(name, "unknown_content_type", f"ends in none of {', '.join(SUFFIXES)}")


def _lines(
    content: BinaryIO | gzip.GzipFile, name: str, reading: Reading
) -> Iterator[Found | Refused]:
    number, most = 0, reading.max_record_bytes
    try:
        while line := content.readline(most):
            number += 1
            if len(line) == most and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = content.readline(most)
                yield Refused(f"{name}:{number}", "too_large", too_large(most))
            elif line.strip():
                yield _document(line, _JSON, f"{name}:{number}", reading)
    except UNREADABLE as error:
        yield unreadable(f"{name}:{number + 1}", error)


def _mails(
    content: BinaryIO | gzip.GzipFile, name: str, reading: Reading
) -> Iterator[Found | Refused]:
    most = reading.max_record_bytes
    for mail in split_box(content, most):
        place = f"{name}:{mail.line}"
        if mail.is_whole:
            yield _document(mail.content, _MAIL, place, reading)
        else:
            yield Refused(place, "too_large", too_large(most))


def _whole(file: Path, most: int) -> bytes:
    with file.open("rb") as content:
        found = content.read(most)
        if content.read(1):
            raise RefusedError("too_large", too_large(most))
    return found


def _document(value: bytes, content_type: bytes, place: str, reading: Reading) -> Found | Refused:
    is_json = content_type == _JSON
    try:
        if reading.fields and is_json:
            value = mapped(value, reading)
        document = decode_document(value, content_type, None, reading.max_text_bytes)
        _check(document, len(value), reading)
    except RefusedError as error:
        hint = "" if reading.fields else _field_hint(error)
        return Refused(place, error.kind, error.message + hint)
    # The profile of a mail is our guess, that of JSON its producer's word.
    is_named = is_json and document.profile is not None
    if reading.profile is not None and not is_named:
        document = document.model_copy(update={"profile": reading.profile})
    return Found(place, document)


def _check(document: IngestDocument, read_bytes: int, reading: Reading) -> None:
    """Refuse now what the first stage would refuse."""
    if reading.profiles is not None:
        check_names(document, reading.profiles)
    # JSON makes at most six bytes of one, and some are named by us.
    if 6 * read_bytes + 1_000 < reading.max_document_bytes:
        return
    size = len(document.model_dump_json().encode())
    if size > reading.max_document_bytes:
        raise RefusedError(
            "too_large",
            f"with its title and metadata it has {size:,} bytes, over the limit of "
            f"{reading.max_document_bytes:,}: leave some of it out",
        )


def _field_hint(error: RefusedError) -> str:
    is_foreign = "unknown key" in error.message
    return "; to read foreign records, name fields with --field" if is_foreign else ""


def _named(document: IngestDocument, file: Path) -> IngestDocument:
    """Where the content says neither a title nor a source, the file's name does; not for JSON."""
    if file.suffix.lower() == ".json":
        return document
    names = {"title": document.title or file.stem, "source": document.source or file.name}
    return document.model_copy(update=names)
