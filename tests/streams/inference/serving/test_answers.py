"""What a call gives when the server behaves."""

import asyncio

import pytest

from streams.inference.generation import GenerationError
from streams.inference.serving.affinity import preferred
from tests.streams.inference.serving.conftest import Serve
from tests.streams.inference.serving.model_server import (
    ANSWER,
    ModelServer,
    answers,
    asked,
    is_silent,
    piece,
    streams,
    usage,
    whole,
)
from tests.streams.inference.serving.waiting import until


async def test_an_answer_comes_with_its_counts_and_times(server: ModelServer, serve: Serve) -> None:
    model = await serve(server)

    generation = await model.generate(asked())

    assert (generation.text, generation.finish_reason) == (ANSWER, "stop")
    assert (generation.prompt_tokens, generation.cached_tokens) == (812, 640)
    assert generation.completion_tokens == 9
    assert generation.queue_ms is not None
    assert generation.first_token_ms is not None
    assert 0 < generation.first_token_ms <= generation.run_ms < 5_000


async def test_counts_that_a_server_does_not_tell_are_unknown_not_zero(
    server: ModelServer, serve: Serve
) -> None:
    server.script += [
        streams([piece(ANSWER, "stop")]),
        streams([*whole(ANSWER), usage(cached=None)]),
    ]
    model = await serve(server)

    untold, uncached = await model.generate(asked()), await model.generate(asked())

    assert (untold.prompt_tokens, untold.cached_tokens, untold.completion_tokens) == (None,) * 3
    assert (uncached.prompt_tokens, uncached.cached_tokens) == (812, None)


async def test_an_answer_is_whole_without_a_last_word(server: ModelServer, serve: Serve) -> None:
    server.script.append(streams(whole(ANSWER), done=False))
    model = await serve(server)

    assert (await model.generate(asked())).text == ANSWER


async def test_letters_may_be_cut_anywhere(server: ModelServer, serve: Serve) -> None:
    text = '{"events": ["買収", "🏭"]}'
    server.script.append(streams([*(piece(letter) for letter in text), piece("", "stop")]))
    model = await serve(server)

    assert (await model.generate(asked())).text == text


async def test_an_answer_cut_at_its_bound_says_so(server: ModelServer, serve: Serve) -> None:
    server.script.append(
        streams([piece('{"events": [', "length"), usage(completion=64)])
    )  # fmt: skip
    model = await serve(server)

    assert (await model.generate(asked())).finish_reason == "length"


async def test_an_answer_cut_before_its_bound_had_no_room_in_the_context(
    server: ModelServer, serve: Serve
) -> None:
    server.script.append(streams([piece('{"events": [', "length"), usage(completion=20)]))
    model = await serve(server)

    with pytest.raises(GenerationError, match="leaves 20 tokens") as failed:
        await model.generate(asked())

    assert failed.value.kind == "context_overflow"


async def test_a_model_that_refuses_is_a_refusal(server: ModelServer, serve: Serve) -> None:
    refusal = {"choices": [{"delta": {"refusal": "I can't help with Acme."}}]}
    server.script += [streams([refusal]), answers("", "content_filter")]
    model = await serve(server)

    for _ in range(2):
        with pytest.raises(GenerationError) as failed:
            await model.generate(asked())
        assert (failed.value.kind, failed.value.retryable) == ("refusal", False)
        assert "Acme" not in str(failed.value)
    assert len(server.calls) == 2


async def test_connections_are_kept(server: ModelServer, serve: Serve) -> None:
    model = await serve(server)

    for _ in range(10):
        await model.generate(asked())

    assert len(server.connections) == 1


async def test_a_cancelled_call_is_ended_at_the_server(server: ModelServer, serve: Serve) -> None:
    server.script.append(is_silent)
    model = await serve(server)
    call = asyncio.create_task(model.generate(asked()))
    await until(lambda: len(server.calls) == 1)

    call.cancel()

    await asyncio.wait_for(server.aborted.wait(), 5)
    assert call.cancelled()


async def test_calls_of_one_document_meet_one_server(
    server: ModelServer, other: ModelServer, serve: Serve
) -> None:
    model = await serve(server, other)
    own = preferred("a1", [f"{server.url}/v1", f"{other.url}/v1"])[0]

    for _ in range(6):
        await model.generate(asked("a1"))

    assert len(server.calls) == (6 if own.startswith(server.url) else 0)
    assert len(server.calls) + len(other.calls) == 6


async def test_a_busy_server_hands_over_to_the_idlest(
    server: ModelServer, other: ModelServer, serve: Serve
) -> None:
    server.otherwise = other.otherwise = is_silent
    model = await serve(server, other, affinity_slack=3)

    calls = [asyncio.create_task(model.generate(asked("a1"))) for _ in range(10)]
    await until(lambda: len(server.calls) + len(other.calls) == 10)

    assert sorted([len(server.calls), len(other.calls)]) == [3, 7]
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
