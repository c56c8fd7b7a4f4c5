"""Bad input that others collected: the files under ``../shared/data/bad`` as records."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.record import Headers, Outgoing
from schemas.topics import DOCUMENTS_INGEST, HEADER_CONTENT_TYPE

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "bad"
JSON_CASES = FOLDER / "json_parsing"
# What a record may say of itself, true or not.
CONTENT_TYPES: tuple[bytes | None, ...] = (
    None,
    b"application/json",
    b"text/plain",
    b"message/rfc822",
    b"text/html",
    b"\xff; odd",
)


def require_corpus() -> None:
    """Skip the test, plainly, where the files are not there."""
    if not FOLDER.is_dir():
        pytest.skip(f"no corpus of bad input at {FOLDER}")


def files() -> list[Path]:
    """Every file of the corpus, in order."""
    return sorted(file for file in FOLDER.rglob("*") if file.is_file())


def strings() -> list[str]:
    """Texts that broke other programs, and texts that were decoded wrongly."""
    naughty: list[str] = json.loads((FOLDER / "naughty_strings.json").read_bytes())
    wrong = [
        one["original"]
        for name in ("mojibake.json", "mojibake_negative.json")
        for one in json.loads((FOLDER / name).read_bytes())
    ]
    return naughty + wrong


def file_records(content_types: tuple[bytes | None, ...] = CONTENT_TYPES) -> Iterator[Outgoing]:
    """Every file as the value of a record, once for each content type."""
    for number, file in enumerate(files()):
        value = file.read_bytes()
        for kind, content_type in enumerate(content_types):
            yield record(f"corpus-{number}-{kind}", value, content_type)


def string_records() -> Iterator[Outgoing]:
    """Every string as a plain text, as a JSON text, and in the other fields of a document."""
    for number, string in enumerate(strings()):
        yield record(f"string-{number}-plain", string.encode(), b"text/plain")
        body = {"text": string, "title": string, "source": string, "metadata": {"any": string}}
        yield record(f"string-{number}-json", json.dumps(body).encode(), None)
        named = {"text": f"Acme bought lot {number}.", "id": string, "language": string}
        yield record(f"string-{number}-id", json.dumps(named).encode(), None)


def record(key: str, value: bytes, content_type: bytes | None) -> Outgoing:
    """A record to be ingested; without a content type it has no header."""
    headers: Headers = () if content_type is None else ((HEADER_CONTENT_TYPE, content_type),)
    return Outgoing(DOCUMENTS_INGEST, key.encode(), value, headers)
