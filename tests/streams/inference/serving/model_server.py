"""A server of models on loopback: it streams answers as vLLM's does, or misbehaves as told."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from processors.prompting.prompt import Prompt
from schemas.task import Sampling
from streams.inference.generation import GenerationRequest
from streams.inference.serving.settings import Patience, ServedModelSettings

MODEL = "acme/reader-8b"
ANSWER = '{"events": []}'
SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {"events": {"type": "array"}}}
PROMPT = Prompt("Find events.", "<document>Acme bought Widget.</document>", "Which?", SCHEMA, 64)
QUICK = Patience(
    connect_s=2.0, silence_s=5.0, call_s=10.0, first_wait_s=0.01, longest_wait_s=0.05
)  # fmt: skip

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


def asked(document_id: str = "a1", prompt: Prompt = PROMPT, ordinal: int = 0) -> GenerationRequest:
    return GenerationRequest("r1", document_id, prompt, Sampling(ordinal=ordinal))


def settings(*servers: "ModelServer", **changes: Any) -> ServedModelSettings:
    urls = tuple(server.url for server in servers)
    return ServedModelSettings(**{"urls": urls, "model": MODEL, "patience": QUICK, **changes})


class ModelServer:
    """Answers calls with the behaviours in ``script``, in their order, else with ``ANSWER``.

    Probes, the calls with a schema of one possible answer, have behaviours of their own.
    """

    def __init__(self) -> None:
        self.models: list[dict[str, object]] = [{"id": MODEL, "root": "/models/reader"}]
        self.key = ""
        self.script: deque[Behaviour] = deque()
        self.otherwise: Behaviour = answers()
        self.probed: Behaviour = _as_the_schema_says
        self.listed: Behaviour | None = None
        self.calls: list[dict[str, Any]] = []
        self.connections: set[object] = set()
        self.aborted = asyncio.Event()
        self.port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_get("/v1/models", self._list)
        app.router.add_post("/v1/chat/completions", self._chat)
        self._runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Die: whatever is under way breaks off."""
        if self._runner is not None:
            assert self._runner.server is not None
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()
            await self._runner.cleanup()
            self._runner = None

    async def _list(self, request: web.Request) -> web.StreamResponse:
        if self.listed is not None:
            return await self.listed(request)
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return await fails(401, code="invalid_api_key")(request)
        return web.json_response({"object": "list", "data": self.models})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if "status" in body["response_format"]["json_schema"]["schema"]["properties"]:
            return await self.probed(request)
        self.calls.append(body)
        self.connections.add(request.transport)
        behaviour = self.script.popleft() if self.script else self.otherwise
        try:
            return await behaviour(request)
        except (asyncio.CancelledError, ConnectionResetError):
            self.aborted.set()
            raise


@asynccontextmanager
async def running(*servers: ModelServer) -> AsyncIterator[None]:
    try:
        for server in servers:
            await server.start()
        yield
    finally:
        for server in servers:
            await server.stop()


def piece(text: str, finish_reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}, "finish_reason": finish_reason}]}


def usage(prompt: int = 812, cached: int | None = 640, completion: int = 9) -> dict[str, Any]:
    details = None if cached is None else {"cached_tokens": cached}
    counts = {"prompt_tokens": prompt, "completion_tokens": completion}
    return {"choices": [], "usage": {**counts, "prompt_tokens_details": details}}


def whole(text: str, finish_reason: str = "stop") -> list[object]:
    return [piece(""), piece(text[:5]), piece(text[5:]), piece("", finish_reason), usage()]


async def _stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    return response


def streams(events: list[object], *, done: bool = True) -> Behaviour:
    """Sends these events and ends well."""

    async def behave(request: web.Request) -> web.StreamResponse:
        response = await _stream(request)
        for event in events:
            await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        if done:
            await response.write(b"data: [DONE]\n\n")
        return response

    return behave


def answers(text: str = ANSWER, finish_reason: str = "stop") -> Behaviour:
    return streams(whole(text, finish_reason))


async def _as_the_schema_says(request: web.Request) -> web.StreamResponse:
    schema = (await request.json())["response_format"]["json_schema"]["schema"]
    status = schema["properties"]["status"]["enum"][0]
    return await answers(json.dumps({"status": status}))(request)


def fails(
    status: int, message: str = "", headers: Mapping[str, str] | None = None, **error: object
) -> Behaviour:
    """Answers with an error as OpenAI and vLLM write it."""

    async def behave(request: web.Request) -> web.StreamResponse:
        body = {"error": {"message": message, "type": "BadRequestError", **error}}
        return web.json_response(body, status=status, headers=headers)

    return behave


def says(text: str, content_type: str = "text/html") -> Behaviour:
    """Answers 200 with a whole page."""

    async def behave(request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type=content_type)

    return behave


async def breaks_off(request: web.Request) -> web.StreamResponse:
    """Drops the connection in the middle of the answer."""
    response = await _stream(request)
    await response.write(b"data: " + json.dumps(piece('{"eve')).encode() + b"\n\n")
    assert request.transport is not None
    request.transport.abort()
    return response


async def is_silent(request: web.Request) -> web.StreamResponse:
    """Takes the call and never says a word."""
    await asyncio.Event().wait()
    raise AssertionError


async def never_ends(request: web.Request) -> web.StreamResponse:
    """Begins an answer, and sends comments ever after."""
    response = await _stream(request)
    while True:
        await response.write(b": still here\n\n")
        await asyncio.sleep(0.01)
