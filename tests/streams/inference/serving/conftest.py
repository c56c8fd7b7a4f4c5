"""Servers of models on loopback, and models that have started on them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from streams.inference.served_model import Refused, ServedModel, nobody
from tests.streams.inference.serving.model_server import ModelServer, running, settings

Serve = Callable[..., Awaitable[ServedModel]]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    server = ModelServer()
    async with running(server):
        yield server


@pytest.fixture
async def other() -> AsyncIterator[ModelServer]:
    server = ModelServer()
    async with running(server):
        yield server


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a model on servers; it is closed with the test."""
    async with AsyncExitStack() as stack:

        async def start(
            *servers: ModelServer, refused: Refused = nobody, **changes: Any
        ) -> ServedModel:
            model = ServedModel(settings(*servers, **changes), refused=refused)
            await model.start()
            stack.push_async_callback(model.close)
            return model

        yield start
