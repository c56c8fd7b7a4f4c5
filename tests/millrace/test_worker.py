"""The process of stages, by itself."""

import os
import subprocess
import sys
from pathlib import Path

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
