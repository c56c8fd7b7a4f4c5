"""What this process is working on, for whoever logs: the record, and the trace it belongs to."""

import re
from contextvars import ContextVar

from opentelemetry import trace

from schemas import topics
from schemas.record import Record

_RECORD: ContextVar[Record | None] = ContextVar("record", default=None)
# What Kafka takes as a key may be long; a document's id is not.
_MOST_CHARACTERS = 128
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-")


def work_on(record: Record) -> None:
    """Say what is worked on from here on, in this task; it costs nothing until a line is logged."""
    _RECORD.set(record)


class working_on:  # noqa: N801 - named as the context manager that it is
    """Say what is worked on within this block.

    A class, for it is entered for every record: a generator takes several times as long.
    """

    __slots__ = ("_record", "_token")

    def __init__(self, record: Record) -> None:
        self._record = record

    def __enter__(self) -> None:
        self._token = _RECORD.set(self._record)

    def __exit__(self, *_: object) -> None:
        _RECORD.reset(self._token)


def present() -> dict[str, str]:
    """Names and values for a line of the log: ids and places, never text."""
    found: dict[str, str] = {}
    if (record := _RECORD.get()) is not None:
        found["record"] = f"{record.topic}/{record.partition}/{record.offset}"
        if record.key is not None:
            found["document_id"] = record.key.decode("utf-8", "replace")[:_MOST_CHARACTERS]
        if run := record.header(topics.HEADER_RUN):
            found["run_id"] = run.decode("utf-8", "replace")[:_MOST_CHARACTERS]
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        found["trace_id"] = trace.format_trace_id(span.trace_id)
    elif record is not None and (trace_id := _trace_of(record)):
        found["trace_id"] = trace_id
    return found


def _trace_of(record: Record) -> str:
    """The trace that a record names, which is not recorded here; empty without one."""
    named = _TRACEPARENT.match(record.header(topics.HEADER_TRACEPARENT) or b"")
    return named[1].decode() if named else ""
