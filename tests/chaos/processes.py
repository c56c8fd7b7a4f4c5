"""Processes that die, are ended, or stand still and wake up again."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import ClassVar

import psutil

from infra.local import daemons
from infra.local.home import Home
from tests.chaos.fault import Fault
from tests.chaos.flow import Flow
from tests.command import eventually

# Beyond the session timeout: the group has noticed, and the partitions are another's.
_BEYOND_S = 2.0


class KillWorker(Fault):
    """SIGKILL of the process of one of these stages; its supervisor starts it again."""

    stages: ClassVar[tuple[str, ...]]
    number: ClassVar[signal.Signals] = signal.SIGKILL

    def begin(self, flow: Flow, random: Random) -> None:
        os.kill(flow.crew.pid_of(random.choice(self.stages)), self.number)


class KillStages(KillWorker):
    name = "kill-stages"
    stages = ("ner", "summary")


class KillInference(KillWorker):
    name = "kill-inference"
    stages = ("inference",)


class KillSink(KillWorker):
    name = "kill-sink"
    stages = ("sink",)


class EndStages(KillStages):
    name = "term-stages"
    number = signal.SIGTERM


class EndInference(KillInference):
    name = "term-inference"
    number = signal.SIGTERM


class EndSink(KillSink):
    name = "term-sink"
    number = signal.SIGTERM


class StopWorker(Fault):
    """SIGSTOP for longer than the session timeout: another takes over, then the zombie wakes up."""

    stage: ClassVar[str]

    def __init__(self) -> None:
        self._pid = 0

    @contextmanager
    def arranged(self, flow: Flow) -> Iterator[None]:
        """A second process of the same stages."""
        members = flow.members(self.stage)
        group = next(names for names in flow.groups if self.stage in names)
        second = flow.crew.start([group])
        try:
            eventually(
                lambda: flow.members(self.stage) > members, f"a second process of {self.stage}"
            )
            yield
        finally:
            flow.crew.end(second)

    def holds_s(self, flow: Flow, random: Random) -> float:
        return flow.crew.session_s + _BEYOND_S + random.uniform(0, 1)

    def begin(self, flow: Flow, random: Random) -> None:
        self._pid = flow.crew.pid_of(self.stage)
        os.kill(self._pid, signal.SIGSTOP)

    def end(self, flow: Flow) -> None:
        with suppress(ProcessLookupError):  # its supervisor has taken it for dead
            os.kill(self._pid, signal.SIGCONT)


class StopStages(StopWorker):
    name = "stop-stages"
    stage = "ner"


class StopInference(StopWorker):
    name = "stop-inference"
    stage = "inference"


class StopSink(StopWorker):
    name = "stop-sink"
    stage = "sink"


class _KillService(Fault):
    """SIGKILL of a service of the local stack, which is started again some seconds later."""

    service: ClassVar[str]
    lasts_s = (0.0, 3.0)

    def begin(self, flow: Flow, random: Random) -> None:
        record = Home(flow.settings.home).record(self.service)
        daemon = daemons.read_record(record)
        assert daemon is not None, f"{self.service} does not run"
        process = psutil.Process(daemon.pid)
        process.kill()
        process.wait(10)

    def end(self, flow: Flow) -> None:
        flow.restart_services()


class KillKafka(_KillService):
    """All of it: where there are several nodes, every one."""

    name = "kill-kafka"
    service = "kafka"
    keeps_kafka_away = True

    def begin(self, flow: Flow, random: Random) -> None:
        if flow.cluster is None:
            super().begin(flow, random)
            return
        for node in flow.cluster.nodes:
            node.kill()

    def end(self, flow: Flow) -> None:
        if flow.cluster is None:
            super().end(flow)
            return
        flow.cluster.start()


class KillClickHouse(_KillService):
    name = "kill-clickhouse"
    service = "clickhouse"


class KillEngine(Fault):
    """The server of models dies with the calls that it has, and comes back."""

    name = "kill-engine"
    lasts_s = (0.0, 3.0)

    def begin(self, flow: Flow, random: Random) -> None:
        assert flow.engine is not None, "only a flow with a server of models has an engine to kill"
        flow.engine.stop()

    def end(self, flow: Flow) -> None:
        assert flow.engine is not None
        flow.engine.start()
