"""The process of stages, by itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import elsewhere


def test_while_kafka_is_away_it_waits_and_says_so(tmp_path: Path) -> None:
    """Dying again and again would make the supervisor give up in an outage."""
    environment = {**os.environ, **elsewhere(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-m", "millrace.worker", "--instance", "here-0", "ner", "sink"],
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stderr is not None
        said = next(line for line in process.stderr if "does not answer" in line)
        assert process.poll() is None
        process.kill()

    assert f"Kafka does not answer at {environment['MILLRACE_KAFKA_BOOTSTRAP']}" in said


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
