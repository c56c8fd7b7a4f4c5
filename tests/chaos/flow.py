"""The flow that faults are injected into: a stack of its own, its processes, its networks."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiokafka.errors import KafkaError

from infra.clickhouse.client import Client
from infra.local import stack as local_stack
from infra.local.stack import StackSettings
from millrace import wiring
from millrace.commands.run import Processes, grouped
from millrace.commands.stack import prepare
from millrace.settings import Settings
from schemas.errors import MillraceError, UnavailableError
from streams.broker.admin import Positions
from streams.settling import settle
from tests.chaos.cluster import Cluster, cluster
from tests.chaos.crew import Crew, Group
from tests.chaos.documents import Content, Documents, rehearsal, without_faults
from tests.chaos.proxy import Proxy
from tests.local_stack import silent, stack_settings
from tests.model_answers import AnsweringServer

T = TypeVar("T")
MODEL = "acme/reader-8b"
SETTLE_S = 180.0
_QUESTIONS, _ASK_AGAIN_S = 20, 0.2
_DISK_BYTES = 384 * 1024 * 1024
_CACHE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Shape:
    """What the flow consists of.

    Attributes:
        served: whether a server of models answers, else the local engine.
        nodes: of a Kafka of its own behind proxies; 0 for that of the local stack.
        session_s: how long groups wait for a silent process, in seconds.
    """

    served: bool = False
    nodes: int = 0
    session_s: float = 15.0


@dataclass
class Flow:
    """A running flow. ``settings`` are those of the driver, which no network is cut from."""

    shape: Shape
    settings: Settings
    local: StackSettings
    """The local stack, whose Kafka has nothing to do where there is a cluster."""
    client: Client
    crew: Crew
    tables_network: Proxy
    engine: AnsweringServer | None = None
    engine_network: Proxy | None = None
    cluster: Cluster | None = None
    disks: dict[str, Path] = field(default_factory=dict)
    """Small ones of their own, by what is kept there: ``clickhouse`` and ``cache``."""
    why_no_disks: str = ""

    @property
    def groups(self) -> list[Group]:
        """How stages are spread over processes."""
        kinds = {stage.name: stage.kind for stage in wiring.stages(self.settings)}
        return grouped(dict(kinds), Processes.SPLIT)

    def expected(self, documents: Documents, numbers: Sequence[int]) -> dict[str, Content]:
        """What these documents are without a fault; a server learns its answers on the way."""
        records = [documents.record(number) for number in numbers]
        if self.engine is None:
            return without_faults(records)
        found, answers = rehearsal(records)
        self.engine.answers.update({asked.user: text for asked, text in answers.items()})
        return found

    def in_flight(self) -> int | None:
        """Records that a stage has not committed, over all; None while Kafka does not answer."""
        lags = self.lags()
        return None if lags is None else sum(lags.values())

    def lags(self) -> dict[str, int] | None:
        """The same by stage."""

        async def behind() -> dict[str, int]:
            async with Positions(wiring.broker(self.settings)) as positions:
                found = {}
                for stage in wiring.stages(self.settings):
                    committed = await positions.committed(stage.group)
                    ends = await positions.ends(stage.reads)
                    found[stage.name] = sum(
                        end - committed.get(one, 0) for one, end in ends.items()
                    )
                return found

        with suppress(MillraceError, KafkaError, OSError, TimeoutError):
            return asyncio.run(asyncio.wait_for(behind(), 5))
        return None

    def members(self, stage: str) -> int:
        """How many processes are members of a stage's group."""

        async def asked() -> int:
            async with Positions(wiring.broker(self.settings)) as positions:
                group = next(one.group for one in wiring.stages(self.settings) if one.name == stage)
                return (await positions.groups([group]))[group].members

        return _answered(asked)

    def settle(self) -> None:
        """Wait until all that was sent is in the tables."""
        stages = wiring.stages(self.settings)
        _answered(lambda: settle(wiring.broker(self.settings), stages, SETTLE_S))

    def restart_services(self) -> None:
        """Start what has died of the local stack, and wait until it serves."""
        local_stack.up(self.local, silent)


