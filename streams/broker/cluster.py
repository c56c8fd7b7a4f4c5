"""A Kafka cluster as it is configured: its brokers, and how its topics were created."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.broker.admin import admin_client
from streams.broker.connection import Broker

_LIMIT = "max.message.bytes"


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic: ``replication`` is that of its weakest partition, and so is ``in_sync``.

    ``max_message_bytes`` is None where this user may not ask for it.
    """

    name: str
    partitions: int
    replication: int
    in_sync: int
    max_message_bytes: int | None


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The brokers that are there, and the topics asked for that exist."""

    brokers: int
    cluster_id: str
    topics: tuple[TopicFacts, ...]


async def cluster_facts(broker: Broker, names: Sequence[str]) -> ClusterFacts:
    """What the cluster says about itself and the topics ``names``; creates nothing.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client, or its certificate is not trusted.
    """
    async with admin_client(broker) as admin:
        cluster = await admin.describe_cluster()
        # All of them: to ask for one that is missing might create it.
        there = {topic["topic"]: topic for topic in await admin.describe_topics()}
        present = [name for name in names if name in there]
        limits = await _limits(admin, present)
    return ClusterFacts(
        brokers=len(cluster["brokers"]),
        cluster_id=str(cluster["cluster_id"]),
        topics=tuple(
            TopicFacts(
                name=name,
                partitions=len(there[name]["partitions"]),
                replication=_fewest(there[name]["partitions"], "replicas"),
                in_sync=_fewest(there[name]["partitions"], "isr"),
                max_message_bytes=limits.get(name),
            )
            for name in present
        ),
    )


def _fewest(partitions: Sequence[dict[str, list[int]]], what: str) -> int:
    return min((len(one[what]) for one in partitions), default=0)


async def _limits(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, int]:
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, {_LIMIT: ""}) for name in names]
    answers = await admin.describe_configs(asked) if asked else []
    found = {}
    for answer in answers:
        for error_code, _, _, name, entries in answer.resources:
            for key, value, *_ in entries if not error_code else ():
                if key == _LIMIT:
                    found[str(name)] = int(value)
    return found
