"""``demo_seconds``: a fresh checkout to the demo's table, and the demo a second time."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from bench.results import Measure
from bench.stack import free_port

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_S = 600


def demo_seconds() -> list[Measure]:
    with tempfile.TemporaryDirectory(prefix="millrace bench ") as folder:
        checkout = Path(folder) / "fresh checkout"
        subprocess.run(
            ["git", "clone", "--quiet", str(ROOT), str(checkout)],
            check=True,
        )
        first, second = _demo(checkout), _demo(checkout)
    return [
        Measure(
            "demo_seconds", first, "s", 120, "lower",
            "git clone to the table: environment, Kafka and ClickHouse set up, caches warm",
        ),
        Measure("demo_again_seconds", second, "s", 25, "lower", "the same a second time"),
    ]  # fmt: skip


def _demo(checkout: Path) -> float:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")},
        "MILLRACE_KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port()}",
        "MILLRACE_CLICKHOUSE_URL": f"http://127.0.0.1:{free_port()}",
    }
    began = time.monotonic()
    done = subprocess.run(
        ["make", "demo"],
        cwd=checkout, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S,
        check=True,
    )  # fmt: skip
    spent = time.monotonic() - began
    assert "purchase" in done.stdout, done.stdout + done.stderr
    return spent
