"""What topics still hold: which records, from when, and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition

from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.broker.oldest import OldestRecords
from streams.broker.refusal import answering
from streams.broker.retention import retentions


@dataclass(frozen=True, slots=True)
class Held:
    """A topic: of each partition the first offset that it holds and the one after its last.

    Times are of records, in milliseconds since 1970, None where there is none; ``retention_ms`` is
    None where this user may not ask for it.
    """

    topic: str
    offsets: Mapping[int, tuple[int, int]]
    oldest_ms: int | None
    newest_ms: int | None
    retention_ms: int | None

    @property
    def records(self) -> int:
        """Those that it holds."""
        return sum(end - first for first, end in self.offsets.values())

    @property
    def removed(self) -> int:
        """Those that were in it and are not any more."""
        return sum(first for first, _ in self.offsets.values())


async def held(broker: Broker, names: Sequence[str]) -> list[Held]:
    """What each of these topics holds, in their order.

    Raises:
        UnavailableError: Kafka does not answer, or a topic is missing.
        AccessError: Kafka refuses this client, or its certificate is not trusted.
    """
    with answering():
        async with Positions(broker) as positions:
            ends = await positions.ends(names)
            begins = await positions.begins(list(ends))
        there = [one for one, end in ends.items() if begins[one] < end]
        async with OldestRecords(broker) as records:
            oldest = await records.timestamps({one: begins[one] for one in there})
            newest = await records.timestamps({one: ends[one] - 1 for one in there})
        kept = await retentions(broker, names)

    def times(of: Mapping[TopicPartition, int], topic: str) -> list[int]:
        return [at for one, at in of.items() if one.topic == topic]

    return [
        Held(
            topic=name,
            offsets={
                one.partition: (begins[one], end)
                for one, end in sorted(ends.items())
                if one.topic == name
            },
            oldest_ms=min(times(oldest, name), default=None),
            newest_ms=max(times(newest, name), default=None),
            retention_ms=kept.get(name),
        )
        for name in names
    ]
