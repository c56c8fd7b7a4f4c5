"""What becomes of a call when the server misbehaves."""

import asyncio
from dataclasses import replace

import pytest

from processors.prompting.prompt import Prompt
from streams.inference.admission.window import AdaptiveWindow
from streams.inference.engine import EngineDeadError
from streams.inference.generation import GenerationError
from streams.inference.serving.affinity import preferred
from tests.streams.inference.serving.conftest import Serve
from tests.streams.inference.serving.model_server import (
    ANSWER,
    MODEL,
    PROMPT,
    QUICK,
    SCHEMA,
    Behaviour,
    ModelServer,
    answers,
    asked,
    breaks_off,
    fails,
    is_silent,
    never_ends,
    piece,
    says,
    streams,
)
from tests.streams.inference.serving.waiting import until

BROKEN: dict[str, Behaviour] = {
    "an error of the server": fails(500),
    "a gateway's time limit": fails(504),
    "a page": says("<html>Bad gateway</html>"),
    "JSON without a stream": says('{"choices": []}', "application/json"),
    "JSON that is no completion": streams([{"events": []}]),
    "a list": streams([[1]]),
    "half a stream": streams([piece('{"eve')], done=False),
    "half a stream that says it is done": streams([piece('{"eve')]),
    "a dropped connection": breaks_off,
    "an error in the stream": streams([piece('{"e'), {"error": {"message": "x", "code": 500}}]),
    "vLLM's broken engine": answers("", "error"),
    "text that is none": streams([{"choices": [{"delta": {"content": 7}}]}]),
}


@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN.keys())
async def test_a_call_that_came_to_nothing_is_made_again(
    server: ModelServer, serve: Serve, behaviour: Behaviour
) -> None:
    server.script += [behaviour, behaviour]
    model = await serve(server)

    assert (await model.generate(asked())).text == ANSWER
    assert len(server.calls) == 3


@pytest.mark.parametrize("behaviour", BROKEN.values(), ids=BROKEN.keys())
async def test_a_call_that_always_comes_to_nothing_fails_alone(
    server: ModelServer, serve: Serve, behaviour: Behaviour
) -> None:
    server.script += [behaviour] * 3
    model = await serve(server, patience=replace(QUICK, max_retries=2))

    with pytest.raises(GenerationError, match="tried 3 times") as failed:
        await model.generate(asked())

    assert (failed.value.kind, failed.value.retryable) == ("engine_error", False)
    assert (await model.generate(asked())).text == ANSWER


async def test_a_call_is_made_again_at_another_server(
    server: ModelServer, other: ModelServer, serve: Serve
) -> None:
    model = await serve(server, other)
    own, elsewhere = (
        (server, other)
        if preferred("a1", [f"{server.url}/v1", f"{other.url}/v1"])[0].startswith(server.url)
        else (other, server)
    )
    own.otherwise = fails(500)

    assert (await model.generate(asked("a1"))).text == ANSWER
    assert (len(own.calls), len(elsewhere.calls)) == (1, 1)


async def test_a_server_that_keeps_failing_gets_no_more_calls(
    server: ModelServer, other: ModelServer, serve: Serve
) -> None:
    model = await serve(server, other)
    server.otherwise = fails(500)
    server.probed = fails(500)  # it stays away

    documents = [f"d{number}" for number in range(32)]
    generations = [await model.generate(asked(document)) for document in documents]

    assert {generation.text for generation in generations} == {ANSWER}
    assert len(server.calls) == 1  # the probe had closed its breaker on trial
    assert len(other.calls) == 32


async def test_silence_beyond_the_limit_is_a_timeout(server: ModelServer, serve: Serve) -> None:
    server.script.append(is_silent)
    model = await serve(server, patience=replace(QUICK, silence_s=0.2))

    with pytest.raises(GenerationError, match="gave no answer in time") as failed:
        await model.generate(asked())

    assert (failed.value.kind, failed.value.retryable) == ("timeout", True)
    assert len(server.calls) == 1


async def test_an_answer_that_never_ends_is_a_timeout(server: ModelServer, serve: Serve) -> None:
    server.script.append(never_ends)
    model = await serve(server, patience=replace(QUICK, call_s=0.3))

    with pytest.raises(GenerationError) as failed:
        await model.generate(asked())

    assert failed.value.kind == "timeout"
    await asyncio.wait_for(server.aborted.wait(), 5)


async def test_a_prompt_that_does_not_fit_fails_at_once(server: ModelServer, serve: Serve) -> None:
    text = "Acme bought Widget"
    server.script.append(fails(400, f"maximum context length is 4096, prompt: {text}"))
    model = await serve(server)

    with pytest.raises(GenerationError) as failed:
        await model.generate(asked(prompt=Prompt("Find.", text, "Which?", SCHEMA, 64)))

    assert (failed.value.kind, failed.value.retryable) == ("context_overflow", False)
    assert text not in str(failed.value)
    assert len(server.calls) == 1


