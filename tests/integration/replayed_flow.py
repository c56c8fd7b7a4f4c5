"""What the tests of replays share: documents on the real stack, their rows, and the command."""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from millrace import cli, wiring
from schemas.document import IngestDocument
from streams.broker.admin import Positions
from streams.production import produce
from streams.settling import settle
from tests.flow import TEXT
from tests.integration.conftest import Pipeline

VIEWS = (
    "current_documents",
    "current_entities",
    "current_events",
    "current_arguments",
    "current_relationships",
    "current_findings",
)
# What tells of the pass itself.
OF_THE_PASS = frozenset({"version", "completed_at", "replayed_from", "base_run_id", "attempt"})


def unique(what: str) -> str:
    return f"{what}-{uuid4().hex[:8]}"


def documents(batch: str, count: int) -> list[IngestDocument]:
    """Documents of which each has a text of its own."""
    return [
        IngestDocument(
            id=f"{batch}-{number}", text=f"{TEXT} Lot {number}.", profile="news", language="en"
        )
        for number in range(count)
    ]


def settled(pipeline: Pipeline) -> None:
    asyncio.run(
        settle(wiring.broker(pipeline.settings), wiring.stages(pipeline.settings), timeout_s=60)
    )


def produced(pipeline: Pipeline, given: Sequence[IngestDocument]) -> None:
    """Have documents go all the way."""
    asyncio.run(produce(wiring.broker(pipeline.settings), given))
    settled(pipeline)


def ends(pipeline: Pipeline, *topics: str) -> dict[tuple[str, int], int]:
    """Where topics end, by name and partition."""

    async def ask() -> dict[tuple[str, int], int]:
        async with Positions(wiring.broker(pipeline.settings)) as positions:
            found = await positions.ends(topics)
        return {(one.topic, one.partition): end for one, end in found.items()}

    return asyncio.run(ask())


def offsets(places: dict[tuple[str, int], int], topic: str) -> str:
    """Where a topic ended, as ``--from`` takes it: what other tests wrote lies before."""
    return ",".join(f"{number}:{end}" for (name, number), end in places.items() if name == topic)


def views(pipeline: Pipeline, batch: str) -> dict[str, list[dict[str, Any]]]:
    """What the views say of a batch of documents, without what tells of the pass."""
    return {
        view: [
            {name: value for name, value in row.items() if name not in OF_THE_PASS}
            for row in pipeline.client.query(
                f"SELECT * FROM {view} WHERE startsWith(document_id, {{batch:String}}) "
                "ORDER BY ALL",
                {"batch": batch},
            )
        ]
        for view in VIEWS
    }


def rows(pipeline: Pipeline, batch: str) -> list[dict[str, Any]]:
    """The rows of a batch of documents in all runs, as they count now."""
    return pipeline.client.query(
        "SELECT run_id, document_id, revision, replayed_from, base_run_id, version "
        "FROM documents FINAL WHERE startsWith(document_id, {batch:String}) AND NOT deleted "
        "ORDER BY ALL",
        {"batch": batch},
    )


class Command:
    """``millrace replay`` in this process: what it says and how it ends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, output, errors."""
        self._monkeypatch.setattr(sys, "argv", ["millrace", "replay", *arguments])
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capfd.readouterr()
        return int(ended.value.code or 0), out, err

    def report(self, *arguments: str) -> dict[str, Any]:
        status, out, err = self.run(*arguments, "--json")
        assert status == 0, err
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)