def _answered(ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What Kafka answers: while its nodes change, a question may have to be asked again."""
    for _ in range(_QUESTIONS):
        with suppress(KafkaError, UnavailableError):
            return asyncio.run(ask())
        Event().wait(_ASK_AGAIN_S)
    return asyncio.run(ask())


@contextmanager
def running_flow(shape: Shape) -> Iterator[Flow]:
    """A flow with all its stages, ended and removed with the context."""
    folder = Path(tempfile.mkdtemp(prefix="millrace chaos "))
    home = folder / "home"
    stack = stack_settings(home)
    with ExitStack() as open_until_end:
        open_until_end.callback(shutil.rmtree, folder)
        disks, why = _mounted(home, open_until_end)
        tables = Proxy(stack.clickhouse_port)
        open_until_end.enter_context(tables.running())
        nodes = open_until_end.enter_context(cluster(shape.nodes)) if shape.nodes else None
        told = {
            "MILLRACE_HOME": str(home),
            "MILLRACE_KAFKA_BOOTSTRAP": f"{stack.kafka_host}:{stack.kafka_port}",
            "MILLRACE_CLICKHOUSE_URL": f"http://{stack.clickhouse_host}:{stack.clickhouse_port}",
        }
        local = wiring.local_stack(_settings(told))
        if nodes is not None:
            told |= {
                "MILLRACE_KAFKA_BOOTSTRAP": nodes.direct,
                "MILLRACE_KAFKA_REPLICATION": str(shape.nodes),
            }
        engine = network = None
        if shape.served:
            engine = AnsweringServer(MODEL)
            open_until_end.enter_context(engine.running())
            network = Proxy(urlsplit(engine.url).port or 0)
            open_until_end.enter_context(network.running())
            told |= {
                "MILLRACE_ENGINE": "openai",
                "MILLRACE_MODEL": MODEL,
                "MILLRACE_OPENAI_URLS": network.url,
            }
        settings = _settings(told)
        open_until_end.callback(local_stack.down, local, silent)
        local_stack.up(local, silent)
        prepare(settings)
        client = open_until_end.enter_context(closing(Client(wiring.clickhouse(settings))))
        told["MILLRACE_CLICKHOUSE_URL"] = tables.url
        if nodes is not None:
            told["MILLRACE_KAFKA_BOOTSTRAP"] = nodes.proxied
        crew = Crew(home, told, shape.session_s)
        open_until_end.enter_context(crew.running())
        flow = Flow(
            shape, settings, local, client, crew, tables, engine, network, nodes, disks, why
        )  # fmt: skip
        crew.start(flow.groups)
        yield flow


def _settings(told: dict[str, str]) -> Settings:
    """Settings as a process would read them that is told so; the environment stays as it is."""
    before = dict(os.environ)
    os.environ.update(told)
    try:
        return Settings()
    finally:
        for name in told:
            os.environ.pop(name)
        os.environ.update(before)


def _mounted(home: Path, open_until_end: ExitStack) -> tuple[dict[str, Path], str]:
    """Small disks under the folders of ClickHouse and the cache, or why there are none."""
    disks = {"clickhouse": home / "clickhouse", "cache": home / "cache"}
    sizes = {"clickhouse": _DISK_BYTES, "cache": _CACHE_BYTES}
    for name, folder in disks.items():
        folder.mkdir(parents=True)
        command = [
            "mount",
            "-t",
            "tmpfs",
            "-o",
            f"size={sizes[name]},mode=700",
            "none",
            str(folder),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return {}, f"a small disk cannot be mounted here: {done.stderr.strip()}"
        unmount = ["umount", str(folder)]
        open_until_end.callback(subprocess.run, unmount, check=True, capture_output=True)
    return disks, ""
