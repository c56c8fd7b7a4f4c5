"""All faults by name, each with the flow that it needs and how fast documents may come."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.chaos import disks, leaders, network, processes, scaling
from tests.chaos.fault import Fault, NoFault
from tests.chaos.flow import Shape

LOCAL: Final = Shape()
SERVED: Final = Shape(served=True)
CLUSTER: Final = Shape(nodes=3)
# Documents a second. What a server of models will be asked has to be rehearsed beforehand.
RATES: Final[Mapping[Shape, float]] = {LOCAL: 30.0, SERVED: 10.0, CLUSTER: 20.0}


@dataclass(frozen=True, slots=True)
class Entry:
    """A fault and the flow that it is injected into."""

    fault: type[Fault]
    shape: Shape


_OF_SHAPES: Final[Mapping[Shape, tuple[type[Fault], ...]]] = {
    LOCAL: (
        NoFault,
        processes.KillStages, processes.KillInference, processes.KillSink,
        processes.EndStages, processes.EndInference, processes.EndSink,
        processes.KillKafka, processes.KillClickHouse,
        processes.StopStages, processes.StopInference, processes.StopSink,
        scaling.Scale,
        network.DropToClickHouse, network.DelayToClickHouse, network.CutToClickHouse,
        network.CutRequestsToClickHouse, network.LostReply,
        disks.FillTables,
    ),
    SERVED: (
        processes.KillEngine,
        network.DropToEngine, network.DelayToEngine, network.CutToEngine,
        disks.FillCache,
    ),
    CLUSTER: (
        network.DropToKafka, network.DelayToKafka, network.CutToKafka,
        network.CutRequestsToKafka,
        leaders.KillLeader,
    ),
}  # fmt: skip

FAULTS: Final[Mapping[str, Entry]] = {
    fault.name: Entry(fault, shape) for shape, faults in _OF_SHAPES.items() for fault in faults
}