async def test_a_request_that_is_refused_is_not_made_again(
    server: ModelServer, serve: Serve
) -> None:
    server.script.append(fails(400, "bad grammar", param="response_format"))
    model = await serve(server)

    with pytest.raises(GenerationError, match="refuses the schema") as failed:
        await model.generate(asked())

    assert (failed.value.kind, failed.value.retryable) == ("engine_error", False)
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_key_or_model_that_goes_away_ends_the_engine(
    server: ModelServer, serve: Serve, status: int
) -> None:
    server.script.append(fails(status))
    model = await serve(server)

    with pytest.raises(EngineDeadError, match=f"answered {status}"):
        await model.generate(asked())


async def test_a_server_without_room_is_no_failure_and_the_window_hears_of_it(
    server: ModelServer, serve: Serve
) -> None:
    server.script += [fails(429, headers={"Retry-After": "0.1"})] * 5 + [fails(503)] * 2
    window = AdaptiveWindow(64)
    model = await serve(server, refused=window.refused, patience=replace(QUICK, max_retries=0))

    generation = await model.generate(asked())

    assert generation.text == ANSWER
    assert generation.queue_ms is not None
    assert generation.queue_ms > 500
    assert window.size < 64


async def test_429_for_too_long_is_a_failure(server: ModelServer, serve: Serve) -> None:
    server.otherwise = fails(429)
    model = await serve(server, patience=replace(QUICK, throttled_s=0.3))

    with pytest.raises(GenerationError, match=r"answered 429 .*, for 0 s") as failed:
        await asyncio.wait_for(model.generate(asked()), 10)

    assert (failed.value.kind, failed.value.retryable) == ("engine_error", True)


async def test_while_one_server_has_no_room_another_is_asked(
    server: ModelServer, other: ModelServer, serve: Serve
) -> None:
    server.otherwise = fails(429, headers={"Retry-After": "60"})
    model = await serve(server, other)

    for number in range(40):  # which one is asked first is a document's luck
        await asyncio.wait_for(model.generate(asked(f"d{number}")), 5)

    assert (len(server.calls), len(other.calls)) == (1, 40)


async def test_an_outage_makes_no_failures(server: ModelServer, serve: Serve) -> None:
    model = await serve(server)
    server.otherwise = is_silent
    calls = [asyncio.create_task(model.generate(asked(f"d{number}"))) for number in range(20)]
    await until(lambda: len(server.calls) == 20)

    await server.stop()  # all of them break off, and there is no one to ask
    done, _ = await asyncio.wait(calls, timeout=0.5)
    assert not done
    server.otherwise = answers()
    await server.start()

    generations = await asyncio.wait_for(asyncio.gather(*calls), 20)
    assert [generation.text for generation in generations] == [ANSWER] * 20


async def test_a_gateway_without_a_server_is_an_outage(server: ModelServer, serve: Serve) -> None:
    server.script += [fails(502)] * 8
    model = await serve(server, patience=replace(QUICK, max_retries=0))

    assert (await asyncio.wait_for(model.generate(asked()), 10)).text == ANSWER


async def test_a_server_that_comes_back_with_another_model_ends_the_engine(
    server: ModelServer, serve: Serve
) -> None:
    model = await serve(server)
    await server.stop()
    call = asyncio.create_task(model.generate(asked()))
    done, _ = await asyncio.wait([call], timeout=0.2)
    assert not done
    server.models = [{"id": MODEL, "root": "/models/other"}]
    await server.start()

    with pytest.raises(EngineDeadError, match="must serve the same"):
        await asyncio.wait_for(call, 10)


async def test_closing_ends_calls_in_flight(server: ModelServer, serve: Serve) -> None:
    server.script.append(is_silent)
    model = await serve(server)
    call = asyncio.create_task(model.generate(asked()))
    await until(lambda: len(server.calls) == 1)

    await model.close()

    with pytest.raises(EngineDeadError, match="closed"):
        await asyncio.wait_for(call, 5)


async def test_nothing_of_a_prompt_or_an_answer_is_logged(
    server: ModelServer, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    server.script += [
        fails(500, PROMPT.user),
        breaks_off,
        fails(503, PROMPT.user),
        says(PROMPT.user),
    ]
    model = await serve(server, api_key="sk-very-secret")

    await model.generate(asked())

    assert server.url in caplog.text
    assert "Acme" not in caplog.text
    assert "sk-very-secret" not in caplog.text
