"""A stack of its own whose stages a test starts, stops and watches."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.local import stack as local_stack
from millrace import wiring
from millrace.commands.stack import prepare
from millrace.settings import Settings
from millrace.targets import Target, targets
from schemas.record import Outgoing
from streams.broker.outbox import Outbox
from streams.settling import settle
from tests.local_stack import silent, stack_settings

_SETTLE_S = 90
_STOP_S = 30


@dataclass(frozen=True)
class PrivateStack:
    """Kafka and ClickHouse with all topics and tables; no stage runs yet."""

    settings: Settings
    environment: Mapping[str, str]

    @property
    def said(self) -> Path:
        """What the commands have written to stderr."""
        return self.settings.home / "run.stderr"

    def send(self, records: Iterable[Outgoing]) -> None:
        async def sending() -> None:
            outbox = Outbox(wiring.broker(self.settings))
            async with outbox:
                await outbox.send(list(records))

        asyncio.run(sending())

    def settle(self) -> None:
        """Wait until all that was sent is in the tables."""
        broker = wiring.broker(self.settings)
        asyncio.run(settle(broker, wiring.stages(self.settings), _SETTLE_S))

    def target(self, process: str) -> Target | None:
        """Where a process serves its metrics, once it does."""
        found = [one for one in targets(self.settings.home) if one.process == process]
        return found[0] if found else None

    @contextmanager
    def running(self, *arguments: str, **changes: str) -> Iterator["subprocess.Popen[bytes]"]:
        """`millrace run`, ended with SIGTERM within the time that it has for that."""
        with self.said.open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "millrace", "run", *arguments],
                stdout=subprocess.DEVNULL,
                stderr=said,
                env={**os.environ, **self.environment, **changes},
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


@contextmanager
def private_stack(home: Path, **chosen: str) -> Iterator[PrivateStack]:
    """A stack in ``home`` on free ports, ended with the context, with further settings."""
    stack = stack_settings(home)
    environment = {
        "MILLRACE_HOME": str(home),
        "MILLRACE_KAFKA_BOOTSTRAP": f"{stack.kafka_host}:{stack.kafka_port}",
        "MILLRACE_CLICKHOUSE_URL": f"http://{stack.clickhouse_host}:{stack.clickhouse_port}",
        **chosen,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings = Settings()
    local = wiring.local_stack(settings)
    try:
        local_stack.up(local, silent)
        prepare(settings)
        yield PrivateStack(settings, environment)
    finally:
        local_stack.down(local, silent)
