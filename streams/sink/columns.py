"""The columns of the tables, in the order in which rows are written."""

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

Row = tuple[object, ...]
# Values as they stand in a message's JSON.
Content = Mapping[str, Any]
Read = Callable[[Content], object]


def moment_of(text: str | None) -> datetime | None:
    """A time of a message's JSON."""
    return None if text is None else datetime.fromisoformat(text)


def _mentions(event: Content) -> list[tuple[int, int]]:
    return [(span["start"], span["end"]) for span in event["mentions"]]


def _time_start(event: Content) -> datetime | None:
    return moment_of(event["time_start"])


def _time_end(event: Content) -> datetime | None:
    return moment_of(event["time_end"])


def _fields(*names: str, **renamed: str | Read) -> tuple[tuple[str, Read], ...]:
    """Columns that carry a field of their name, and those that carry another or a computed one."""
    same = [(name, itemgetter(name)) for name in names]
    other = [
        (name, itemgetter(read) if isinstance(read, str) else read)
        for name, read in renamed.items()
    ]
    return (*same, *other)


_SPAN: Final = {"span_start": "start", "span_end": "end"}

# Nested group -> (column, how it is read from the value), as in migrations/0001_tables.sql.
NESTED: Final[dict[str, tuple[tuple[str, Read], ...]]] = {
    "entities": _fields(
        "mention_id", "entity_id", "kind", "text", "value", "origin", **_SPAN
    ),
    "events": _fields(
        "event_id", "parent_event_id", "salience", "kind", "grounding", "summary",
        "time_text", "place", "polarity", "confidence", trigger="text", mentions=_mentions,
        time_start=_time_start, time_end=_time_end, **_SPAN,
    ),
    "arguments": _fields(
        "event_id", "argument_id", "role", "text", "grounding", "entity_id", **_SPAN
    ),
    "relationships": _fields(
        "relationship_id", "kind", "source_event_id", "target_event_id", "grounding",
        "confidence", evidence="text", **_SPAN,
    ),
    "findings": _fields("finding_id", "subject_id", "rule", "severity", "message"),
}  # fmt: skip

DOCUMENTS: Final[tuple[str, ...]] = (
    "run_id", "document_id", "version", "revision", "deleted", "status", "profile", "language",
    "title", "source", "published_at", "ingested_at", "completed_at", "text", "characters",
    "prompt_tokens", "cached_tokens", "completion_tokens", "cost_usd", "source_topic",
    "source_partition", "source_offset", "replayed_from", "base_run_id", "attempt",
    *(f"{group}.{column}" for group, fields in NESTED.items() for column, _ in fields),
)  # fmt: skip

INFERENCE_CALLS: Final[tuple[str, ...]] = (
    "call_id", "run_id", "document_id", "level", "tier", "engine", "model", "prompt_version",
    "prompt_tokens", "cached_tokens", "completion_tokens", "queue_ms", "run_ms", "from_cache",
    "outcome", "cost_usd", "called_at",
)  # fmt: skip

DEAD_LETTERS: Final[tuple[str, ...]] = (
    "letter_id", "stage", "kind", "message", "run_id", "document_id", "source_topic",
    "source_partition", "source_offset", "key", "value", "headers", "attempt", "failed_at",
    "redriven_at", "text_version",
)  # fmt: skip

RUNS: Final[tuple[str, ...]] = ("run_id", "specification", "created_at")
