"""Rows of the tables from the messages of the topics."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic_core import from_json

from schemas import topics
from schemas.completion import InferenceCall
from schemas.errors import RefusedError
from schemas.extraction import Deletion, Extraction
from schemas.letter import raised_attempt
from schemas.model import SCHEMA_VERSION, Message
from schemas.record import Record
from schemas.run import Run
from streams.letter_texts import text_version
from streams.letters import original_headers
from streams.sink.columns import NESTED, Content, Row, moment_of

_MISSHAPEN = (AttributeError, KeyError, TypeError, ValueError)
# What the columns of a letter, and Kafka, can hold.
_INT32, _UINT32, _INT64 = 2**31 - 1, 2**32 - 1, 2**63 - 1


@dataclass(slots=True)
class Rows:
    """Rows of one batch by table; ``deletions`` concern every run, ``runs`` are those seen.

    Messages of our own making are read as plain JSON: making models of them took half of the
    sink's time. One that lacks something is read again as its model, which says what is wrong;
    with ``checked`` every message is, for when the tables have refused a batch.
    """

    checked: bool = False
    documents: list[Row] = field(default_factory=list)
    inference_calls: list[Row] = field(default_factory=list)
    dead_letters: list[Row] = field(default_factory=list)
    deletions: list[tuple[Deletion, datetime]] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Add the row of one record.

        Raises:
            RefusedError: the record is not what its topic carries.
        """
        if record.topic == topics.DEAD_LETTERS:
            self.dead_letters.append(letter_row(record))
            return
        if record.value is None:
            raise RefusedError("malformed", f"no value on {record.topic}")
        model = InferenceCall if record.topic == topics.INFERENCE_CALLS else _model(record.value)
        if not self.checked:
            try:
                content = from_json(record.value, cache_strings="keys")
                if content["schema_version"] == SCHEMA_VERSION:
                    self._add(model, content, record)
                    return
            except _MISSHAPEN:
                pass  # its model says what is wrong
        self._add(model, model.from_json(record.value).model_dump(mode="json"), record)

    @classmethod
    def joined(cls, parts: "Iterable[Rows]") -> "Rows":
        """The rows of all parts as one."""
        whole = cls(checked=True)
        for part in parts:
            whole.documents += part.documents
            whole.inference_calls += part.inference_calls
            whole.dead_letters += part.dead_letters
            whole.deletions += part.deletions
            whole.runs.update(part.runs)
        return whole

    def _add(self, model: type[Message], content: Content, record: Record) -> None:
        completed_at = moment(record.timestamp_ms)
        if model is not InferenceCall:
            content = _at_attempt(content, record)
        if model is InferenceCall:
            self.inference_calls.append(call_row(content))
        elif model is Deletion:
            self.deletions.append((Deletion.model_validate(content), completed_at))
        else:
            row = document_row(content, completed_at)
            if row[0] not in self.runs:
                run = Run.model_validate(content["run"])
                self.runs[run.run_id] = run
            self.documents.append(row)


def _at_attempt(content: Content, record: Record) -> Content:
    """A message's JSON at the attempt that a redrive has raised it to."""
    origin = content["origin"]
    attempt = raised_attempt(record, origin["attempt"])
    if attempt == origin["attempt"]:
        return content
    return {**content, "origin": {**origin, "attempt": attempt}}


def _model(value: bytes) -> type[Message]:
    """The model of a message on ``extractions.*``: its type stands at the front."""
    return Deletion if b'"type":"deletion"' in value[:200] else Extraction


