"""When a stage is taken to stand still, by a clock that the test turns."""

from collections.abc import Collection
from itertools import count

import pytest
from aiokafka import TopicPartition

from schemas.errors import UnavailableError
from streams.stage import Stage
from streams.standstill import Standstill
from streams.telemetry.signs import sign
from streams.watchdog import Lag, Watchdog, Watched

ONE = TopicPartition("somewhere", 0)
_NAMES = count()


class Kafka:
    """What it says of a stage that is behind; it remembers how often it was asked."""

    def __init__(self) -> None:
        self.committed = 5
        self.records = 7
        self.away = False
        self.asked = 0

    async def ask(self, _stage: Stage, partitions: Collection[TopicPartition]) -> Lag:
        self.asked += 1
        assert partitions == {ONE}
        if self.away:
            raise UnavailableError("Kafka does not answer")
        return Lag({ONE: self.committed}, self.records)


class Watching:
    """A stage of a name of its own, since signs are of the process, looked at every minute."""

    def __init__(self, limit_s: float = 300.0) -> None:
        self.name = f"stage-{next(_NAMES)}"
        self.kafka = Kafka()
        self.partitions = {ONE}
        self.said: list[str] = []
        self.now = 1_000.0
        stage = Stage(self.name, "sink", ("somewhere",), ())
        watched = Watched(stage, lambda: self.partitions, limit_s)
        self._watchdog = Watchdog([watched], self.kafka.ask, self.said.append, lambda: self.now)

    async def minutes(self, number: int) -> None:
        """Let minutes pass and have it look after each."""
        for _ in range(number):
            self.now += 60
            await self._watchdog.look()

    async def sleep(self, seconds: float) -> None:
        """The machine sleeps, then it looks."""
        self.now += seconds
        await self._watchdog.look()


@pytest.fixture
def watching() -> Watching:
    return Watching()


async def test_a_stage_with_work_that_finishes_nothing_ends_its_process(
    watching: Watching,
) -> None:
    await watching.minutes(6)
    assert watching.said == []

    await watching.minutes(1)
    assert watching.said == [
        f"stage {watching.name} stands still: 7 records behind, and nothing finished or committed "
        "for 300 s; this process ends, to be started again"
    ]


async def test_a_stage_that_finishes_a_record_or_a_call_now_and_then_is_left_alone(
    watching: Watching,
) -> None:
    for _ in range(20):
        sign(watching.name)
        await watching.minutes(5)
    assert watching.said == []


async def test_kafka_is_not_asked_about_a_stage_that_gives_signs(watching: Watching) -> None:
    for _ in range(20):
        sign(watching.name)
        await watching.minutes(1)
    assert watching.kafka.asked == 0


async def test_a_stage_that_commits_is_left_alone(watching: Watching) -> None:
    for _ in range(20):
        watching.kafka.committed += 1
        await watching.minutes(4)
    assert watching.said == []


async def test_a_stage_without_lag_is_left_alone(watching: Watching) -> None:
    watching.kafka.records = 0
    await watching.minutes(100)
    assert watching.said == []


async def test_what_comes_after_a_long_idle_time_has_the_whole_limit(watching: Watching) -> None:
    watching.kafka.records = 0
    await watching.minutes(100)
    watching.kafka.records = 1
    await watching.minutes(5)
    assert watching.said == []


async def test_a_process_without_partitions_is_left_alone(watching: Watching) -> None:
    """Another process has them."""
    watching.partitions = set()
    await watching.minutes(100)
    assert (watching.said, watching.kafka.asked) == ([], 0)


async def test_while_kafka_is_away_nobody_is_ended(watching: Watching) -> None:
    await watching.minutes(4)
    watching.kafka.away = True
    await watching.minutes(100)
    watching.kafka.away = False
    await watching.minutes(5)
    assert watching.said == []


async def test_a_machine_that_slept_ends_nobody(watching: Watching) -> None:
    await watching.minutes(2)
    await watching.sleep(30_000)
    assert watching.said == []


def test_of_a_long_time_between_two_looks_only_a_part_counts() -> None:
    standstill = Standstill(longest_step_s=10)

    assert [standstill.look("same", at) for at in (0.0, 5.0, 1_000.0)] == [0.0, 5.0, 15.0]
    assert standstill.look("other", 1_001.0) == 0.0
