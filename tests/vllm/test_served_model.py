"""The ``openai`` engine's model against vLLM's own OpenAI server."""

import asyncio
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.local.addresses import free_port
from schemas.errors import AccessError
from streams.inference.generation import GenerationError
from streams.inference.served_model import ServedModel
from streams.inference.serving.errors import ModelSetupError
from streams.inference.serving.settings import ServedModelSettings
from tests.command import eventually
from tests.vllm.prompts import prompt, request

LOADING_S = 200
KEY = "a-key-of-this-test"


@pytest.fixture(scope="module")
def server(tiny_model: Path) -> Iterator[ServedModelSettings]:
    """vLLM's server with the tiny model."""
    port = free_port("127.0.0.1")
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "vllm.entrypoints.openai.api_server",
                "--model", str(tiny_model), "--served-model-name", "tiny",
                "--host", "127.0.0.1", "--port", str(port), "--api-key", KEY,
                "--enforce-eager", "--max-num-seqs", "64", "--enable-prompt-tokens-details",
                "--structured-outputs-config",
                '{"backend": "xgrammar", "disable_any_whitespace": true}',
            ],
            env={**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            eventually(lambda: _serves(port) or process.poll() is not None, "it serves", LOADING_S)
            log.seek(0)
            assert process.poll() is None, log.read().decode()[-3_000:]
            yield ServedModelSettings((f"http://127.0.0.1:{port}",), "tiny", KEY)
        finally:
            process.terminate()
            process.wait(60)


def _serves(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


async def test_calls_at_once_are_answered_within_their_schema_and_counted(
    server: ServedModelSettings,
) -> None:
    model = ServedModel(server, [prompt(0)])
    await model.start()
    try:
        answers = await asyncio.gather(
            *(model.generate(request(prompt(number), str(number))) for number in range(32))
        )
        again = await model.generate(request(prompt(1), "again"))
    finally:
        await model.close()

    assert {answer.finish_reason for answer in answers} <= {"stop", "length"}
    assert all((answer.prompt_tokens or 0) > 500 for answer in answers)
    assert all(answer.first_token_ms is not None for answer in answers)
    assert (again.cached_tokens or 0) > 0


async def test_a_prompt_longer_than_the_context_fails_alone(server: ServedModelSettings) -> None:
    model = ServedModel(server)
    await model.start()
    try:
        long = replace(prompt(1), document="word " * 20_000)
        results = await asyncio.gather(
            model.generate(request(long, "long")),
            model.generate(request(prompt(2), "short")),
            return_exceptions=True,
        )
    finally:
        await model.close()

    assert isinstance(results[0], GenerationError)
    assert results[0].kind == "context_overflow"
    assert not isinstance(results[1], BaseException)


@pytest.mark.parametrize(
    ("change", "error", "named"),
    [
        ({"api_key": "wrong"}, AccessError, "MILLRACE_OPENAI_API_KEY"),
        ({"model": "huge"}, ModelSetupError, "MILLRACE_MODEL"),
    ],
)
async def test_a_wrong_setting_stops_the_start_and_is_named(
    server: ServedModelSettings, change: dict[str, Any], error: type[Exception], named: str
) -> None:
    model = ServedModel(replace(server, **change))

    with pytest.raises(error, match=named):
        await asyncio.wait_for(model.start(), 30)
