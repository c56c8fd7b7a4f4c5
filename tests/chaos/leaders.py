"""The node that leads a partition dies, another takes over, the first comes back."""

import asyncio
from random import Random

from millrace import wiring
from schemas.topics import DOCUMENTS_INGEST
from streams.broker.admin import admin_client
from tests.chaos.fault import Fault
from tests.chaos.flow import Flow


class KillLeader(Fault):
    """SIGKILL of a node of three that leads a partition of the first topic."""

    name = "kill-leader"
    lasts_s = (0.0, 5.0)

    def begin(self, flow: Flow, random: Random) -> None:
        assert flow.cluster is not None, "this flow's Kafka is no cluster"
        number = random.choice(asyncio.run(_leaders(flow)))
        next(node for node in flow.cluster.nodes if node.number == number).kill()

    def end(self, flow: Flow) -> None:
        assert flow.cluster is not None
        flow.cluster.start()


async def _leaders(flow: Flow) -> list[int]:
    async with admin_client(wiring.broker(flow.settings)) as admin:
        (topic,) = await admin.describe_topics([DOCUMENTS_INGEST])
    return [int(partition["leader"]) for partition in topic["partitions"]]
