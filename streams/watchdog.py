"""Ends a process whose stage stands still although there is work for it."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from mode import Service

from schemas.errors import MillraceError
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.stage import Stage
from streams.standstill import Standstill
from streams.telemetry.signs import signs

log = logging.getLogger(__name__)
# Longer than anything that a stage waits for in silence: an insert or a question to ClickHouse is
# given up after 120 s, a send to Kafka after 40 s, and each of these is a sign.
STANDSTILL_S = 300.0
# One call of a model may take 600 s, and may be the only one.
STANDSTILL_OF_CALLS_S = 900.0
_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Watched:
    """A stage under watch.

    ``partitions`` gives those that this process has of its topics now; ``limit_s`` is how long it
    may stand still.
    """

    stage: Stage
    partitions: Callable[[], Collection[TopicPartition]]
    limit_s: float = STANDSTILL_S


@dataclass(slots=True)
class _Watch:
    watched: Watched
    local: Standstill
    committed: Standstill


@dataclass(frozen=True, slots=True)
class Lag:
    """The offsets that a stage has committed, by partition, and the records that it is behind."""

    committed: Mapping[TopicPartition, int] = field(default_factory=dict)
    records: int = 0


AskLag = Callable[[Stage, Collection[TopicPartition]], Awaitable[Lag]]


class Watchdog(Service):
    """Looks whether stages get on, and calls ``end`` with a line that says which one does not.

    In this order, some times in the limit of a stage:

    1. a stage that gave a sign since the last look is left alone: Kafka is not asked;
    2. else Kafka is asked what is committed of the partitions of this process, and where they end;
       a stage that committed something, or has nothing to do, is left alone; and all are while
       Kafka does not answer;
    3. who had work and gave no sign and committed nothing for the limit is at an end.
    """

    def __init__(
        self,
        stages: Sequence[Watched],
        ask: AskLag,
        end: Callable[[str], object],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__()
        self._ask = ask
        self._end = end
        self._clock = clock
        self._every_s = min((one.limit_s for one in stages), default=STANDSTILL_S) / _LOOKS
        step = 2 * self._every_s
        self._watches = [_Watch(one, Standstill(step), Standstill(step)) for one in stages]

    @Service.task
    async def _watch(self) -> None:
        while not self.should_stop:
            await self.sleep(self._every_s)
            if not self.should_stop:
                await self.look()

    async def look(self) -> None:
        """Look at all stages once."""
        for watch in self._watches:
            if line := await self._line_of(watch):
                self._end(line)

    async def _line_of(self, watch: _Watch) -> str:
        """What to say of a stage that is at an end; nothing of one that is not."""
        stage, limit_s = watch.watched.stage, watch.watched.limit_s
        given = signs(stage.name)
        if not watch.local.look(given, self._clock()):
            return ""
        lag = await self._lag(watch.watched)
        # With nothing to do, or nobody to ask, it begins anew each time.
        seen = (given, lag.committed) if lag is not None and lag.records else object()
        still_s = watch.committed.look(seen, self._clock())
        if lag is None or still_s < limit_s:
            return ""
        return (
            f"stage {stage.name} stands still: {lag.records} records behind, and nothing finished "
            f"or committed for {still_s:.0f} s; this process ends, to be started again"
        )

    async def _lag(self, watched: Watched) -> Lag | None:
        partitions = watched.partitions()
        if not partitions:
            return None
        try:
            return await self._ask(watched.stage, partitions)
        except (KafkaError, MillraceError, OSError) as error:
            log.warning("whether stage %s gets on is not known: %s", watched.stage.name, error)
            return None


async def ask_lag(broker: Broker, stage: Stage, partitions: Collection[TopicPartition]) -> Lag:
    """What Kafka says of partitions that a stage reads.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client.
        KafkaError: it stopped answering.
    """
    async with Positions(broker) as positions:
        # What is committed is asked first: no stage may seem to be beyond the end.
        found = await positions.committed(stage.group)
        committed = {one: found.get(one, 0) for one in partitions}
        ends = await positions.ends(sorted({one.topic for one in partitions}))
        begins = await positions.begins(list(partitions))
    behind = sum(
        max(0, ends.get(one, 0) - max(at, begins.get(one, 0))) for one, at in committed.items()
    )
    return Lag(committed, behind)
