"""Clients of a real Kafka that are cancelled while they connect keep no connection."""

import asyncio
from contextlib import AbstractAsyncContextManager

import psutil
import pytest

from millrace import wiring
from millrace.settings import Settings
from streams.broker.admin import Positions, admin_client
from streams.broker.connection import Broker
from tests.chaos.proxy import Proxy

pytestmark = pytest.mark.integration
DELAY_S = 0.05
# From before the first reply to after the last.
MOMENTS_S = [(one + 0.5) * DELAY_S for one in range(10)]


def connections(ports: set[int]) -> int:
    """How many connections this process has to any of these ports."""
    ends = psutil.Process().net_connections("tcp")
    return sum(
        1 for one in ends if one.status == psutil.CONN_ESTABLISHED and one.raddr.port in ports
    )


async def cancelled(client: AbstractAsyncContextManager[object], after_s: float) -> bool:
    """Enter a client's context, cancel that after a time; tell whether it was still entering."""

    async def enter() -> None:
        async with client:
            pass

    try:
        await asyncio.wait_for(enter(), after_s)
    except TimeoutError:
        return True
    return False


@pytest.mark.parametrize("kind", [Positions, admin_client])
async def test_a_client_cancelled_while_it_connects_leaves_no_connection(
    kind: type[Positions], settings: Settings
) -> None:
    direct = int(settings.kafka_bootstrap.rsplit(":", 1)[1])
    proxy = Proxy(direct)
    proxy.delay_s = DELAY_S
    ends = []
    before = connections({direct})
    with proxy.running():
        broker = Broker(f"127.0.0.1:{proxy.port}", wiring.broker(settings).security)
        for moment in MOMENTS_S:
            ends.append(await cancelled(kind(broker), moment))
            # A transport is closed by a later turn of the loop.
            async with asyncio.timeout(5):
                while connections({direct, proxy.port}) != before:  # noqa: ASYNC110
                    await asyncio.sleep(0)

    assert ends[0]
    assert not ends[-1]
