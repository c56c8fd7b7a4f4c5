"""Networks that drop, delay or cut, and replies that are lost after the request was served."""

from collections.abc import Sequence
from random import Random
from typing import ClassVar, Literal

from tests.chaos.fault import Fault
from tests.chaos.flow import Flow
from tests.chaos.proxy import Proxy
from tests.command import eventually

Between = Literal["clickhouse", "engine", "kafka"]


class _Network(Fault):
    """The network between the stages and one of the three."""

    between: ClassVar[Between]
    lasts_s = (0.5, 3.0)

    def proxies(self, flow: Flow) -> Sequence[Proxy]:
        if self.between == "clickhouse":
            return [flow.tables_network]
        if self.between == "engine":
            assert flow.engine_network is not None, "this flow has no server of models"
            return [flow.engine_network]
        assert flow.cluster is not None, "this flow's Kafka is not behind a proxy"
        return flow.cluster.networks

    def end(self, flow: Flow) -> None:
        for proxy in self.proxies(flow):
            proxy.heal()


class _Drop(_Network):
    """Nothing comes through, and nobody is told."""

    def begin(self, flow: Flow, random: Random) -> None:
        for proxy in self.proxies(flow):
            proxy.stalled = True


class _Delay(_Network):
    """Every piece is late."""

    def begin(self, flow: Flow, random: Random) -> None:
        for proxy in self.proxies(flow):
            proxy.delay_s = random.uniform(0.2, 0.8)


class _Cut(_Network):
    """Connections are reset and so is each new one."""

    def begin(self, flow: Flow, random: Random) -> None:
        for proxy in self.proxies(flow):
            proxy.refuses = True
            proxy.reset_all()


class _CutRequests(_Network):
    """Half a request comes through, then the connection is reset; it ends when one was struck."""

    lasts_s = (0.0, 0.5)

    def begin(self, flow: Flow, random: Random) -> None:
        struck = sum(proxy.struck for proxy in self.proxies(flow))
        for proxy in self.proxies(flow):
            proxy.cut_requests = True
        eventually(
            lambda: sum(proxy.struck for proxy in self.proxies(flow)) > struck,
            f"a request to {self.between} is cut",
        )


class DropToClickHouse(_Drop):
    name = "drop-clickhouse"
    between = "clickhouse"


class DelayToClickHouse(_Delay):
    name = "delay-clickhouse"
    between = "clickhouse"


class CutToClickHouse(_Cut):
    name = "cut-clickhouse"
    between = "clickhouse"


class CutRequestsToClickHouse(_CutRequests):
    name = "cut-request-clickhouse"
    between = "clickhouse"


class LostReply(_Network):
    """An INSERT is applied and its reply is lost: the sink cannot know, and inserts again."""

    name = "lost-reply"
    between = "clickhouse"
    lasts_s = (0.0, 1.0)

    def begin(self, flow: Flow, random: Random) -> None:
        struck = flow.tables_network.struck
        flow.tables_network.lost_replies = b"INSERT"
        eventually(lambda: flow.tables_network.struck > struck, "the reply to an INSERT is lost")


class DropToEngine(_Drop):
    name = "drop-engine"
    between = "engine"


class DelayToEngine(_Delay):
    name = "delay-engine"
    between = "engine"


class CutToEngine(_Cut):
    name = "cut-engine"
    between = "engine"
    lasts_s = (0.1, 0.5)


class DropToKafka(_Drop):
    name = "drop-kafka"
    between = "kafka"


class DelayToKafka(_Delay):
    name = "delay-kafka"
    between = "kafka"


class CutToKafka(_Cut):
    name = "cut-kafka"
    between = "kafka"


class CutRequestsToKafka(_CutRequests):
    name = "cut-request-kafka"
    between = "kafka"
