"""The whole pipeline with the engine ``openai``, on a stack of its own.

The session's pipeline has the local engine: on one stack the two would share consumer groups.
"""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from json import dumps
from os import environ
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.clickhouse import queries
from infra.clickhouse.client import Client
from infra.local import stack as local_stack
from millrace import wiring
from millrace.commands.stack import prepare
from millrace.settings import Settings
from schemas import topics
from schemas.record import Outgoing
from streams.broker.admin import Positions
from streams.broker.outbox import Outbox
from streams.inference.cache.upkeep import statistics
from streams.settling import settle
from tests.command import eventually
from tests.flow import TEXT, ingest_json
from tests.local_stack import silent, stack_settings
from tests.model_answers import AnsweringServer, Question, rehearsed

SMALL, LARGE = "acme/reader-8b", "acme/reader-70b"
IN_FLIGHT = 32
# Dollars for a million tokens: of a prompt, of one computed before, of an answer.
PRICES = (1.0, 0.1, 2.0)
_OTHER_STAGES = ("ner", "summary", "detail", "relationship", "validation", "sink")
_SETTLE_S = 60
_STOP_S = 30


@dataclass(frozen=True)
class ServedFlow:
    """The pipeline but for its inference consumers, which the tests start."""

    settings: Settings
    environment: Mapping[str, str]
    client: Client
    small: AnsweringServer
    large: AnsweringServer

    def logged(self) -> str:
        """What the inference consumers have said."""
        log = self.settings.home / "logs" / "inference.log"
        return log.read_text() if log.exists() else ""

    def documents(self, batch: str, count: int) -> "Batch":
        """Documents, each with a text of its own, whose answers the servers know."""
        given = {
            f"{batch}-{number}": ingest_json(
                f"{batch}-{number}",
                f"{TEXT} Lot {number} of {batch}.",
                title=f"Document {batch}-{number}.",
                published_at="2024-03-04T09:00:00Z",
            )
            for number in range(count)
        }
        answers = rehearsed(given.values())
        for server in (self.small, self.large):
            server.answers.update({asked.user: text for asked, text in answers.items()})
        return Batch(self, given, tuple(answers))

    def send(self, records: Iterable[Outgoing]) -> None:
        async def sending() -> None:
            outbox = Outbox(wiring.broker(self.settings))
            async with outbox:
                await outbox.send(list(records))

        asyncio.run(sending())

    def delete(self, document_id: str) -> None:
        self.send([Outgoing(topics.DOCUMENTS_INGEST, document_id.encode(), None)])

    def settle(self) -> None:
        """Wait until all that was sent is in the tables."""
        broker = wiring.broker(self.settings)
        asyncio.run(settle(broker, wiring.stages(self.settings), _SETTLE_S))

    def committed(self) -> int:
        """How many records of tasks have been answered for good."""

        async def asking() -> int:
            stages = {stage.name: stage for stage in wiring.stages(self.settings)}
            async with Positions(wiring.broker(self.settings)) as positions:
                return sum((await positions.committed(stages["inference"].group)).values())

        return asyncio.run(asking())

    def kept_answers(self) -> int:
        return statistics(wiring.cache_settings(self.settings).path).answers

    def letters(self) -> int:
        (row,) = self.client.query("SELECT count() AS letters FROM dead_letters")
        return int(row["letters"])

    @contextmanager
    def inference(self, **changes: str) -> Iterator["Run"]:
        """`millrace run inference`, ended with SIGTERM."""
        with running({**self.environment, **changes}, "inference") as run:
            yield run


@dataclass(frozen=True)
class Batch:
    """Documents of a test: as they are sent, what is asked about them, what became of them."""

    flow: ServedFlow
    given: Mapping[str, Outgoing]
    questions: Sequence[Question]

    def mark(self, document_id: str) -> str:
        """What all prompts about this document hold, and no other: its title."""
        return f"Document {document_id}."

    @property
    def marks(self) -> list[str]:
        return [self.mark(document_id) for document_id in self.given]

    def send(self) -> None:
        self.flow.send(self.given.values())

    def arrived(self) -> int:
        return queries.present(self.flow.client, list(self.given))

    def rows(self) -> dict[str, dict[str, Any]]:
        """The documents as they count now, with all that belongs to them."""
        found = {one: queries.document(self.flow.client, one) for one in self.given}
        return {one: row for one, row in found.items() if row is not None}

    def calls(self) -> list[dict[str, Any]]:
        """The rows of ``inference_calls``."""
        return self.flow.client.query(
            "SELECT * FROM inference_calls FINAL WHERE document_id IN {ids:Array(String)} "
            "ORDER BY called_at",
            {"ids": list(self.given)},
        )


@dataclass(frozen=True)
class Run:
    """A running command."""

    process: "subprocess.Popen[bytes]"

    def worker(self) -> psutil.Process:
        """The process of the stages."""
        found: list[psutil.Process] = []

        def is_there() -> bool:
            found[:] = psutil.Process(self.process.pid).children()
            return bool(found)

        eventually(is_there, "the process of the stages runs")
        return found[0]


@contextmanager
def running(environment: Mapping[str, str], *stages: str) -> Iterator[Run]:
    """`millrace run` with some stages in one process, ended as a user ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "millrace", "run", *stages, "--processes", "one"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**environ, **environment},
    )
    try:
        yield Run(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _environment(home: Path, small: AnsweringServer, large: AnsweringServer) -> dict[str, str]:
    stack = stack_settings(home)
    prompt, cached, completion = PRICES
    return {
        "MILLRACE_HOME": str(home),
        "MILLRACE_KAFKA_BOOTSTRAP": f"{stack.kafka_host}:{stack.kafka_port}",
        "MILLRACE_CLICKHOUSE_URL": f"http://{stack.clickhouse_host}:{stack.clickhouse_port}",
        "MILLRACE_ENGINE": "openai",
        "MILLRACE_MODEL": SMALL,
        "MILLRACE_OPENAI_URLS": small.url,
        "MILLRACE_OPENAI_API_KEY": "first",
        "MILLRACE_TIERS": "small,large",
        "MILLRACE_TIER": dumps({"large": {"model": LARGE, "openai_urls": [large.url]}}),
        "MILLRACE_ROUTES": dumps([{"tier": "small"}]),
        "MILLRACE_MAX_BATCH_SIZE": str(IN_FLIGHT),
        "MILLRACE_PRICE_PROMPT": str(prompt),
        "MILLRACE_PRICE_CACHED": str(cached),
        "MILLRACE_PRICE_COMPLETION": str(completion),
    }


@contextmanager
def served_flow(home: Path) -> Iterator[ServedFlow]:
    """Kafka, ClickHouse, two servers of models, and all stages but the inference consumer."""
    small, large = AnsweringServer(SMALL), AnsweringServer(LARGE)
    with small.running(), large.running():
        environment = _environment(home, small, large)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            settings = Settings()
        try:
            local_stack.up(wiring.local_stack(settings), silent)
            prepare(settings)
            with (
                closing(Client(wiring.clickhouse(settings))) as client,
                running(environment, *_OTHER_STAGES),
            ):
                yield ServedFlow(settings, environment, client, small, large)
        finally:
            local_stack.down(wiring.local_stack(settings), silent)
