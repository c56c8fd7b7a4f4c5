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


@pytest.mark.parametrize("when", ["on_start", "on_first_start", "_run"])
def test_a_wrong_setting_found_by_a_service_is_what_the_process_ends_with(when: str) -> None:
    """A model that cannot be loaded is known only once the engine starts."""
    ends = (
        "from mode import Service\n"
        "from millrace.worker import execute\n"
        "from schemas.errors import SetupError\n"
        "class Engine(Service):\n"
        f"    {'@Service.task' if when == '_run' else ''}\n"
        f"    async def {when}(self): raise SetupError('no such model')\n"
        "try: execute([Engine()])\n"
        "except SetupError as error: print('found:', error)\n"
    )
    ended = subprocess.run([sys.executable, "-c", ends], capture_output=True, text=True)

    assert ended.stdout == "found: no such model\n"
