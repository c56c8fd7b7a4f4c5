"""Clients that are connected, or closed for good: nothing in between keeps a connection open."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaConnectionError

from streams.broker.connection import Broker
from streams.broker.refusal import refusal

T = TypeVar("T")


class Startable(Protocol):
    """A producer or a consumer of aiokafka."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...


async def connect(client: Startable | AIOKafkaAdminClient, broker: Broker) -> None:
    """Connect a client; whatever prevents that, a cancellation too, leaves it closed.

    Raises:
        UnavailableError: Kafka does not answer.
        AccessError: Kafka refuses this client, or its certificate is not trusted.
    """
    try:
        await uninterrupted(client.start())
    except KafkaConnectionError:
        await disconnect(client)
        raise await refusal(broker) from None
    except BaseException:
        await disconnect(client)
        raise
    # Stopped before its tasks have had a turn, a consumer takes it for a cancellation of ours
    # (aiokafka 0.14).
    await asyncio.sleep(0)


async def disconnect(*clients: Startable | AIOKafkaAdminClient) -> None:
    """Close clients, each of them also when another cannot be, or when cancelled meanwhile."""
    endings = (
        client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop()
        for client in clients
    )
    await uninterrupted(_all(*endings))


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Await work that a cancellation would leave half done; the cancellation comes after it.

    aiokafka 0.14 forgets a connection that it is cancelled in the middle of making. The work must
    have a bound of its own, as requests to Kafka have.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


async def _all(*works: Coroutine[Any, Any, object]) -> None:
    for outcome in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
