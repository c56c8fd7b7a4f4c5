"""The inference consumer on a real Kafka, with engines that are told when to answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from millrace import wiring
from millrace.settings import Settings
from schemas.completion import Completed, Completion
from schemas.output import SummaryOutput
from schemas.record import Outgoing
from schemas.task import Task
from schemas.work import Work
from streams.broker.admin import Positions, TopicSettings, create_topics
from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering
from streams.inference.consumer import InferenceConsumer, ReadAhead
from streams.inference.embedded_engine import local_identity
from streams.inference.engine import EngineDeadError
from streams.inference.lane import Lane
from streams.inference.scripted_engine import Script, ScriptedEngine
from streams.stage import Stage
from tests.flow import inputs_of

pytestmark = pytest.mark.integration


def answer(task: Task, _work: Work) -> Completion:
    return Completed(task_id=task.task_id, output=SummaryOutput())


LIMITS = Limits(linger_s=0)
READ_AHEAD = ReadAhead()


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "the condition did not come true"
        await asyncio.sleep(0.02)


class Rig:
    """A topic of tasks of its own, and consumers of one group on it."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        name = uuid4().hex[:8]
        self.tier = name
        self.stage = Stage(
            f"test-{name}", "inference", (f"inference.{name}.summary",), ("extraction.summary",)
        )
        self.outbox = Outbox(broker)

    async def send(self, *documents: str) -> None:
        await self.outbox.send([await self._asked(document) for document in documents])

    async def _asked(self, document: str) -> Outgoing:
        """The tasks of a document, in a run that wants them answered in this topic's tier."""
        given = (await inputs_of(document))["inference"]
        work = Work.from_json(given.value or b"")
        specification = work.run.specification.model_copy(update={"tier": self.tier})
        run = work.run.model_copy(update={"specification": specification})
        value = work.model_copy(update={"run": run}).to_json()
        return Outgoing(self.stage.reads[0], given.key, value, given.headers)

    @asynccontextmanager
    async def consumer(
        self,
        script: Script,
        instance: str = "one",
        limits: Limits = LIMITS,
        read_ahead: ReadAhead = READ_AHEAD,
    ) -> AsyncIterator[tuple[InferenceConsumer, ScriptedEngine]]:
        engine = ScriptedEngine(script, local_identity())
        membership = Membership(instance, commit_interval=0.05)
        answering = Answering({self.tier: Lane(self.tier, engine, limits)})
        consumer = InferenceConsumer(
            self.stage, self.broker, membership, answering, self.outbox, read_ahead
        )
        await consumer.start()
        try:
            yield consumer, engine
        finally:
            await consumer.stop()

    async def committed(self) -> int:
        async with Positions(self.broker) as positions:
            return sum((await positions.committed(self.stage.group)).values())


@pytest.fixture
async def rig(settings: Settings) -> AsyncIterator[Rig]:
    made = Rig(wiring.broker(settings))
    await create_topics(made.broker, made.stage.reads, TopicSettings(partitions=2))
    async with made.outbox:
        yield made


def names(engine: ScriptedEngine) -> list[str]:
    return [call.work.document.document_id for call in engine.calls]


async def test_a_slow_task_holds_back_the_commit_but_not_the_others(rig: Rig) -> None:
    gate = asyncio.Event()

    async def script(task: Task, work: Work) -> Completion:
        if work.document.document_id == "slow":
            await gate.wait()
        return answer(task, work)

    documents = [f"quick-{number}" for number in range(12)]
    async with rig.consumer(script) as (_, engine):
        await rig.send("slow", *documents)
        await until(lambda: len(engine.calls) == 13)
        partial = await rig.committed()
        gate.set()
        for _ in range(100):
            if await rig.committed() == 13:
                break
            await asyncio.sleep(0.05)

    assert partial < 13
    assert await rig.committed() == 13


async def test_calls_in_flight_and_open_documents_are_bounded(rig: Rig) -> None:
    gate = asyncio.Event()

    async def script(task: Task, work: Work) -> Completion:
        await gate.wait()
        return answer(task, work)

    limits = Limits(max_batch_size=3, max_open_documents=5, linger_s=0)
    async with rig.consumer(script, limits=limits) as (_, engine):
        await rig.send(*(f"d{number}" for number in range(20)))
        await until(lambda: engine.most_in_flight == 3)
        assert len(engine.calls) == 3
        gate.set()
        await until(lambda: len(engine.calls) == 20)

    assert engine.most_in_flight == 3


async def test_what_is_open_when_it_stops_is_finished_and_committed(rig: Rig) -> None:
    gate = asyncio.Event()

    async def script(task: Task, work: Work) -> Completion:
        await gate.wait()
        return answer(task, work)

    async with rig.consumer(script) as (_, engine):
        await rig.send("a", "b", "c")
        await until(lambda: len(engine.calls) == 3)
        asyncio.get_running_loop().call_later(0.3, gate.set)

    assert await rig.committed() == 3


async def test_what_cannot_be_finished_in_time_repeats_and_nothing_else(rig: Rig) -> None:
    async def script(task: Task, work: Work) -> Completion:
        if work.document.document_id == "stuck":
            await asyncio.Event().wait()
        return answer(task, work)

    async with rig.consumer(script, read_ahead=ReadAhead(drain_s=0.2)) as (_, first):
        await rig.send("stuck")
        await until(lambda: names(first) == ["stuck"])
    async with rig.consumer(answer) as (_, second):
        await rig.send("next")
        await until(lambda: len(second.calls) == 2)

    assert sorted(names(second)) == ["next", "stuck"]


async def test_a_second_member_takes_partitions_over_without_repeats(rig: Rig) -> None:
    sent: list[str] = []

    async def script(task: Task, work: Work) -> Completion:
        await asyncio.sleep(0.1)
        return answer(task, work)

    async def under_load(engine: ScriptedEngine, calls: int) -> None:
        """Send as much as it takes until an engine has been asked so often again."""
        before = len(engine.calls)
        async with asyncio.timeout(60):
            while len(engine.calls) < before + calls:
                some = [f"d{number}" for number in range(len(sent), len(sent) + 4)]
                await rig.send(*some)
                sent.extend(some)

    small = Limits(max_batch_size=4, max_open_documents=8, max_waiting=8, linger_s=0)
    async with rig.consumer(script, limits=small) as (_, first):
        await under_load(first, 5)
        async with rig.consumer(script, "two", small) as (_, second):
            await under_load(second, 5)
            await under_load(first, 5)
            await until(lambda: {*names(first), *names(second)} == {*sent})

    assert sorted(names(first) + names(second)) == sorted(sent)


async def test_a_dead_engine_ends_the_consumer_with_nothing_committed(rig: Rig) -> None:
    def script(_task: Task, _work: Work) -> Completion:
        raise EngineDeadError("the engine is gone")

    async with rig.consumer(script) as (consumer, _):
        await rig.send("a")
        await until(lambda: consumer.crashed)

    assert isinstance(consumer.crash_reason, EngineDeadError)
    assert await rig.committed() == 0
