"""The whole pipeline with the engine ``openai``, on a stack of its own.

The session's pipeline has the local engine: on one stack the two would share consumer groups.
"""

import asyncio
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import Any

import psutil

from infra.clickhouse import queries
from infra.clickhouse.client import Client
from millrace import wiring
from schemas import topics
from schemas.record import Outgoing
from streams.broker.admin import Positions
from streams.inference.cache.upkeep import statistics
from tests.command import eventually
from tests.flow import TEXT, ingest_json
from tests.integration.private_stack import PrivateStack, private_stack
from tests.model_answers import AnsweringServer, Question, rehearsed

SMALL, LARGE = "acme/reader-8b", "acme/reader-70b"
IN_FLIGHT = 32
# Dollars for a million tokens: of a prompt, of one computed before, of an answer.
PRICES = (1.0, 0.1, 2.0)
_OTHER_STAGES = ("ner", "summary", "detail", "relationship", "validation", "sink")


@dataclass(frozen=True)
class ServedFlow(PrivateStack):
    """The pipeline but for its inference consumers, which the tests start."""

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

    def delete(self, document_id: str) -> None:
        self.send([Outgoing(topics.DOCUMENTS_INGEST, document_id.encode(), None)])

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
        with self.running("inference", "--processes", "one", **changes) as process:
            yield Run(process)


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


def _chosen(small: AnsweringServer, large: AnsweringServer) -> dict[str, str]:
    prompt, cached, completion = PRICES
    return {
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
def served_flow(home: Path, **chosen: str) -> Iterator[ServedFlow]:
    """Kafka, ClickHouse, two servers of models, and all stages but the inference consumer.

    ``chosen`` are further settings.
    """
    small, large = AnsweringServer(SMALL), AnsweringServer(LARGE)
    with (
        small.running(),
        large.running(),
        private_stack(home, **_chosen(small, large), **chosen) as stack,
        closing(Client(wiring.clickhouse(stack.settings))) as client,
        stack.running(*_OTHER_STAGES, "--processes", "one"),
    ):
        yield ServedFlow(stack.settings, stack.environment, client, small, large)
