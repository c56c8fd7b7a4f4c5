"""Holding a replay back by the lag of the stages behind its topic."""

import asyncio
from collections.abc import Callable, Sequence

from schemas.topics import INFERENCE_CALLS
from streams.broker.admin import Positions
from streams.broker.progress import take
from streams.broker.refusal import answering
from streams.stage import Stage

_POLL_S = 0.1
# So long without less lag, and a stage that no process runs is the reason.
_STUCK_S = 3.0


class Throttle:
    """Waits until the stages behind a topic are less than ``max_lag`` records behind."""

    def __init__(
        self,
        positions: Positions,
        stages: Sequence[Stage],
        max_lag: int,
        on_lag: Callable[[int], None],
        on_idle: Callable[[list[str]], None],
    ) -> None:
        """Measure the lag of ``stages``.

        Args:
            positions: asks the brokers.
            stages: those behind the topic.
            max_lag: in records.
            on_lag: told the lag whenever it was measured.
            on_idle: told once which stages no process runs, while that holds the replay back.
        """
        self._positions = positions
        self._stages = stages
        self._max_lag = max_lag
        self._on_lag = on_lag
        self._on_idle = on_idle
        self._told = False
        # Calls are no documents: the sink takes them by the way.
        self._names = tuple(
            dict.fromkeys(
                name for stage in stages for name in stage.reads if name != INFERENCE_CALLS
            )
        )

    async def admit(self) -> None:
        """Wait until the lag is under the bound.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        clock = asyncio.get_running_loop().time
        least, since = None, clock()
        while True:
            with answering():
                lag = await self._lag()
            self._on_lag(lag)
            if lag < self._max_lag:
                return
            if least is None or lag < least:
                least, since = lag, clock()
            elif clock() - since > _STUCK_S:
                await self._tell_idle()
            await asyncio.sleep(_POLL_S)

    async def _lag(self) -> int:
        """The records that the stages are behind in all their topics together."""
        # What is committed is asked first: no stage may seem to be beyond the end.
        committed = [await self._positions.committed(stage.group) for stage in self._stages]
        ends = await self._positions.ends(self._names)
        return sum(
            max(0, end - own.get(one, 0))
            for stage, own in zip(self._stages, committed, strict=True)
            for one, end in ends.items()
            if one.topic in stage.reads
        )

    async def _tell_idle(self) -> None:
        progress = await take(self._positions, self._stages, self._names)
        members = {group.name: group.members for group in progress.groups}
        idle = [
            one.name
            for one in self._stages
            if progress.lag(one.name) and not members.get(one.group, 0)
        ]
        if idle and not self._told:
            self._told = True
            self._on_idle(idle)
