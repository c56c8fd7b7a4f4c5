"""One call for all who ask the same."""

import asyncio

import pytest

from streams.inference.cache.completions import Deletion
from streams.inference.cache.memory import MemoryCompletions
from streams.inference.cache.single_flight import Answer, SingleFlight
from streams.inference.generation import Generation, GenerationError
from tests.streams.inference.cache.generations import NOON, key, owner, written


class Model:
    """Answers each call when the test says so."""

    def __init__(self) -> None:
        self.calls = 0
        self._open: asyncio.Queue[asyncio.Future[Generation]] = asyncio.Queue()

    async def make(self) -> Generation:
        call: asyncio.Future[Generation] = asyncio.get_running_loop().create_future()
        self.calls += 1
        self._open.put_nowait(call)
        return await call

    async def called(self) -> asyncio.Future[Generation]:
        """The next call, once it is made."""
        return await asyncio.wait_for(self._open.get(), 5)


def always(_: Generation) -> bool:
    return True


def never(_: Generation) -> bool:
    return False


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def cache() -> MemoryCompletions:
    return MemoryCompletions(1 << 20, 3_600, lambda: NOON)


@pytest.fixture
def flight(cache: MemoryCompletions) -> SingleFlight:
    return SingleFlight(cache)


def ask(flight: SingleFlight, model: Model, document_id: str = "a1") -> asyncio.Task[Answer]:
    return asyncio.create_task(flight.answered(key("q"), owner(document_id), model.make, always))


async def test_the_first_asks_the_model_and_the_next_the_cache(
    flight: SingleFlight, model: Model
) -> None:
    first = ask(flight, model)
    (await model.called()).set_result(written())

    assert await first == Answer(written(), from_cache=False)
    assert await ask(flight, model) == Answer(written(), from_cache=True)
    assert model.calls == 1


async def test_all_who_ask_meanwhile_share_one_call(flight: SingleFlight, model: Model) -> None:
    asking = [ask(flight, model, f"d{number}") for number in range(10)]
    (await model.called()).set_result(written())

    answers = await asyncio.gather(*asking)

    assert [answer.generation for answer in answers] == [written()] * 10
    assert [answer.from_cache for answer in answers] == [False] + [True] * 9
    assert model.calls == 1


async def test_all_who_shared_a_call_own_its_answer(
    flight: SingleFlight, model: Model, cache: MemoryCompletions
) -> None:
    asking = [ask(flight, model, document_id) for document_id in ("first", "second")]
    (await model.called()).set_result(written())
    await asyncio.gather(*asking)

    await cache.drop([Deletion("first", NOON * 1000)], {})

    assert await cache.get(key("q"), owner("second")) == written()


async def test_an_answer_that_is_not_good_is_shared_but_not_kept(
    flight: SingleFlight, model: Model, cache: MemoryCompletions
) -> None:
    asking = [
        asyncio.create_task(flight.answered(key("q"), owner(), model.make, never)) for _ in range(2)
    ]
    (await model.called()).set_result(written("nonsense"))

    answers = await asyncio.gather(*asking)

    assert {answer.generation.text for answer in answers} == {"nonsense"}
    assert await cache.get(key("q"), owner()) is None


async def test_what_was_kept_and_is_no_longer_good_is_asked_anew(
    flight: SingleFlight, model: Model, cache: MemoryCompletions
) -> None:
    await cache.put(key("q"), owner(), written("old"))
    asking = asyncio.create_task(
        flight.answered(key("q"), owner(), model.make, lambda one: one.text == "new")
    )
    (await model.called()).set_result(written("new"))

    assert await asking == Answer(written("new"), from_cache=False)
    assert await cache.get(key("q"), owner()) == written("new")


async def test_a_failure_is_that_of_its_caller_and_another_calls_anew(
    flight: SingleFlight, model: Model
) -> None:
    first, second, third = (ask(flight, model) for _ in range(3))
    failure = GenerationError("timeout", "no answer in 60 s", retryable=True)
    (await model.called()).set_exception(failure)
    (await model.called()).set_result(written())

    with pytest.raises(GenerationError):
        await first
    assert await second == Answer(written(), from_cache=False)
    assert await third == Answer(written(), from_cache=True)


async def test_a_caller_that_is_cancelled_aborts_its_call_and_another_calls_anew(
    flight: SingleFlight, model: Model
) -> None:
    first, second = ask(flight, model), ask(flight, model)
    call = await model.called()
    first.cancel()
    (await model.called()).set_result(written())

    assert await second == Answer(written(), from_cache=False)
    assert first.cancelled()
    assert call.cancelled()


async def test_one_who_waits_may_be_cancelled_without_harm(
    flight: SingleFlight, model: Model
) -> None:
    first, second = ask(flight, model), ask(flight, model)
    call = await model.called()
    second.cancel()
    await asyncio.wait([second])
    call.set_result(written())

    assert await first == Answer(written(), from_cache=False)
    assert second.cancelled()
