"""One trace for each document over all topics: spans of stages, model calls and inserts.

The context travels in the header ``traceparent`` (W3C Trace Context). Spans name documents by
their id and never hold their text. Where nobody asked for traces nothing of this is done, and
headers pass as they came.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from schemas import topics
from schemas.completion import Completion
from schemas.document import MAX_ID_CHARACTERS
from schemas.record import Headers, Outgoing, Record
from schemas.work import Work
from streams.inference.calls import new_attempts
from streams.stage import Stage

_TRACER = trace.get_tracer("millrace")
_W3C = TraceContextTextMapPropagator()
_CARRIED = frozenset({topics.HEADER_TRACEPARENT, topics.HEADER_TRACESTATE})
# Of version 00 with no flag set; of a later version the whole header is read.
_LEFT_OUT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-00")
_NS_PER_MS = 1_000_000
# What the SDK keeps of a span's links by default.
_MOST_LINKS = 128


def traced(stage: Stage, work: Callable[[Record], Outgoing]) -> Callable[[Record], Outgoing]:
    """``work`` within a span that continues the record's trace, and goes on with what it gives."""

    def run(record: Record) -> Outgoing:
        if _left_out(record):
            return work(record)
        with _span(stage.name, record) as span:
            outgoing = work(record)
            _note(span, outgoing)
            return _carrying(outgoing, span)

    return run


async def traced_answer(
    record: Record, answer: Callable[[Record], Awaitable[list[Outgoing]]]
) -> list[Outgoing]:
    """What ``answer`` makes of a record, within a span that its calls are children of."""
    if _left_out(record):
        return await answer(record)
    with _span("inference", record) as span:
        outgoing = await answer(record)
        _note(span, outgoing[-1])
        return [_carrying(one, span) for one in outgoing]


def trace_calls(work: Work, completions: Iterable[Completion], tier: str) -> None:
    """A span for each attempt that was made for the tasks of ``work``, within the present one.

    Names and attributes follow OpenTelemetry's conventions for generative AI.
    """
    if not trace.get_current_span().is_recording():
        return
    for task, ordinal, attempt in new_attempts(work, completions):
        began = int(attempt.called_at.timestamp() * 1000) * _NS_PER_MS
        attributes: dict[str, str | int | float | bool | None] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": attempt.engine,
            "gen_ai.request.model": attempt.model,
            "gen_ai.usage.input_tokens": attempt.prompt_tokens,
            "gen_ai.usage.output_tokens": attempt.completion_tokens,
            "gen_ai.response.finish_reasons": attempt.finish_reason or None,
            "millrace.tier": tier,
            "millrace.level": task.level,
            "millrace.attempt": ordinal,
            "millrace.cached_tokens": attempt.cached_tokens,
            "millrace.from_cache": attempt.from_cache,
            "millrace.queue_ms": attempt.queue_ms,
        }
        span = _TRACER.start_span(
            f"chat {attempt.model}",
            kind=SpanKind.CLIENT,
            start_time=began,
            attributes={name: value for name, value in attributes.items() if value is not None},
        )
        if attempt.outcome != "completed":
            _fail(span, attempt.outcome)
        span.end(began + int(attempt.run_ms * _NS_PER_MS))


@contextmanager
def producing(records: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    """``records``, each with a trace begun in its headers, whose first span ends with the context.

    Without an exporter they are as they were.
    """
    spans, begun = [], []
    for record in records:
        span = _TRACER.start_span(
            f"send {record.topic}", Context(), SpanKind.PRODUCER, _destination(record.topic, "send")
        )
        _note_document(span, record.key)
        spans.append(span)
        begun.append(_carrying(record, span))
    try:
        yield begun
    finally:
        for span in spans:
            span.end()


@asynccontextmanager
async def inserting(records: Sequence[Record]) -> AsyncIterator[None]:
    """A span for the insert of a batch, and one in the trace of each document that is in it.

    The insert belongs to the trace of the first of them, for a span has one parent only; links lead
    from it to the others, and from each of them to it.
    """
    sampled = [(record, context) for record in records if (context := _sampled(record.headers))]
    if not sampled:
        yield
        return
    spans = [_begun("sink", record, context) for record, context in sampled]
    with _TRACER.start_as_current_span(
        "insert",
        trace.set_span_in_context(spans[0], Context()),
        kind=SpanKind.CLIENT,
        links=[Link(span.get_span_context()) for span in spans[1 : _MOST_LINKS + 1]],
        record_exception=False,
        set_status_on_exception=False,
    ) as batch:
        batch.set_attribute("db.system.name", "clickhouse")
        batch.set_attribute("messaging.batch.message_count", len(records))
        for span in spans[1:]:
            span.add_link(batch.get_span_context())
        try:
            yield
        except BaseException as error:
            _fail(batch, type(error).__name__)
            raise
        finally:
            for span in spans:
                span.end()


def _left_out(record: Record) -> bool:
    """Whether a record's trace is one that is not recorded: it costs nothing to leave it alone."""
    return bool(_LEFT_OUT.fullmatch(record.header(topics.HEADER_TRACEPARENT) or b""))


def _sampled(headers: Headers) -> Context | None:
    """The context that headers carry, if its trace is recorded."""
    context = _context(headers)
    found = trace.get_current_span(context).get_span_context()
    return context if found.is_valid and found.trace_flags.sampled else None


@contextmanager
def _span(name: str, record: Record) -> Iterator[Span]:
    """A span that continues a record's trace. Errors go in by their type: words may quote texts."""
    span = _begun(name, record, _context(record.headers))
    with trace.use_span(
        span, end_on_exit=True, record_exception=False, set_status_on_exception=False
    ):
        try:
            yield span
        except BaseException as error:
            _fail(span, type(error).__name__)
            raise


def _begun(name: str, record: Record, context: Context) -> Span:
    span = _TRACER.start_span(
        name, context, SpanKind.CONSUMER, _destination(record.topic, "process")
    )
    if span.is_recording():
        span.set_attribute("messaging.destination.partition.id", str(record.partition))
        span.set_attribute("messaging.kafka.offset", record.offset)
        _note_document(span, record.key)
    return span


def _destination(topic: str, operation: str) -> dict[str, str]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
    }


def _fail(span: Span, why: str) -> None:
    span.set_status(Status(StatusCode.ERROR, why))


def _context(headers: Headers) -> Context:
    """The context that headers carry; an empty one where they carry none that can be read."""
    carrier = {
        name: value.decode("latin-1") for name, value in headers if name in _CARRIED and value
    }
    return _W3C.extract(carrier, Context())


def _note(span: Span, outgoing: Outgoing) -> None:
    if not span.is_recording():
        return
    _note_document(span, outgoing.key)
    span.set_attribute("millrace.written_topic", outgoing.topic)
    if outgoing.topic == topics.DEAD_LETTERS:
        _fail(span, "dead-lettered")


def _note_document(span: Span, key: bytes | None) -> None:
    if key is not None and span.is_recording():
        name = key[: 4 * MAX_ID_CHARACTERS].decode("utf-8", "replace")[:MAX_ID_CHARACTERS]
        span.set_attribute("millrace.document_id", name)


def _carrying(outgoing: Outgoing, span: Span) -> Outgoing:
    """The record with the context of a span in its headers; a letter keeps those it came with."""
    if outgoing.topic == topics.DEAD_LETTERS:
        return outgoing
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, trace.set_span_in_context(span))
    if not carrier:
        return outgoing
    kept = tuple(header for header in outgoing.headers if header[0] not in _CARRIED)
    ours = tuple((name, value.encode()) for name, value in carrier.items())
    return replace(outgoing, headers=kept + ours)
