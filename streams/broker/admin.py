"""Topics and groups as the brokers see them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    CoordinatorLoadInProgressError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
)

from schemas import topics
from schemas.errors import AccessError, MillraceError, UnavailableError
from streams.broker.connecting import connect, disconnect
from streams.broker.connection import Broker

# Before the very first group there is no coordinator: no group has committed anything.
_COORDINATOR_ABSENT = (GroupCoordinatorNotAvailableError, CoordinatorLoadInProgressError)
MEBIBYTE = 1024 * 1024
MESSAGE_BYTES = 16 * MEBIBYTE
LETTER_BYTES = 20 * MEBIBYTE
RETENTION = "retention.ms"
FOREVER = -1


class TopicError(MillraceError):
    """A topic could not be created."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a topic keeps its records: milliseconds, or ``FOREVER``; a default unless chosen."""

    ms: int
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """How topics are created: ``replication`` copies of each of ``partitions``.

    A topic that ``retention`` does not name keeps its records as long as the brokers have it.
    """

    partitions: int = 4
    replication: int = 1
    retention: Mapping[str, Retention] = field(default_factory=dict)

    def configs(self, topic: str) -> dict[str, str]:
        """What is set for a topic itself."""
        limit = LETTER_BYTES if topic == topics.DEAD_LETTERS else MESSAGE_BYTES
        configs = {"max.message.bytes": str(limit)}
        if topic in self.retention:
            configs[RETENTION] = str(self.retention[topic].ms)
        return configs


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group: its processes, and its state in Kafka's words."""

    name: str
    members: int = 0
    state: str = "Dead"


@asynccontextmanager
async def admin_client(broker: Broker) -> AsyncIterator[AIOKafkaAdminClient]:
    """A connected client for questions about the cluster, closed in the end.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client, or its certificate is not trusted.
    """
    admin = AIOKafkaAdminClient(**broker.client_options(), request_timeout_ms=10_000)
    await connect(admin, broker)
    try:
        yield admin
    finally:
        await disconnect(admin)


async def create_topics(broker: Broker, names: Sequence[str], settings: TopicSettings) -> list[str]:
    """Create the topics that are missing; give their names.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client, its certificate is not trusted, or the user may not
            create them.
        TopicError: a topic was refused.
    """
    async with admin_client(broker) as admin:
        missing = sorted(set(names) - set(await admin.list_topics()))
        for name in missing:
            wanted = NewTopic(
                name,
                settings.partitions,
                settings.replication,
                topic_configs=settings.configs(name),
            )
            try:
                response = await admin.create_topics([wanted])
            except TopicAlreadyExistsError:  # by another process at the same moment
                continue
            except KafkaError as error:
                raise TopicError(f"topic {name} could not be created: {error}") from error
            for topic_error in response.topic_errors:
                _check_created(topic_error)
    return missing


def _check_created(topic_error: Sequence[object]) -> None:
    name, code, *message = topic_error
    if code in (TopicAuthorizationFailedError.errno, ClusterAuthorizationFailedError.errno):
        raise AccessError(
            f"Kafka does not let this user create topic {name}: permit it Create and Describe, or "
            "have the topics created by another user"
        )
    if code not in (0, TopicAlreadyExistsError.errno):
        raise TopicError(f"topic {name} could not be created: error {code} {message}")


async def missing_topics(broker: Broker, names: Sequence[str]) -> list[str]:
    """Those of ``names`` that the brokers do not have."""
    async with admin_client(broker) as admin:
        return sorted(set(names) - set(await admin.list_topics()))


class Positions:
    """Reads offsets; keeps its connections, for those who ask again and again."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        # Each topic that it has not met costs a refresh of the metadata and one such pause.
        options = {**broker.client_options(), "request_timeout_ms": 10_000, "retry_backoff_ms": 10}
        self._consumer = AIOKafkaConsumer(**options)
        self._admin = AIOKafkaAdminClient(**options)

    async def __aenter__(self) -> "Positions":
        """Connect.

        Raises:
            UnavailableError: Kafka does not answer.
            AccessError: Kafka refuses this client, or its certificate is not trusted.
        """
        await connect(self._consumer, self._broker)
        try:
            await connect(self._admin, self._broker)
        except BaseException:
            await disconnect(self._consumer)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await disconnect(self._consumer, self._admin)

    async def ends(self, names: Sequence[str]) -> dict[TopicPartition, int]:
        """The offset after the last record of every partition of the topics.

        Raises:
            UnavailableError: Kafka does not answer, or a topic is missing.
        """
        partitions = await self._partitions(names)
        return dict(await self._consumer.end_offsets(partitions))

    async def committed(self, group: str) -> dict[TopicPartition, int]:
        """What a group has committed."""
        try:
            found = await self._admin.list_consumer_group_offsets(group)
        except _COORDINATOR_ABSENT:
            return {}
        return {partition: state.offset for partition, state in found.items() if state.offset >= 0}

    async def groups(self, names: Sequence[str]) -> dict[str, Group]:
        """Each group as its coordinator sees it; one that never was has no members."""
        found = {}
        for name in names:
            # One at a time: aiokafka 0.14 misreads an answer about several groups.
            try:
                described = await self._admin.describe_consumer_groups([name])
            except _COORDINATOR_ABSENT:
                described = []
            one = next((group for answer in described for group in answer.groups), None)
            found[name] = Group(name, len(one[5]), str(one[2])) if one else Group(name)
        return found

    async def missing(self, names: Sequence[str]) -> list[str]:
        """Those of ``names`` that the brokers do not have, in the same order."""
        there = set(await self._admin.list_topics())
        return [name for name in names if name not in there]

    async def begins(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """The offset of the first record that each partition still holds."""
        return dict(await self._consumer.beginning_offsets(list(partitions)))

    async def _partitions(self, names: Sequence[str]) -> list[TopicPartition]:
        # aiokafka has no public way to ask for the partitions of a topic it is not subscribed to.
        metadata = await self._admin.describe_topics(list(names))
        partitions = []
        for topic in metadata:
            if topic["error_code"]:
                raise UnavailableError(
                    f"topic {topic['topic']} is not there: `millrace up` or `millrace run` "
                    "creates it"
                )
            partitions += [
                TopicPartition(topic["topic"], partition["partition"])
                for partition in topic["partitions"]
            ]
        return partitions
