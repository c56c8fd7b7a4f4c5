"""Traces of real processes, received over OTLP/HTTP: one a document, connected over all topics."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from millrace.targets import targets
from schemas.record import Outgoing
from tests.command import eventually, millrace
from tests.flow import TEXT, ingest_json
from tests.integration.private_stack import private_stack
from tests.metrics_pages import text
from tests.otlp_receiver import DOCUMENT, Receiver, attribute, receiving

pytestmark = pytest.mark.integration
WAY = {
    "ner", "summary", "inference", "chat lexical", "detail", "relationship", "validation", "sink",
    "insert",
}  # fmt: skip
# A process that hangs is killed after this.
STOP_S = 15


CONTINUED = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
LEFT_OUT = "1" * 32
MARKER = "Quixotronic"
MARKED = f"{TEXT} {MARKER} sold it."
# All that were sent but the one that is left out and the bad one.
DOCUMENTS = 22


def otel(url: str) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "200"}


@dataclass(frozen=True)
class Traced:
    """What was received of documents, and what was measured once the receiver went silent."""

    receiver: Receiver
    logs: str
    said: str
    metrics: str
    ended_in_s: float


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """Documents of `millrace produce` and of other producers; then some while nothing answers."""
    folder = tmp_path_factory.mktemp("traced")
    file = folder / "documents.jsonl"
    file.write_text(json.dumps({"id": "produced", "text": MARKED}) + "\n")
    with private_stack(folder / "home") as flow, receiving() as receiver:
        logging = {"MILLRACE_LOG_LEVEL": "INFO", "MILLRACE_LOG_TO_STDERR": "true"}
        environment = {**otel(receiver.url), **logging}
        with flow.running(**environment) as process:
            produced = millrace(
                "produce", str(file), environment={**flow.environment, **environment}
            )
            assert produced.status == 0, produced.err
            flow.send(
                [
                    given("continued", f"00-{CONTINUED[0]}-{CONTINUED[1]}-01"),
                    given("left out", f"00-{LEFT_OUT}-{'2' * 16}-00"),
                    Outgoing("documents.ingest", b"bad", b'{"txt": "%s"}' % MARKER.encode()),
                    *(ingest_json(f"batch-{number}", MARKED) for number in range(20)),
                ]
            )
            flow.settle()
            eventually(lambda: len(sinks(receiver)) >= DOCUMENTS, "the last spans came")
            metrics = "".join(text(one.address)[1] for one in targets(flow.settings.home))

            receiver.answers.clear()
            flow.send(ingest_json(f"hangs-{number}", MARKED) for number in range(30))
            flow.settle()
            eventually(receiver.hanging.is_set, "spans are being sent")
            process.terminate()
            began = time.monotonic()
            process.wait(STOP_S * 2)
            ended_in_s = time.monotonic() - began
        logs = "".join(log.read_text() for log in (flow.settings.home / "logs").glob("*.log"))
        yield Traced(receiver, logs, flow.said.read_text(), metrics, ended_in_s)


@pytest.fixture(scope="module")
def receiver(traced: Traced) -> Receiver:
    return traced.receiver


def given(document_id: str, traceparent: str) -> Outgoing:
    """A document whose producer has begun a trace."""
    record = ingest_json(document_id, MARKED)
    parent = ("traceparent", traceparent.encode())
    return Outgoing(record.topic, record.key, record.value, (*record.headers, parent))


def sinks(receiver: Receiver) -> set[str]:
    """The documents whose span of the sink was received."""
    return {attribute(one, DOCUMENT) for one in receiver.spans if one.name == "sink"}


def names(spans: list[Span]) -> set[str]:
    return {one.name for one in spans}


def roots(spans: list[Span]) -> list[Span]:
    """Those whose parent is not among them."""
    ids = {one.span_id for one in spans}
    return [one for one in spans if one.parent_span_id not in ids]


def test_the_whole_way_of_a_document_is_one_connected_trace(receiver: Receiver) -> None:
    spans = receiver.of_document("produced")

    assert len({one.trace_id for one in spans}) == 1
    assert names(spans) >= WAY - {"insert"}
    assert [one.name for one in roots(spans)] == ["send documents.ingest"]


def test_a_document_that_came_without_one_has_a_trace_from_the_first_stage_on(
    receiver: Receiver,
) -> None:
    spans = receiver.of_document("batch-7")

    assert len({one.trace_id for one in spans}) == 1
    assert names(spans) >= WAY - {"insert"}
    assert [one.name for one in roots(spans)] == ["ner"]


def test_calls_are_children_of_the_stage_that_made_them(receiver: Receiver) -> None:
    spans = {one.span_id: one for one in receiver.of_document("produced")}
    calls = [one for one in spans.values() if one.name == "chat lexical"]

    assert {spans[one.parent_span_id].name for one in calls} == {"inference"}
    assert {attribute(one, "millrace.level") for one in calls} == {
        "summary", "detail", "relationship",
    }  # fmt: skip


def test_an_insert_is_linked_with_every_document_of_its_batch(receiver: Receiver) -> None:
    spans = {(one.trace_id, one.span_id): one for one in receiver.spans}
    inserts = [one for one in spans.values() if one.name == "insert"]
    of_many = max(inserts, key=lambda one: len(one.links))
    others = [spans[link.trace_id, link.span_id] for link in of_many.links]

    assert len(others) > 1
    assert spans[of_many.trace_id, of_many.parent_span_id].name == "sink"
    for other in others:
        assert other.name == "sink"
        assert [link.span_id for link in other.links] == [of_many.span_id]


def test_a_trace_that_a_producer_began_is_continued(receiver: Receiver) -> None:
    spans = receiver.of_document("continued")

    assert {one.trace_id.hex() for one in spans} == {CONTINUED[0]}
    (first,) = roots(spans)
    assert (first.name, first.parent_span_id.hex()) == ("ner", CONTINUED[1])


def test_a_trace_that_its_producer_left_out_is_not_sent(receiver: Receiver) -> None:
    assert LEFT_OUT not in {one.trace_id.hex() for one in receiver.spans}
    assert receiver.of_document("left out") == []


def test_what_becomes_a_letter_is_a_trace_that_says_so(receiver: Receiver) -> None:
    spans = receiver.of_document("bad")
    assert [(one.name, one.status.message) for one in spans] == [("ner", "dead-lettered")]


@pytest.mark.parametrize("told", ["traces", "logs", "metrics"])
def test_nothing_of_a_text_is_told(traced: Traced, told: str) -> None:
    said = {
        "traces": b"".join(traced.receiver.bodies).decode("latin-1"),
        "logs": traced.logs,
        "metrics": traced.metrics,
    }[told]
    # What else would show that something was told at all, and not that it is empty.
    assert {"traces": "produced", "logs": "aiokafka", "metrics": "millrace_records_total"}[
        told
    ] in said
    words = {word.strip(".,") for word in TEXT.split() if len(word) > 5} | {MARKER}
    assert len(words) > 5
    assert [word for word in words if word in said] == []


def test_what_processes_log_is_on_stderr_for_containers_too(traced: Traced) -> None:
    logged = [line for line in traced.logs.splitlines() if '"process"' in line]
    passed_on = [line for line in traced.said.splitlines() if '"process"' in line]

    assert {json.loads(line)["process"] for line in logged} == {
        "ner", "stages", "inference", "sink",
    }  # fmt: skip
    assert sorted(passed_on) == sorted(logged)


def test_an_endpoint_that_does_not_answer_holds_up_no_document_and_no_end(traced: Traced) -> None:
    """The fixture has settled by then: documents went through while a send was waiting."""
    assert traced.receiver.hanging.is_set()
    assert traced.ended_in_s < STOP_S
