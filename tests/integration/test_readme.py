"""What the README and the page about replays show, run as it stands."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from infra.local.addresses import free_port

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"<!-- run by the tests -->\n```sh\n(.*?)```", re.DOTALL)


# Some twenty commands, each of which loads what it needs anew.
@pytest.mark.timeout(240)
def test_its_commands_run_and_show_the_example(tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
    assert len(blocks) == 6
    # While the stages still run, which the last block ends.
    replayed = BLOCK.findall((ROOT / "docs" / "replay.md").read_text("utf-8"))
    assert len(replayed) == 2
    blocks[-1:-1] = replayed
    clickhouse = free_port("127.0.0.1")
    script = "\n".join(blocks).replace("8123", str(clickhouse))
    script = script.replace("$PWD/.venv", f"{ROOT}/.venv")
    environment = {
        **os.environ,
        "MILLRACE_HOME": str(tmp_path / "a home"),
        "MILLRACE_KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port('127.0.0.1')}",
        "MILLRACE_CLICKHOUSE_URL": f"http://127.0.0.1:{clickhouse}",
    }

    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )

    shown = done.stdout + done.stderr
    assert done.returncode == 0, shown
    assert "1 validated, 0 for review, 0 dead-lettered" in shown
    assert re.search(r"purchase .* bought .* 5 .* 11 .* 2024-03-03 .* London", shown), shown
    assert "refused before it was sent" in shown
    assert "extraction.relationship" in shown  # of `millrace status`
