"""A tier at work: which task goes to its engine when."""

import asyncio
from collections.abc import Awaitable, Mapping

import pytest

from processors.summary import plan_summary
from schemas.completion import Attempt, Completed, Completion
from schemas.output import SummaryOutput
from schemas.task import Task
from schemas.work import Work
from streams.inference.admission.ticket import Limits
from streams.inference.engine import EngineDeadError, EngineIdentity
from streams.inference.lane import Lane
from streams.inference.scripted_engine import ScriptedEngine
from tests.flow import noon
from tests.processors.works import ACME, ACME_MENTIONS, detailed, planned, work_of

IDENTITY = EngineIdentity("openai", "m8", "r1")
SOON_S = 5


def asked(document_id: str) -> Work:
    """A document as it waits for its summary; about 520 tokens."""
    work = work_of(ACME, *ACME_MENTIONS)
    document = work.document.model_copy(update={"document_id": document_id})
    return planned(work.model_copy(update={"document": document}), plan_summary)


def deeper(document_id: str) -> Work:
    """The same document as it waits for its details."""
    return detailed(asked(document_id).model_copy(update={"tasks": ()}))


class Gate:
    """An engine whose calls are answered when the test says so."""

    def __init__(self, limits: Limits) -> None:
        self.engine = ScriptedEngine(self._script, IDENTITY)
        self.lane = Lane("standard", self.engine, limits)
        self._open: dict[str, asyncio.Future[Completion]] = {}
        self._places = iter(range(1_000))
        self.was_called = asyncio.Event()

    def _script(self, task: Task, _work: Work) -> Awaitable[Completion]:
        self.was_called.set()
        call = self._open[task.task_id] = asyncio.get_running_loop().create_future()
        return call

    def ask(self, work: Work) -> asyncio.Task[Completion]:
        """Let the work's first task wait for its turn."""
        place = f"inference.standard.summary/0/{next(self._places)}"
        return asyncio.create_task(self.lane.complete(work.tasks[0], work, place))

    async def answer(self, asking: asyncio.Task[Completion], **counts: object) -> None:
        """Answer the oldest open call, and wait until its asker has it."""
        task_id, call = next((name, one) for name, one in self._open.items() if not one.done())
        call.set_result(answer(task_id, **counts))
        await asyncio.wait_for(asking, SOON_S)
        await self.settled()

    async def settled(self) -> None:
        """Return once all that can go on has done so."""
        for _ in range(10):
            await asyncio.sleep(0)

    @property
    def called(self) -> list[tuple[str, str]]:
        """Document and level of each call, in the order in which they were made."""
        return [(call.work.document.document_id, call.task.level) for call in self.engine.calls]


def answer(task_id: str, **counts: object) -> Completion:
    attempt = Attempt.model_validate(
        {
            "engine": "openai",
            "model": "m8",
            "model_revision": "r1",
            "outcome": "completed",
            "called_at": noon(),
            **counts,
        }
    )
    return Completed(task_id=task_id, output=SummaryOutput(), attempts=(attempt,))


async def ended(*asking: asyncio.Task[Completion]) -> None:
    """Cancel what still waits, and wait until it has ended."""
    for one in asking:
        one.cancel()
    await asyncio.wait(asking, timeout=SOON_S)


async def test_an_answer_is_its_engines() -> None:
    gate = Gate(Limits(linger_s=0))
    asking = gate.ask(asked("a"))
    await gate.settled()

    await gate.answer(asking)

    assert asking.result().task_id == asked("a").tasks[0].task_id


async def test_the_deepest_level_goes_first() -> None:
    gate = Gate(Limits(max_batch_size=1, linger_s=0))
    first = gate.ask(asked("a"))
    await gate.settled()
    others = [gate.ask(asked("b")), gate.ask(deeper("a"))]
    await gate.settled()

    await gate.answer(first)

    assert gate.called == [("a", "summary"), ("a", "detail")]
    await gate.answer(others[1])
    assert gate.called[2:] == [("b", "summary")]
    await ended(*others)


async def test_no_more_calls_are_in_flight_than_the_window_takes() -> None:
    gate = Gate(Limits(max_batch_size=2, linger_s=0))
    asking = [gate.ask(asked(name)) for name in "abcd"]
    await gate.settled()
    assert len(gate.called) == 2

    for one in asking:
        await gate.answer(one)

    assert (len(gate.called), gate.engine.most_in_flight) == (4, 2)


async def test_no_more_tokens_are_in_flight_than_the_window_takes() -> None:
    tokens = asked("a").tasks[0].estimated_tokens
    gate = Gate(Limits(max_batch_tokens=3 * tokens, linger_s=0))
    asking = [gate.ask(asked(name)) for name in "abcd"]
    await gate.settled()

    assert len(gate.called) == 3
    await ended(*asking)


