"""How far all stages are behind: also one that nobody runs."""

import logging
import time
from collections.abc import Callable, Sequence

from aiokafka import TopicPartition
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    RequestTimedOutError,
)
from mode import Service

from schemas.errors import MillraceError, UnavailableError
from schemas.metrics import LAG, MEMBERS, OLDEST_SECONDS
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.broker.oldest import OldestRecords
from streams.broker.progress import take
from streams.stage import Stage
from streams.telemetry.metrics import show
from streams.topology import topic_names

log = logging.getLogger(__name__)
# All else was answered: to look at a group may be forbidden.
_AWAY = (
    UnavailableError,
    KafkaConnectionError,
    KafkaTimeoutError,
    NodeNotReadyError,
    RequestTimedOutError,
    OSError,
)


class LagWatch(Service):
    """Shows lag, age of the oldest record and members of every stage, every ``every_s`` seconds.

    While Kafka is away the gauges keep what was last seen, and it is tried again; ``kafka_answers``
    is told each time whether it does.
    """

    def __init__(
        self,
        broker: Broker,
        stages: Sequence[Stage],
        every_s: float = 10.0,
        kafka_answers: Callable[[bool], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._kafka_answers = kafka_answers
        self._broker = broker
        self._stages = tuple(stages)
        self._every_s = every_s

    @Service.task
    async def _watch(self) -> None:
        while not self.should_stop:
            try:
                async with (
                    Positions(self._broker) as positions,
                    OldestRecords(self._broker) as oldest,
                ):
                    while not self.should_stop:
                        await self._look(positions, oldest)
                        self._kafka_answers(True)
                        await self.sleep(self._every_s)
            except (KafkaError, MillraceError, OSError) as error:
                self._kafka_answers(not isinstance(error.__cause__ or error, _AWAY))
                log.warning("lag is not measured: %s", error)
                await self.sleep(self._every_s)

    async def _look(self, positions: Positions, oldest: OldestRecords) -> None:
        progress = await take(positions, self._stages, topic_names(self._stages))
        for group in progress.groups:
            show(MEMBERS, group.members, group.name.rpartition(".")[2])
        # No topic is read by two stages: a partition has one such offset.
        written = await oldest.timestamps(
            {
                TopicPartition(reading.topic, partition): offset
                for reading in progress.readings
                for partition, offset in reading.behind.items()
            }
        )
        now = self._clock() * 1000
        for reading in progress.readings:
            ages = [
                now - written[one]
                for partition in reading.behind
                if (one := TopicPartition(reading.topic, partition)) in written
            ]
            show(LAG, reading.lag, reading.stage, reading.topic)
            if ages or not reading.behind:
                show(OLDEST_SECONDS, max([0.0, *ages]) / 1000, reading.stage, reading.topic)
