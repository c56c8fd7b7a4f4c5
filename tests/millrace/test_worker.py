"""The process of stages, by itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from millrace.targets import targets
from millrace.worker_agreement import EXIT_SETUP
from tests.command import PATIENCE_S, elsewhere
from tests.metrics_pages import page

WORKER = (sys.executable, "-m", "millrace.worker", "--instance", "here-0")


def test_while_kafka_is_away_it_waits_and_says_so(tmp_path: Path) -> None:
    """Dying again and again would make the supervisor give up in an outage."""
    environment = {**os.environ, **elsewhere(tmp_path)}
    with subprocess.Popen(
        [*WORKER, "ner", "sink"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if "does not answer" in line)
        assert process.poll() is None
        (target,) = targets(Path(environment["MILLRACE_HOME"]))
        ready, healthy = page(target.address, "/readyz"), page(target.address, "/healthz")
        process.kill()

    assert ready == (503, {"ok": False, "waits": {"ner": "Kafka", "sink": "Kafka"}})
    assert healthy == (200, {"ok": True})
    assert f"Kafka does not answer at {environment['MILLRACE_KAFKA_BOOTSTRAP']}" in said


def test_ended_while_it_waits_for_kafka_it_takes_its_announcement_back(tmp_path: Path) -> None:
    environment = {**os.environ, **elsewhere(tmp_path)}
    with subprocess.Popen(
        [*WORKER, "sink"], stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        assert any("does not answer" in line for line in process.stderr)
        process.terminate()
        process.wait(PATIENCE_S)

    assert process.returncode == 0
    assert targets(Path(environment["MILLRACE_HOME"])) == []


def test_a_protocol_of_traces_that_is_not_spoken_is_said_in_its_last_line(tmp_path: Path) -> None:
    asked = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
    }
    ended = subprocess.run(
        [*WORKER, "sink"],
        capture_output=True,
        text=True,
        env={**os.environ, **elsewhere(tmp_path), **asked},
        check=False,
    )

    assert ended.returncode == EXIT_SETUP
    assert ended.stderr.splitlines()[-1].startswith("OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'")
    assert "Traceback" not in ended.stderr


ENDS = """
from mode import Service
from millrace.worker import execute
from schemas.errors import SetupError

class Engine(Service):
    async def on_start(self):
        if {when!r} == "starting":
            raise {error}("no such model")

    @Service.task
    async def _run(self):
        raise {error}("no such model")

try:
    execute([Engine()])
except SetupError as error:
    print("found:", error)
"""


@pytest.mark.parametrize("when", ["starting", "running"])
@pytest.mark.parametrize(
    ("error", "said"), [("SetupError", "found: no such model\n"), ("OSError", "")]
)
def test_a_wrong_setting_that_ends_a_service_is_told_from_other_failures(
    when: str, error: str, said: str
) -> None:
    """A model that cannot be loaded is known only once the engine starts."""
    code = ENDS.format(when=when, error=error)
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert (ended.stdout, ended.returncode) == (said, 0 if said else 1)
