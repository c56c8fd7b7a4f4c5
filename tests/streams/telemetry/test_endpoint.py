"""The three pages of a process, over HTTP."""

import json
import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from schemas.errors import SetupError
from streams.telemetry.endpoint import serving
from streams.telemetry.readiness import Readiness

HOST = "127.0.0.1"


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://{HOST}:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_metrics_are_in_prometheus_format() -> None:
    with serving(HOST, 0, Readiness()) as port:
        status, text = get(port, "/metrics")

    assert status == 200
    assert "# HELP millrace_records_total Records that a stage is done with." in text
    assert "# TYPE process_cpu_seconds_total counter" in text
    assert "_created" not in text


def test_ready_is_503_with_a_reason_and_200_after() -> None:
    readiness = Readiness()
    readiness.expect("ner", "partitions")
    with serving(HOST, 0, readiness) as port:
        before = get(port, "/readyz")
        readiness.ready("ner")
        after = get(port, "/readyz")

    assert (before[0], json.loads(before[1])) == (
        503,
        {"ok": False, "waits": {"ner": "partitions"}},
    )
    assert (after[0], json.loads(after[1])) == (200, {"ok": True})


def test_healthy_while_the_loop_goes_on() -> None:
    with serving(HOST, 0, Readiness()) as port:
        assert get(port, "/healthz") == (200, '{"ok": true}\n')


def test_another_path_names_those_that_are_there() -> None:
    with serving(HOST, 0, Readiness()) as port:
        assert get(port, "/") == (404, "there are /metrics, /healthz and /readyz\n")


def test_a_port_in_use_is_said_in_one_line_with_the_setting() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(SetupError, match=rf"{HOST}:{port} \(Address already in use\): set MILL"),
            serving(HOST, port, Readiness()),
        ):
            pass
