"""Documents from files: what `millrace produce` reads, each with the place it came from."""

import glob
import gzip
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from millrace.errors import UsageError
from processors.decoding import decode_document
from schemas.document import IngestDocument
from schemas.errors import RefusedError

SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".json", ".txt")
_FIELDS = frozenset(IngestDocument.model_fields)
_CONTENT_TYPE = b"application/json"
_UNREADABLE = (OSError, EOFError, zlib.error)


class InputError(UsageError):
    """A path that cannot be read as documents."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document and where it stood: ``place`` is a file, and a line of it for JSON lines."""

    place: str
    document: IngestDocument


@dataclass(slots=True)
class Refused:
    """A record that is not produced, and why."""

    place: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How records become documents.

    ``fields`` maps a document's field to the one of a foreign record; with any, what is neither
    named nor a document's own field is left out and counted in ``left_out``. ``max_record_bytes``
    is for a record with all that a foreign one may carry: it bounds memory, whatever a file holds.
    """

    profile: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    max_text_bytes: int = 1024 * 1024
    max_record_bytes: int = 64 * 1024 * 1024
    left_out: Counter[str] = field(default_factory=Counter)


def parse_fields(options: Iterable[str]) -> dict[str, str]:
    """``["id=doc_id"]`` as a mapping from a document's field to that of the records.

    Raises:
        InputError: an option has another form, or names no field of a document.
    """
    fields = {}
    for option in options:
        name, separator, source = option.partition("=")
        if not separator or not source or name not in _FIELDS:
            raise InputError(
                f"--field {option}: should be FIELD=NAME with FIELD one of "
                f"{', '.join(sorted(_FIELDS))}"
            )
        fields[name] = source
    return fields


def expand(paths: Iterable[str]) -> list[Path | None]:
    """Files behind paths, folders and globs, each once, in order; None stands for stdin.

    Raises:
        InputError: a path matches nothing, or a folder holds nothing that can be read.
    """
    files: dict[Path | None, None] = {}
    for path in paths:
        if path == "-":
            files[None] = None
            continue
        matches = [Path(path)] if Path(path).exists() else _globbed(path)
        if not matches:
            raise InputError(f"{path}: no such file, folder or glob")
        for match in matches:
            found = _readable(match) if match.is_dir() else [match]
            if not found:
                raise InputError(f"{match}: no file in it ends in {', '.join(SUFFIXES)}")
            files.update(dict.fromkeys(found))
    return list(files)


def _globbed(pattern: str) -> list[Path]:
    # Not Path.glob, which takes no absolute pattern.
    return [Path(match) for match in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207


def _readable(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and file.name.lower().endswith(SUFFIXES)
    )


def read(files: Iterable[Path | None], reading: Reading) -> Iterator[Found | Refused]:
    """The documents of the files, one at a time; what is no document comes as ``Refused``."""
    for file in files:
        name = str(file) if file else "stdin"
        try:
            yield from _read_file(file, name, reading)
        except RefusedError as error:
            yield Refused(name, error.kind, error.message)
        except _UNREADABLE as error:
            yield _unreadable(name, error)


def _read_file(file: Path | None, name: str, reading: Reading) -> Iterator[Found | Refused]:
    if file is None:
        yield from _lines(sys.stdin.buffer, name, reading)
        return
    suffix = file.name.lower()
    if suffix.endswith((".jsonl.gz", ".ndjson.gz")):
        with gzip.open(file) as content:
            yield from _lines(content, name, reading)
    elif suffix.endswith((".jsonl", ".ndjson")):
        with file.open("rb") as content:
            yield from _lines(content, name, reading)
    elif suffix.endswith(".json"):
        yield _record(_whole(file, reading.max_record_bytes), name, reading)
    elif suffix.endswith(".txt"):
        yield _text(file, name, reading)
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
                yield Refused(f"{name}:{number}", "too_large", _too_large(most))
            elif line.strip():
                yield _record(line, f"{name}:{number}", reading)
    except _UNREADABLE as error:
        yield _unreadable(f"{name}:{number + 1}", error)


def _whole(file: Path, most: int) -> bytes:
    with file.open("rb") as content:
        found = content.read(most)
        if content.read(1):
            raise RefusedError("too_large", _too_large(most))
    return found


def _too_large(most: int) -> str:
    return f"a record of over {most:,} bytes: split it"


def _unreadable(place: str, error: Exception) -> Refused:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Refused(place, "unreadable", f"cannot be read: {reason}")


def _record(value: bytes, place: str, reading: Reading) -> Found | Refused:
    try:
        if reading.fields:
            value = _mapped(value, reading)
        document = decode_document(value, _CONTENT_TYPE, None, reading.max_text_bytes)
    except RefusedError as error:
        hint = "" if reading.fields else _field_hint(error)
        return Refused(place, error.kind, error.message + hint)
    return Found(place, _with_profile(document, reading))


def _field_hint(error: RefusedError) -> str:
    is_foreign = "unknown key" in error.message
    return "; to read foreign records, name fields with --field" if is_foreign else ""


def _mapped(value: bytes, reading: Reading) -> bytes:
    """A foreign record as a document: its own fields by name, the others as ``--field`` says."""
    try:
        record = json.loads(value)
    except (ValueError, RecursionError):
        return value  # the decoder says what is wrong with it, and where
    if not isinstance(record, dict):
        return value
    taken = {name: record[name] for name in _FIELDS if name in record}
    taken |= {name: record.get(source) for name, source in reading.fields.items()}
    used = {*_FIELDS, *reading.fields.values()}
    reading.left_out.update(key for key in record if key not in used)
    plain = {name: _plain(content) for name, content in taken.items() if content is not None}
    return json.dumps(plain).encode()


def _plain(content: object) -> object:
    """A number as its digits: foreign ids are often numbers, ours are strings."""
    is_number = isinstance(content, int | float) and not isinstance(content, bool)
    return str(content) if is_number else content


def _text(file: Path, name: str, reading: Reading) -> Found | Refused:
    content = _whole(file, reading.max_record_bytes)
    try:
        document = decode_document(content, b"text/plain", None, reading.max_text_bytes)
    except RefusedError as error:
        return Refused(name, error.kind, error.message)
    titled = document.model_copy(update={"title": file.stem, "source": file.name})
    return Found(name, _with_profile(titled, reading))


def _with_profile(document: IngestDocument, reading: Reading) -> IngestDocument:
    if reading.profile is None or document.profile is not None:
        return document
    return document.model_copy(update={"profile": reading.profile})