def moment(timestamp_ms: int) -> datetime:
    """A record's timestamp (milliseconds since 1970) as a time in UTC."""
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def document_row(extraction: Content, completed_at: datetime) -> Row:
    """The row of ``documents``, in the order of its columns, from an extraction's JSON.

    ``completed_at`` is the time of the extraction's record, so that a repeat writes it again.
    """
    document, origin, tokens = extraction["document"], extraction["origin"], extraction["tokens"]
    return (
        extraction["run"]["run_id"],
        document["document_id"],
        int(extraction["version"]),
        extraction["revision"],
        False,
        extraction["status"],
        extraction["profile"],
        document["language"],
        document["title"],
        document["source"],
        moment_of(document["published_at"]),
        moment_of(origin["ingested_at"]),
        completed_at,
        document["text"],
        len(document["text"]),
        tokens["prompt"],
        tokens["cached"],
        tokens["completion"],
        extraction["cost_usd"],
        origin["source_topic"],
        origin["source_partition"],
        origin["source_offset"],
        origin["replayed_from"],
        origin["base_run_id"],
        origin["attempt"],
        *(
            [read(value) for value in extraction[group]]
            for group, fields in NESTED.items()
            for _, read in fields
        ),
    )


def tombstone_row(deletion: Deletion, run_id: str, completed_at: datetime) -> Row:
    """The row that hides a document in one run: newer than its text, with nothing in it."""
    origin = deletion.origin
    plain: Row = (
        run_id, deletion.document_id, deletion.version, "", True,
        "validated", "", "", "", "", None, origin.ingested_at, completed_at, "", 0,
        None, None, None, None,
        origin.source_topic, origin.source_partition, origin.source_offset,
        origin.replayed_from, origin.base_run_id, origin.attempt,
    )  # fmt: skip
    empty: Row = tuple([] for fields in NESTED.values() for _ in fields)
    return plain + empty


def call_row(call: Content) -> Row:
    """The row of ``inference_calls``, from a call's JSON."""
    attempt = call["attempt"]
    return (
        call["call_id"],
        call["run_id"],
        call["document_id"],
        call["level"],
        call["tier"],
        attempt["engine"],
        attempt["model"],
        call["prompt_version"],
        attempt["prompt_tokens"],
        attempt["cached_tokens"],
        attempt["completion_tokens"],
        attempt["queue_ms"],
        attempt["run_ms"],
        attempt["from_cache"],
        attempt["outcome"],
        attempt["cost_usd"],
        moment_of(attempt["called_at"]),
    )


def letter_row(record: Record) -> Row:
    """The row of ``dead_letters``.

    Raises:
        RefusedError: the record lacks a letter's headers: it was not written by a stage.
    """
    named = dict(record.headers)

    def text(name: str) -> str:
        value = named.get(name)
        if value is None:
            raise RefusedError("bad_header", f"a dead letter without the header {name}")
        return value.decode("utf-8", "replace")

    def number(name: str, most: int) -> int:
        found = text(name)
        # Python reads no number of over 4,300 digits.
        is_number = found.isascii() and found.isdigit() and len(found) <= len(str(most))
        if not is_number or int(found) > most:
            raise RefusedError(
                "bad_header", f"a dead letter whose header {name} is no number up to {most}"
            )
        return int(found)

    try:
        attempt = number(topics.HEADER_ATTEMPT, _UINT32)
    except RefusedError:
        attempt = 1  # absent, or the very header that the letter was written for
    return (
        text(topics.LETTER_ID),
        text(topics.LETTER_STAGE),
        text(topics.LETTER_KIND),
        text(topics.LETTER_MESSAGE),
        text(topics.LETTER_RUN),
        text(topics.LETTER_DOCUMENT),
        text(topics.LETTER_TOPIC),
        number(topics.LETTER_PARTITION, _INT32),
        number(topics.LETTER_OFFSET, _INT64),
        record.key,
        record.value,
        [
            (name.encode("utf-8", "replace"), value)
            for name, value in original_headers(record.headers)
        ],
        attempt,
        moment(record.timestamp_ms),
        None,
        text_version(record, text(topics.LETTER_TOPIC)),
    )


def run_row(run: Run, created_at: datetime) -> Row:
    """The row of ``runs``."""
    specification = json.dumps(run.specification.model_dump(), sort_keys=True)
    return (run.run_id, specification, created_at)
