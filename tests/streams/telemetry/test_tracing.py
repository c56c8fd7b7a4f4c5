"""Spans and headers of stages, model calls and inserts, with OpenTelemetry's SDK in memory."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from schemas import topics
from schemas.record import Outgoing, Record
from streams.telemetry import tracing
from streams.telemetry.tracing import inserting, producing, traced
from streams.topology import topology

NER = topology(("standard",))[0]
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = ("traceparent", f"00-{TRACE}-{SPAN}-01".encode())
SECRET = "Acme bought Widget"


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_TRACER", provider.get_tracer("millrace"))
    yield exporter
    provider.shutdown()


def record(*headers: tuple[str, bytes | None], key: bytes = b"d1") -> Record:
    return Record(topics.DOCUMENTS_INGEST, 2, 40, 0, key, SECRET.encode(), headers)


def goes_on(record: Record) -> Outgoing:
    return Outgoing(topics.DOCUMENTS_ANNOTATED, record.key, record.value, record.headers)


def refused(record: Record) -> Outgoing:
    return Outgoing(topics.DEAD_LETTERS, record.key, record.value, record.headers)


def parent_of(outgoing: Outgoing) -> list[bytes | None]:
    return [value for name, value in outgoing.headers if name == "traceparent"]


def ended(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


class TestAStage:
    def test_continues_the_trace_of_its_record(self, exported: InMemorySpanExporter) -> None:
        outgoing = traced(NER, goes_on)(record(PARENT))

        span = ended(exported)["ner"]
        assert span.parent is not None
        assert trace.format_trace_id(span.context.trace_id) == TRACE
        assert trace.format_span_id(span.parent.span_id) == SPAN
        own = trace.format_span_id(span.context.span_id)
        assert parent_of(outgoing) == [f"00-{TRACE}-{own}-01".encode()]

    @pytest.mark.parametrize("value", [b"", None, b"00-nonsense", b"\xff\x00"])
    def test_begins_one_where_a_header_cannot_be_read(
        self, exported: InMemorySpanExporter, value: bytes | None
    ) -> None:
        traced(NER, goes_on)(record(("traceparent", value)))

        assert ended(exported)["ner"].parent is None

    def test_leaves_a_trace_alone_that_its_producer_left_out(
        self, exported: InMemorySpanExporter
    ) -> None:
        parent = ("traceparent", f"00-{TRACE}-{SPAN}-00".encode())
        assert traced(NER, goes_on)(record(parent)).headers == (parent,)
        assert ended(exported) == {}

    def test_leaves_a_letter_with_the_headers_that_its_record_came_with(
        self, exported: InMemorySpanExporter
    ) -> None:
        assert traced(NER, refused)(record(PARENT)).headers == (PARENT,)
        assert ended(exported)["ner"].status.status_code is StatusCode.ERROR

    def test_tells_ids_and_places_and_no_text(self, exported: InMemorySpanExporter) -> None:
        traced(NER, goes_on)(record(key=b"d" * 9_000))

        found = dict(ended(exported)["ner"].attributes or {})
        assert len(str(found.pop("millrace.document_id"))) <= 512
        assert found == {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": "documents.ingest",
            "messaging.destination.partition.id": "2",
            "messaging.kafka.offset": 40,
            "millrace.written_topic": "documents.annotated",
        }

    def test_tells_an_error_by_its_type_alone(self, exported: InMemorySpanExporter) -> None:
        def fails(_: Record) -> Outgoing:
            raise ValueError(SECRET)

        with pytest.raises(ValueError, match=SECRET):
            traced(NER, fails)(record())

        span = ended(exported)["ner"]
        assert (span.status.description, list(span.events)) == ("ValueError", [])


async def test_an_insert_that_fails_ends_its_spans(exported: InMemorySpanExporter) -> None:
    with pytest.raises(OSError, match="away"):
        async with inserting([record(PARENT)]):
            raise OSError("away")

    assert ended(exported)["insert"].status.description == "OSError"
    assert "sink" in ended(exported)


async def test_records_without_a_trace_are_inserted_without_a_span(
    exported: InMemorySpanExporter,
) -> None:
    async with inserting([record(), record(("traceparent", f"00-{TRACE}-{SPAN}-00".encode()))]):
        pass

    assert ended(exported) == {}


def test_a_producer_begins_a_trace(exported: InMemorySpanExporter) -> None:
    with producing([goes_on(record())]) as (begun,):
        assert len(parent_of(begun)) == 1
        assert ended(exported) == {}

    assert "send documents.annotated" in ended(exported)


def test_without_an_exporter_headers_pass_as_they_came() -> None:
    with producing([goes_on(record())]) as (begun,):
        assert begun == goes_on(record())
    assert traced(NER, goes_on)(record(PARENT)).headers == (PARENT,)
