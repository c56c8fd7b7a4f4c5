"""Backpressure: which partitions are read on, and which are paused while polling goes on."""

from collections.abc import Mapping
from typing import TypeVar

from schemas.topics import Level

PartitionT = TypeVar("PartitionT")


def to_read(
    levels: Mapping[PartitionT, Level],
    spans: Mapping[PartitionT, int],
    rooms: Mapping[Level, int],
    max_span: int,
) -> frozenset[PartitionT]:
    """The partitions to read from now; all others are to be paused.

    Args:
        levels: every assigned partition, with the level of its topic.
        spans: offsets between the lowest unfinished and the last begun one, where there are any:
            what would repeat after a crash.
        rooms: how many tasks of each level may be read ahead (``Scheduler.room``).
        max_span: a partition with so many offsets uncommitted waits for its lowest one.
    """
    return frozenset(
        partition
        for partition, level in levels.items()
        if rooms[level] > 0 and spans.get(partition, 0) < max_span
    )
