"""Rows of the tables from the messages of the topics."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from schemas import topics
from schemas.completion import InferenceCall
from schemas.errors import RefusedError
from schemas.extraction import Deletion, Extraction
from schemas.record import Record
from schemas.run import Run
from streams.letters import original_headers
from streams.sink.columns import NESTED, Row


@dataclass(slots=True)
class Rows:
    """Rows of one batch by table; ``deletions`` concern every run, ``runs`` are those seen."""

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
        if record.topic == topics.INFERENCE_CALLS:
            self.inference_calls.append(call_row(InferenceCall.from_json(record.value)))
            return
        completed_at = moment(record.timestamp_ms)
        # The type stands at the front of a deletion; an extraction is by far the usual case.
        if b'"type":"deletion"' in record.value[:200]:
            self.deletions.append((Deletion.from_json(record.value), completed_at))
            return
        extraction = Extraction.from_json(record.value)
        self.documents.append(document_row(extraction, completed_at))
        self.runs.setdefault(extraction.run.run_id, extraction.run)


def moment(timestamp_ms: int) -> datetime:
    """A record's timestamp (milliseconds since 1970) as a time in UTC."""
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def document_row(extraction: Extraction, completed_at: datetime) -> Row:
    """The row of ``documents``, in the order of its columns.

    ``completed_at`` is the time of the extraction's record, so that a repeat writes it again.
    """
    document, origin = extraction.document, extraction.origin
    plain: Row = (
        extraction.run.run_id,
        document.document_id,
        extraction.version,
        extraction.revision,
        False,
        extraction.status,
        extraction.profile,
        document.language,
        document.title,
        document.source,
        document.published_at,
        origin.ingested_at,
        completed_at,
        document.text,
        len(document.text),
        extraction.tokens.prompt,
        extraction.tokens.cached,
        extraction.tokens.completion,
        extraction.cost_usd,
        origin.source_topic,
        origin.source_partition,
        origin.source_offset,
        origin.replayed_from,
        origin.base_run_id,
        origin.attempt,
    )
    return plain + _nested(extraction)


def _nested(extraction: Extraction) -> Row:
    """The Nested columns: per group, an array for each of its fields."""
    cells: list[object] = []
    for group, fields in NESTED.items():
        values = getattr(extraction, group)
        cells.extend([read(value) for value in values] for _, read in fields)
    return tuple(cells)


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


def call_row(call: InferenceCall) -> Row:
    """The row of ``inference_calls``."""
    attempt = call.attempt
    return (
        call.call_id,
        call.run_id,
        call.document_id,
        call.level,
        call.tier,
        attempt.engine,
        attempt.model,
        call.prompt_version,
        attempt.prompt_tokens,
        attempt.cached_tokens,
        attempt.completion_tokens,
        attempt.queue_ms,
        attempt.run_ms,
        attempt.from_cache,
        attempt.outcome,
        attempt.cost_usd,
        attempt.called_at,
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

    def number(name: str, default: str | None = None) -> int:
        found = default if default is not None and name not in named else text(name)
        if not found.isascii() or not found.isdigit():
            raise RefusedError("bad_header", f"a dead letter whose header {name} is no number")
        return int(found)

    try:
        attempt = number(topics.HEADER_ATTEMPT, "1")
    except RefusedError:
        attempt = 1  # the very header that the letter was written for
    return (
        text(topics.LETTER_ID),
        text(topics.LETTER_STAGE),
        text(topics.LETTER_KIND),
        text(topics.LETTER_MESSAGE),
        text(topics.LETTER_RUN),
        text(topics.LETTER_DOCUMENT),
        text(topics.LETTER_TOPIC),
        number(topics.LETTER_PARTITION),
        number(topics.LETTER_OFFSET),
        record.key,
        record.value,
        [
            (name.encode("utf-8", "replace"), value or b"")
            for name, value in original_headers(record.headers)
        ],
        min(attempt, 2**32 - 1),
        moment(record.timestamp_ms),
        None,
    )


def run_row(run: Run, created_at: datetime) -> Row:
    """The row of ``runs``."""
    specification = json.dumps(run.specification.model_dump(), sort_keys=True)
    return (run.run_id, specification, created_at)
