"""A Kafka and a ClickHouse of a benchmark's own, on free ports, gone afterwards."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local import stack
from millrace import wiring
from millrace.commands.stack import prepare
from millrace.settings import Settings


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def own_stack() -> Iterator[Settings]:
    """A running stack with all topics and tables; the environment points at it meanwhile."""
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as folder:
        chosen = {
            "MILLRACE_HOME": str(Path(folder) / "home"),
            "MILLRACE_KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port()}",
            "MILLRACE_CLICKHOUSE_URL": f"http://127.0.0.1:{free_port()}",
        }
        before = {name: os.environ.get(name) for name in chosen}
        os.environ.update(chosen)
        settings = Settings()
        local = wiring.local_stack(settings)
        try:
            stack.up(local, lambda _: None)
            prepare(settings)
            yield settings
        finally:
            stack.down(local, lambda _: None)
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
