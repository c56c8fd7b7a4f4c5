"""A thousand bad inputs: what others have collected, and what is made here."""

import json
from collections.abc import Iterator
from itertools import islice
from random import Random

from schemas.model import SCHEMA_VERSION
from schemas.record import Outgoing
from schemas.topics import (
    DOCUMENTS_ANNOTATED,
    EXTRACTIONS_VALIDATED,
    extraction_topic,
    inference_topic,
)
from tests.bad_input import corpus, generated

COUNT = 1_000
# Between stages only they write: a stage of another version, or one that wrote half a message.
_LATER = (
    DOCUMENTS_ANNOTATED,
    inference_topic("standard", "summary"),
    extraction_topic("summary"),
    extraction_topic("relationship"),
    EXTRACTIONS_VALIDATED,
)
_TYPES = {".json": b"application/json", ".eml": b"message/rfc822"}


def bad_records(seed: int, count: int = COUNT) -> list[Outgoing]:
    """``count`` bad inputs in an order drawn from ``seed``; no two are of one document.

    Every file as what its name says it is, every string as plain text or, in turn, as JSON;
    what is left is generated, every sort of it.
    """
    collected = [*_files(), *_strings(), *_between_stages()]
    made = list(islice(generated.generated(count, seed), count - len(collected)))
    found = collected + made
    Random(seed).shuffle(found)  # noqa: S311 - an order, no secret
    return found


def mixed(good: list[Outgoing], bad: list[Outgoing], seed: int) -> list[Outgoing]:
    """Both as one, each in its own order, at places drawn from ``seed``."""
    turns = [True] * len(good) + [False] * len(bad)
    Random(seed).shuffle(turns)  # noqa: S311 - an order, no secret
    of_good, of_bad = iter(good), iter(bad)
    return [next(of_good if is_good else of_bad) for is_good in turns]


def _files() -> Iterator[Outgoing]:
    for number, file in enumerate(corpus.files()):
        yield corpus.record(f"file-{number}", file.read_bytes(), _TYPES[file.suffix])


def _strings() -> Iterator[Outgoing]:
    for number, string in enumerate(corpus.strings()):
        if number % 2:
            body = {"text": string, "title": string, "metadata": {"any": string}}
            yield corpus.record(f"string-{number}", json.dumps(body).encode(), None)
        else:
            yield corpus.record(f"string-{number}", string.encode(), b"text/plain")


def _between_stages() -> Iterator[Outgoing]:
    newer = json.dumps({"schema_version": SCHEMA_VERSION + 1, "type": "extraction"}).encode()
    for value in (newer, newer[:-5], b"", b"\xff\xfe", b"[" * 10_000):
        for topic in _LATER:
            yield Outgoing(topic, b"later", value)
