"""A stage on a real Kafka that polls but never finishes: its process ends and is started again."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from millrace import wiring
from millrace.settings import Settings
from millrace.supervisor import RestartPolicy, Supervisor
from schemas.record import Outgoing
from streams.broker.admin import TopicSettings, create_topics
from streams.broker.outbox import Outbox
from tests.flow import inputs_of
from tests.streams.stage_behaviour import unique

pytestmark = pytest.mark.integration

# A sink whose tables never answer, under the watchdog of a worker with a limit of a second.
CODE = """
import asyncio, sys
from functools import partial
from mode import Worker
from millrace import wiring
from millrace.settings import Settings
from millrace.worker import end_standstill
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.sink.consumer import SinkConsumer
from streams.sink.tables import MemoryTables
from streams.stage import Stage
from streams.watchdog import Watchdog, Watched, ask_lag

class NoAnswer(MemoryTables):
    async def insert(self, table, columns, rows):
        await asyncio.Event().wait()

name, topic = sys.argv[1:]
stage = Stage(name, "sink", (topic,), ())
broker = wiring.broker(Settings())
outbox = Outbox(broker)
sink = SinkConsumer(stage, broker, Membership(name), NoAnswer(), outbox)
watchdog = Watchdog(
    [Watched(stage, lambda: sink.partitions, 1.0)], partial(ask_lag, broker), end_standstill
)
Worker(outbox, sink, watchdog, redirect_stdouts=False, quiet=True).execute_from_commandline()
"""


def test_it_ends_with_a_line_that_names_stage_lag_and_seconds_and_is_started_again(
    settings: Settings, tmp_path: Path
) -> None:
    topic, name = unique("standstill"), unique("stage")
    broker = wiring.broker(settings)
    extraction = asyncio.run(inputs_of(name))["sink"].value

    async def given() -> None:
        await create_topics(broker, [topic], TopicSettings(partitions=1))
        outbox = Outbox(broker)
        async with outbox:
            await outbox.send([Outgoing(topic, b"k", extraction)] * 3)

    asyncio.run(given())
    told: list[str] = []
    supervisor = Supervisor(
        tmp_path,
        [("sink",)],
        RestartPolicy(first_wait=0.01),
        told.append,
        lambda *_: [sys.executable, "-c", CODE, name, topic],
    )

    with supervisor.running():
        deadline = time.monotonic() + 60
        while not (told and supervisor.pids):
            assert time.monotonic() < deadline, "it does not end"
            supervisor.check()

    log = (tmp_path / "logs" / "sink.log").read_text()
    assert "exit status 75" in told[0]
    assert f"stage {name} stands still: 3 records behind, and nothing finished or committed" in log
