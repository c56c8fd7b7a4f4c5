"""How far the stages are: a snapshot of all positions, and what two of them say together."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from streams.broker.admin import Group, Positions
from streams.broker.refusal import answering
from streams.stage import Stage


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """A topic: all records ever written to it, and those it still holds."""

    name: str
    partitions: int
    records: int
    held: int


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """A stage in one of its topics: records that it is behind, and those it is done with.

    ``behind`` has the partitions where it is, each with the offset of the first record to come.
    """

    stage: str
    topic: str
    lag: int
    done: int
    behind: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """All positions at one moment, ``taken_at`` in seconds of a monotonic clock."""

    topics: tuple[TopicProgress, ...]
    readings: tuple[ReadingProgress, ...]
    groups: tuple[Group, ...]
    missing: tuple[str, ...]
    taken_at: float

    def lag(self, stage: str) -> int:
        """The records that a stage is behind in all its topics."""
        return sum(one.lag for one in self.readings if one.stage == stage)

    def done(self, stage: str) -> int:
        """The records that a stage is done with in all its topics."""
        return sum(one.done for one in self.readings if one.stage == stage)


@dataclass(frozen=True, slots=True)
class Rates:
    """Records a second between two snapshots: written to each topic, done by each stage."""

    written: dict[str, float]
    done: dict[str, float]


async def take(positions: Positions, stages: Sequence[Stage], names: Sequence[str]) -> Progress:
    """A snapshot of ``names`` and of the groups of ``stages``; a topic may be missing.

    Raises:
        UnavailableError: Kafka does not answer.
    """
    with answering():
        missing = await positions.missing(names)
        present = [name for name in names if name not in missing]
        # What is committed is asked first: no stage may seem to be beyond the end.
        committed = {stage.name: await positions.committed(stage.group) for stage in stages}
        ends = await positions.ends(present) if present else {}
        taken_at = time.monotonic()
        begins = await positions.begins(list(ends)) if ends else {}
        groups = await positions.groups([stage.group for stage in stages])

    def of(topic: str) -> list[TopicPartition]:
        return [partition for partition in ends if partition.topic == topic]

    def reading(stage: Stage, topic: str) -> ReadingProgress:
        own = committed[stage.name]
        # What retention has deleted before it was read is not waited for.
        following = {one: max(own.get(one, 0), begins[one]) for one in of(topic)}
        done = sum(following.values())
        lag = sum(ends[one] for one in of(topic)) - done
        behind = {one.partition: at for one, at in following.items() if at < ends[one]}
        return ReadingProgress(stage.name, topic, max(lag, 0), done, behind)

    def topic(name: str) -> TopicProgress:
        records = sum(ends[one] for one in of(name))
        return TopicProgress(
            name, len(of(name)), records, records - sum(begins[one] for one in of(name))
        )

    return Progress(
        topics=tuple(topic(name) for name in present),
        readings=tuple(
            reading(stage, name) for stage in stages for name in stage.reads if name in present
        ),
        groups=tuple(groups.values()),
        missing=tuple(missing),
        taken_at=taken_at,
    )


def rates(before: Progress, after: Progress) -> Rates:
    """What happened between two snapshots, for the topics and stages that are in both."""
    seconds = max(after.taken_at - before.taken_at, 1e-3)
    written = {one.name: one.records for one in before.topics}
    stages = {one.stage for one in before.readings} & {one.stage for one in after.readings}
    return Rates(
        written={
            one.name: max(one.records - written[one.name], 0) / seconds
            for one in after.topics
            if one.name in written
        },
        done={
            stage: max(after.done(stage) - before.done(stage), 0) / seconds
            for stage in sorted(stages)
        },
    )


def seconds_to_the_end(lag: int, done: float, written: float) -> float | None:
    """How long until a lag is gone at these rates (records/s); None when it does not shrink."""
    if lag == 0:
        return 0.0
    return lag / (done - written) if done > written else None
