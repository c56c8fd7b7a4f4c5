"""After Kafka or ClickHouse was away the flow goes on by itself, soon."""

import os
import signal
import time
from collections.abc import Iterator, Sequence

import pytest

from infra.clickhouse.client import Client
from infra.local import stack as local_stack
from millrace import wiring
from schemas.errors import UnavailableError
from tests.flow import TEXT, ingest_json
from tests.integration.private_stack import PrivateStack, private_stack
from tests.local_stack import silent

pytestmark = pytest.mark.integration
WITHIN_S = 15.0
PATIENCE_S = 60.0
# Beyond this the sink's waits are as long as they become, see `Delivery`.
LONG_S = 8.0
SHORT_S = 3.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateStack]:
    with private_stack(tmp_path_factory.mktemp("recovery")) as made:
        yield made


@pytest.fixture(scope="module")
def flow(stack: PrivateStack) -> Iterator[PrivateStack]:
    """The stack with all stages running."""
    with stack.running():
        flow_through(stack, "first")
        yield stack


def send(stack: PrivateStack, *ids: str) -> None:
    stack.send([ingest_json(name, f"{TEXT} It was in lot {name}.") for name in ids])


def wait_until_there(stack: PrivateStack, ids: Sequence[str]) -> None:
    """Return once all documents are in the views."""
    client = Client(wiring.clickhouse(stack.settings))
    began = time.monotonic()
    found = 0
    while found < len(ids):
        assert time.monotonic() - began < PATIENCE_S, f"{found} of {len(ids)} arrived"
        try:
            found = len(
                client.query(
                    "SELECT document_id FROM current_documents "
                    "WHERE document_id IN {ids:Array(String)}",
                    {"ids": list(ids)},
                )
            )
        except UnavailableError:
            continue
    client.close()


def flow_through(stack: PrivateStack, name: str) -> None:
    send(stack, name)
    wait_until_there(stack, [name])


def away(stack: PrivateStack, service: str, seconds: float) -> None:
    """Kill a service of the stack, and start it again after so long."""
    local = wiring.local_stack(stack.settings)
    (victim,) = [one for one in local_stack.status(local).services if one.name == service]
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    until = time.monotonic() + seconds
    while time.monotonic() < until:  # the length of the outage is what is tested
        signal.sigtimedwait([signal.SIGUSR2], until - time.monotonic())
    local_stack.up(local, silent)


@pytest.mark.parametrize(("service", "seconds"), [("kafka", SHORT_S), ("clickhouse", LONG_S)])
def test_the_flow_goes_on_within_fifteen_seconds_of_the_end_of_an_outage(
    flow: PrivateStack, service: str, seconds: float
) -> None:
    before = [f"{service}-{seconds}-before-{number}" for number in range(20)]
    after = f"{service}-{seconds}-after"
    send(flow, *before)

    away(flow, service, seconds)
    began = time.monotonic()
    send(flow, after)
    wait_until_there(flow, [*before, after])

    assert time.monotonic() - began < WITHIN_S