async def in_flight_after(first: Mapping[str, object]) -> int:
    """How many of three are called at once after an answer with these counts."""
    gate = Gate(Limits(max_batch_tokens=3 * asked("a").tasks[0].estimated_tokens, linger_s=0))
    asking = gate.ask(asked("a"))
    await gate.settled()
    await gate.answer(asking, **first)
    others = [gate.ask(asked(name)) for name in "bcd"]
    await gate.settled()
    called = len(gate.called) - 1
    await ended(*others)
    return called


class TestWhatATaskWeighs:
    async def test_is_its_estimate_at_first(self) -> None:
        assert await in_flight_after({}) == 3

    async def test_is_learnt_from_what_was_counted(self) -> None:
        assert await in_flight_after({"prompt_tokens": 1_400, "completion_tokens": 100}) == 1

    async def test_is_not_learnt_from_the_cache(self) -> None:
        counted = {"prompt_tokens": 1_400, "completion_tokens": 100, "from_cache": True}

        assert await in_flight_after(counted) == 3


class TestCancellation:
    async def test_of_one_that_waits_lets_the_next_go(self) -> None:
        gate = Gate(Limits(max_batch_size=1, linger_s=0))
        first, second, third = (gate.ask(asked(name)) for name in "abc")
        await gate.settled()
        await ended(second)

        await gate.answer(first)

        assert gate.called == [("a", "summary"), ("c", "summary")]
        await ended(third)

    async def test_of_one_in_flight_makes_room(self) -> None:
        gate = Gate(Limits(max_batch_size=1, linger_s=0))
        first, second = (gate.ask(asked(name)) for name in "ab")
        await gate.settled()

        await ended(first)
        await gate.settled()

        assert gate.called == [("a", "summary"), ("b", "summary")]
        assert first.cancelled()
        await ended(second)

    async def test_in_the_moment_of_its_turn_loses_no_room(self) -> None:
        gate = Gate(Limits(max_batch_size=1, linger_s=0))
        first, second, third = (gate.ask(asked(name)) for name in "abc")
        await gate.settled()
        first.cancel()
        second.cancel()
        await asyncio.wait([first, second], timeout=SOON_S)
        await gate.settled()

        assert gate.called[-1] == ("c", "summary")
        await ended(third)

    async def test_lets_the_same_task_come_again(self) -> None:
        gate = Gate(Limits(linger_s=0))
        work = asked("a")
        for _ in range(2):
            asking = asyncio.create_task(gate.lane.complete(work.tasks[0], work, "t/0/1"))
            await gate.settled()
            await ended(asking)

        assert len(gate.called) == 2


class TestAServerWithoutRoom:
    async def test_gets_fewer_calls(self) -> None:
        gate = Gate(Limits(max_batch_size=4, linger_s=0))
        now = asyncio.get_running_loop().time()
        gate.lane.refused(now, now, None)

        asking = [gate.ask(asked(name)) for name in "abcd"]
        await gate.settled()

        assert len(gate.called) == 2
        await ended(*asking)

    async def test_gets_none_before_the_time_that_it_asked_for(self) -> None:
        gate = Gate(Limits(linger_s=0))
        began = asyncio.get_running_loop().time()
        gate.lane.refused(began, began, 0.05)
        asking = gate.ask(asked("a"))
        await gate.settled()
        assert gate.called == []

        await asyncio.wait_for(gate.was_called.wait(), SOON_S)

        assert asyncio.get_running_loop().time() - began >= 0.049
        await gate.answer(asking)


async def test_a_dead_engine_is_passed_on_and_frees_its_room() -> None:
    def die(task: Task, _work: Work) -> Completion:
        if len(engine.calls) == 1:
            raise EngineDeadError("gone")
        return answer(task.task_id)

    engine = ScriptedEngine(die, IDENTITY)
    lane = Lane("standard", engine, Limits(max_batch_size=1, linger_s=0))
    work = asked("a")

    with pytest.raises(EngineDeadError):
        await lane.complete(work.tasks[0], work, "t/0/1")
    async with asyncio.timeout(SOON_S):
        done = await lane.complete(work.tasks[0], work, "t/0/1")

    assert done.status == "completed"


async def test_what_waits_takes_the_room_for_reading_ahead() -> None:
    gate = Gate(Limits(max_batch_size=1, max_waiting=2, linger_s=0))
    asking = [gate.ask(asked(name)) for name in "abc"]
    await gate.settled()

    assert (gate.lane.room("summary"), gate.lane.room("detail")) == (0, 2)
    await ended(*asking)


async def test_a_document_that_is_done_makes_room_for_another() -> None:
    gate = Gate(Limits(max_batch_size=8, max_open_documents=2, linger_s=0))
    first, second, third = (gate.ask(asked(name)) for name in "abc")
    await gate.settled()
    await gate.answer(first)
    assert len(gate.called) == 2  # it may come back with its details

    gate.lane.close(asked("a"))
    await gate.settled()

    assert gate.called[2:] == [("c", "summary")]
    await ended(second, third)
