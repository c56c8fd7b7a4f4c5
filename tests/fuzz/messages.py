# ruff: noqa: PT017 - a check asserts of an error that may come
"""Messages of every topic, changed: read, and written as what is read the same, or refused."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from schemas.completion import InferenceCall
from schemas.errors import REFUSAL_KINDS, NewerSchemaError, RefusedError
from schemas.extraction import Deletion, Extraction
from schemas.model import Message
from schemas.work import Work
from tests.fuzz.mutation import changed, changed_json
from tests.fuzz.target import Target, within

SECONDS = 2.0
FOLDER = Path(__file__).parents[1] / "schemas" / "messages"
_WORDS = (b'"schema_version":2', b'"schema_version":', b'"level":"detail"', b'"start":', b"NaN")


def _model(topic: str, value: bytes) -> type[Message] | None:
    if topic in ("documents.ingest", "dead-letters"):
        return None
    if topic == "inference.calls":
        return InferenceCall
    if topic.startswith("extractions."):
        return Deletion if b'"deletion"' in value[:200] else Extraction
    return Work


@cache
def _parsed(topic: str) -> list[Any]:
    return [json.loads(one) for one in _kept(topic)]


@cache
def _kept(topic: str) -> list[str]:
    """The values of the messages that were kept of a topic, of every version."""
    lines = [
        json.loads(line)
        for file in sorted(FOLDER.glob(f"*/{topic}.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    values = [one["value"] for one in lines]
    return [one if isinstance(one, str) else json.dumps(one) for one in values if one is not None]


TOPICS = sorted(
    {
        file.stem
        for file in FOLDER.glob("*/*.jsonl")
        if file.stem not in ("documents.ingest", "dead-letters")
    }
)


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, bytes]:
    """A topic and a record's value on it."""
    topic = draw(st.sampled_from(TOPICS))
    texts = _kept(topic)
    return topic, draw(
        st.one_of(
            changed_json(_parsed(topic)).map(lambda one: json.dumps(one).encode()),
            changed([one.encode() for one in texts], _WORDS),
        )
    )


def check_message(given: tuple[str, bytes]) -> None:
    """A message or a refusal in one line; a message is read again as what was written."""
    topic, value = given
    model = _model(topic, value)
    assert model is not None
    with within(SECONDS):
        try:
            message = model.from_json(value)
        except RefusedError as error:
            assert error.kind in REFUSAL_KINDS
            assert (error.kind == "newer_schema") == isinstance(error, NewerSchemaError)
            return
        again = model.from_json(message.to_json())
        assert again == message
        assert again.to_json() == message.to_json()


TARGET = Target("messages", messages(), check_message)
