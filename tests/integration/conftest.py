"""The whole pipeline on a real Kafka and ClickHouse, for the tests of this folder."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from infra.clickhouse.client import Client
from infra.local.stack import StackSettings
from millrace import wiring
from millrace.commands.run import Processes, grouped
from millrace.commands.stack import prepare
from millrace.settings import Settings
from millrace.supervisor import RestartPolicy, Supervisor
from streams.broker.connection import Broker


@dataclass(frozen=True)
class Pipeline:
    """A running pipeline: where it is, who supervises it, a connection to its tables."""

    settings: Settings
    supervisor: Supervisor
    client: Client
    events: list[str]


@pytest.fixture(scope="session")
def settings(stack: StackSettings) -> Iterator[Settings]:
    """Settings that point at the tests' own stack, also for processes started by tests."""
    chosen = {
        "MILLRACE_HOME": str(stack.home),
        "MILLRACE_KAFKA_BOOTSTRAP": f"{stack.kafka_host}:{stack.kafka_port}",
        "MILLRACE_CLICKHOUSE_URL": f"http://{stack.clickhouse_host}:{stack.clickhouse_port}",
        "MILLRACE_COMMIT_INTERVAL_S": "0.2",
    }
    before = {name: os.environ.get(name) for name in chosen}
    os.environ.update(chosen)
    found = Settings()
    prepare(found)
    yield found
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture
def broker(settings: Settings) -> Broker:
    return wiring.broker(settings)


@pytest.fixture(scope="session")
def pipeline(settings: Settings) -> Iterator[Pipeline]:
    """All stages, spread over four processes and supervised."""
    kinds = {stage.name: stage.kind for stage in wiring.stages(settings)}
    events: list[str] = []
    supervisor = Supervisor(
        settings.home,
        grouped(dict(kinds), Processes.SPLIT),
        RestartPolicy(give_up_after=50),
        events.append,
    )
    stop = threading.Event()

    def supervise() -> None:
        while not stop.wait(0.05):
            supervisor.check()

    client = Client(wiring.clickhouse(settings))
    with supervisor.running():
        thread = threading.Thread(target=supervise)
        thread.start()
        try:
            yield Pipeline(settings, supervisor, client, events)
        finally:
            stop.set()
            thread.join()
            client.close()
