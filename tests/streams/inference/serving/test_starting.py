"""A served model starts only where every later call can succeed, and says what is wrong if not."""

import asyncio
import json

import pytest
from aiohttp import web

from processors.prompting.prompt import Prompt
from schemas.errors import AccessError
from streams.inference.engine import EngineIdentity
from streams.inference.served_model import ServedModel
from streams.inference.serving.errors import ModelSetupError
from tests.streams.inference.serving.model_server import (
    ANSWER,
    MODEL,
    PROMPT,
    ModelServer,
    answers,
    asked,
    breaks_off,
    fails,
    running,
    says,
    settings,
    streams,
)

KEY = "sk-very-secret"


async def refused(model: ServedModel) -> str:
    """What a start says that is refused for good."""
    with pytest.raises((AccessError, ModelSetupError)) as error:
        await asyncio.wait_for(model.start(), 10)
    return str(error.value)


async def test_the_identity_is_what_the_server_loaded(server: ModelServer) -> None:
    server.models[0]["max_model_len"] = 8_192
    model = ServedModel(settings(server))
    await model.start()

    assert model.identity == EngineIdentity("openai", MODEL, "/models/reader")
    assert model.context_tokens == 8_192
    await model.close()


async def test_a_revision_that_is_set_counts(server: ModelServer) -> None:
    model = ServedModel(settings(server, revision="2026-03"))
    await model.start()

    assert model.identity.model_revision == "2026-03"
    await model.close()


async def test_an_unknown_model_is_refused_with_the_names_that_there_are(
    server: ModelServer,
) -> None:
    said = await refused(ServedModel(settings(server, model="acme/reader-9b")))

    assert said == (
        f"{server.url}/v1 has no model 'acme/reader-9b', but '{MODEL}': set MILLRACE_MODEL"
    )


async def test_a_wrong_key_stops_loudly(server: ModelServer) -> None:
    server.key = "sk-other"

    said = await refused(ServedModel(settings(server, api_key=KEY)))

    assert "401 (BadRequestError, invalid_api_key)" in said
    assert "look at MILLRACE_OPENAI_API_KEY" in said
    assert KEY not in said


async def test_the_right_key_is_sent(server: ModelServer) -> None:
    server.key = KEY
    model = ServedModel(settings(server, api_key=KEY))

    await model.start()
    await model.close()


async def test_a_page_instead_of_models_is_refused(server: ModelServer) -> None:
    server.listed = says("<html>Welcome</html>")

    assert "/v1/models is no list of models: look at MILLRACE_OPENAI_URLS" in await refused(
        ServedModel(settings(server))
    )


async def test_a_server_that_writes_what_it_likes_is_refused(server: ModelServer) -> None:
    server.probed = answers('{"mood": "I am fine"}')

    assert "does not hold the answers" in await refused(ServedModel(settings(server)))


async def test_a_server_that_refuses_schemas_is_refused(server: ModelServer) -> None:
    server.probed = fails(400, "response_format is not supported", param="response_format")

    said = await refused(ServedModel(settings(server)))

    assert "it refuses the schema of the answer" in said
    assert "a server with structured outputs" in said


async def test_a_model_that_only_reasons_is_refused(server: ModelServer) -> None:
    server.probed = answers("", finish_reason="length")

    assert "switch its reasoning off" in await refused(ServedModel(settings(server)))


@pytest.mark.parametrize("text", [' { "status" :\n"millrace-is-ready"}', '{"status":   '])
async def test_white_space_is_no_offence(server: ModelServer, text: str) -> None:
    server.probed = answers(text, finish_reason="length")
    model = ServedModel(settings(server))

    await model.start()
    await model.close()


async def test_a_schema_of_a_profile_that_the_backend_refuses_stops_the_start(
    server: ModelServer,
) -> None:
    server.script.append(fails(400, "Failed to transform json schema into a grammar"))

    said = await refused(ServedModel(settings(server), warm_up=[PROMPT]))

    assert "it refuses the schema of the answer" in said


async def test_a_context_shorter_than_the_instructions_stops_the_start(
    server: ModelServer,
) -> None:
    server.models[0]["max_model_len"] = 128
    server.script.append(fails(400, "Input length (350) exceeds model's maximum context length"))

    said = await refused(ServedModel(settings(server), warm_up=[PROMPT]))

    assert "longer than the model's context of 128 tokens, before any document" in said


async def test_warm_up_prompts_are_answered_with_one_token(server: ModelServer) -> None:
    question = Prompt("Find links.", "", "Which?", PROMPT.schema, 900)
    model = ServedModel(settings(server), warm_up=[PROMPT, question])

    await model.start()

    assert [call["max_tokens"] for call in server.calls] == [1, 1]
    assert server.calls[1]["messages"][0]["content"] == "Find links."
    await model.close()


async def test_a_server_that_is_away_is_waited_for() -> None:
    server = ModelServer()
    await server.start()
    await server.stop()  # its port is known and free
    model = ServedModel(settings(server))
    starting = asyncio.create_task(model.start())
    done, _ = await asyncio.wait([starting], timeout=0.3)
    assert not done

    async with running(server):
        await asyncio.wait_for(starting, 5)

        assert (await model.generate(asked())).text == ANSWER
        await model.close()


async def test_one_server_that_is_there_is_enough(server: ModelServer) -> None:
    away = ModelServer()
    await away.start()
    await away.stop()
    model = ServedModel(settings(server, away))

    await asyncio.wait_for(model.start(), 5)

    for number in range(8):
        assert (await model.generate(asked(f"d{number}"))).text == ANSWER
    await model.close()


async def test_a_server_that_has_other_weights_is_refused(server: ModelServer) -> None:
    other = ModelServer()
    other.models = [{"id": MODEL, "root": "/models/reader-old"}]
    async with running(other):
        said = await refused(ServedModel(settings(server, other)))

    assert "'/models/reader-old'" in said
    assert "must serve the same MILLRACE_MODEL" in said


async def test_a_file_of_authorities_that_is_none_is_refused(server: ModelServer) -> None:
    with pytest.raises(AccessError, match="MILLRACE_OPENAI_SSL_CAFILE"):
        ServedModel(settings(server, cafile="/nowhere/ca.pem"))


async def test_https_to_a_server_without_it_is_no_outage(server: ModelServer) -> None:
    url = server.url.replace("http:", "https:")

    with pytest.raises(AccessError, match="MILLRACE_OPENAI_SSL_CAFILE"):
        await asyncio.wait_for(ServedModel(settings(urls=(url,))).start(), 10)


async def test_a_probe_that_breaks_off_is_made_again(server: ModelServer) -> None:
    passing = server.probed
    probes = 0

    async def first_breaks_off(request: web.Request) -> web.StreamResponse:
        nonlocal probes
        probes += 1
        return await (breaks_off if probes == 1 else passing)(request)

    server.probed = first_breaks_off
    model = ServedModel(settings(server))

    await asyncio.wait_for(model.start(), 5)

    assert probes == 2
    await model.close()


async def test_an_answer_that_is_no_completion_is_no_proof_of_a_schema(
    server: ModelServer,
) -> None:
    server.probed = streams([json.loads(ANSWER)])
    starting = asyncio.create_task(ServedModel(settings(server)).start())
    done, _ = await asyncio.wait([starting], timeout=0.2)

    assert not done
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
