"""What OpenTelemetry's variables ask for."""

import json
import os
import subprocess
import sys

import pytest

from infra.local.addresses import free_port
from schemas.errors import SetupError
from streams.telemetry.tracing_setup import check_protocol, wanted
from tests.otlp_receiver import receiving

# More spans than are kept for an endpoint, by far.
TRACES = """
import json, time
from schemas.record import Outgoing, Record
from streams.telemetry.tracing import traced
from streams.telemetry.tracing_setup import exporting
from streams.topology import topology

record = Record("documents.ingest", 0, 0, 0, b"d1", b"text")
began = time.monotonic()
with exporting("here"):
    work = traced(topology(("standard",))[0], lambda one: Outgoing("next", one.key, one.value))
    for _ in range(10_000):
        work(record)
    worked = time.monotonic()
print(json.dumps([worked - began, time.monotonic() - worked]))
"""
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**ENDPOINT, "OTEL_SDK_DISABLED": "TRUE"}, False),
    ],
)
def test_traces_are_sent_where_they_are_asked_for(environment: dict[str, str], asked: bool) -> None:
    assert wanted(environment) is asked


def test_another_protocol_is_refused_with_what_to_do() -> None:
    with pytest.raises(SetupError, match=r"OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'.*4318"):
        check_protocol({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})


def test_that_for_traces_counts_over_that_for_all() -> None:
    check_protocol(
        {
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        }
    )


@pytest.mark.parametrize("endpoint", ["away", "silent"])
def test_an_endpoint_that_does_not_answer_holds_up_neither_work_nor_end(endpoint: str) -> None:
    """A single wait for it would take the 10 s after which a send is given up."""
    with receiving() as receiver:
        receiver.answers.clear()
        url = receiver.url if endpoint == "silent" else f"http://127.0.0.1:{free_port('127.0.0.1')}"
        ended = subprocess.run(
            [sys.executable, "-c", TRACES],
            capture_output=True,
            text=True,
            env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": url},
            check=True,
        )

    worked_s, ended_s = json.loads(ended.stdout)
    assert worked_s < 8
    assert ended_s < 8
