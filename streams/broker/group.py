"""How a process takes part in the consumer groups of its stages."""

from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from streams.broker.connection import MAX_REQUEST_BYTES, Broker
from streams.stage import Stage

# A partition whose records are still buffered is left out of a fetch. The broker holds a fetch of
# empty partitions for so long, and the full one waits for its turn meanwhile: with the usual 500 ms
# the sink stood still for a third of its time. Each fetch costs the broker some time.
SHORT_FETCH_MS = 25


@dataclass(frozen=True, slots=True)
class Membership:
    """A process among those of its stages.

    ``instance`` is its name: a process that comes back under its name takes its partitions up
    again without a rebalance. Times in seconds.
    """

    instance: str
    session_timeout: float = 15.0
    commit_interval: float = 0.2

    def of(self, stage: Stage) -> str:
        """The static member id of this process in the group of ``stage``."""
        return f"{stage.name}-{self.instance}"


def group_consumer(
    broker: Broker, stage: Stage, membership: Membership, fetch_ms: int = SHORT_FETCH_MS
) -> AIOKafkaConsumer:
    """A consumer of a stage's group that commits only when told.

    Range assignment gives one process the same partitions of all topics of a stage, and so a
    document's levels the same engine. ``fetch_ms`` bounds how long a fetch waits for records.
    """
    return AIOKafkaConsumer(
        **broker.client_options(),
        group_id=stage.group,
        group_instance_id=membership.of(stage),
        session_timeout_ms=int(membership.session_timeout * 1000),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        partition_assignment_strategy=(RangePartitionAssignor,),
        fetch_max_bytes=4 * MAX_REQUEST_BYTES,
        fetch_max_wait_ms=fetch_ms,
    )
