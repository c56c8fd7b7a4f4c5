"""Waiting until documents that were produced have gone all the way."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from aiokafka import TopicPartition

from schemas.errors import MillraceError
from schemas.topics import DEAD_LETTERS
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.stage import Stage

Progress = Callable[[str, int], None]
_POLL_S = 0.1


def _silent(_stage: str, _behind: int) -> None:
    """Take progress and say nothing."""


class NotSettledError(MillraceError):
    """The flow did not come to its end in time."""


def steps(stages: Sequence[Stage]) -> list[tuple[Stage, tuple[str, ...]]]:
    """The way of a document as pairs of a stage and the topics that it reads at that point.

    The inference consumer comes once for each level: right after the stage that writes its tasks.
    The sink comes once more at the end, for the letters that it has written itself.
    """
    inference = next(stage for stage in stages if stage.kind == "inference")
    way: list[tuple[Stage, tuple[str, ...]]] = []
    for stage in stages:
        if stage is inference:
            continue
        way.append((stage, stage.reads))
        tasks = tuple(topic for topic in stage.writes if topic in inference.reads)
        # Once for each tier: what one cannot answer goes to the next.
        way += [(inference, tasks)] * len(tasks)
    last = stages[-1]
    way.append((last, (DEAD_LETTERS,)))
    return way


async def settle(
    broker: Broker,
    stages: Sequence[Stage],
    timeout_s: float,
    on_progress: Progress = _silent,
) -> None:
    """Wait until all that is on ``documents.ingest`` now is in the tables, or is a dead letter.

    Each stage in turn must commit beyond what its topics held when the stage before it was done:
    work is produced before it is committed, so nothing can be between two stages unseen.

    Args:
        broker: the cluster.
        stages: the topology.
        timeout_s: the longest wait, in seconds.
        on_progress: told the stage waited for and its lag in records.

    Raises:
        NotSettledError: a stage did not get there in time; the message names it and its lag.
    """
    deadline = asyncio.get_running_loop().time() + timeout_s
    async with Positions(broker) as positions:
        for stage, topics in steps(stages):
            ends = await positions.ends(topics)
            await wait_committed(positions, stage, ends, deadline, on_progress)


async def wait_committed(
    positions: Positions,
    stage: Stage,
    ends: Mapping[TopicPartition, int],
    deadline: float,
    on_progress: Progress = _silent,
) -> None:
    """Wait until a stage has committed ``ends``.

    Raises:
        NotSettledError: it has not by ``deadline``, in seconds of the loop's clock.
    """
    while True:
        committed = await positions.committed(stage.group)
        behind = sum(max(0, end - committed.get(partition, 0)) for partition, end in ends.items())
        on_progress(stage.name, behind)
        if not behind:
            return
        if asyncio.get_running_loop().time() > deadline:
            raise NotSettledError(
                f"stage {stage.name} is still {behind} records behind: see that it runs "
                "(`millrace status`), and its log"
            )
        await asyncio.sleep(_POLL_S)
