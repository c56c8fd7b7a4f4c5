"""A stage, the consumer and the sink die in mid-flow: nothing is lost, nothing is there twice."""

import asyncio
import os
import signal
import time
from uuid import uuid4

import pytest

from millrace import wiring
from processors.decoding import decode_document
from schemas.document import IngestDocument
from streams.production import produce
from streams.settling import settle
from tests.flow import TEXT
from tests.integration.conftest import Pipeline

pytestmark = pytest.mark.integration
DOCUMENTS = 400
WARMING_UP = 100
LIMIT = 1024 * 1024


def documents(batch: str) -> list[IngestDocument]:
    """Documents of which each has a text of its own, so that none can stand for another."""
    texts = {f"{batch}-{number}": f"{TEXT} No. {number}." for number in range(DOCUMENTS)}
    return [
        decode_document(text.encode(), b"text/plain", identity.encode(), LIMIT).model_copy(
            update={"profile": "news"}
        )
        for identity, text in texts.items()
    ]


def arrived(pipeline: Pipeline, batch: str) -> int:
    (row,) = pipeline.client.query(
        "SELECT uniqExact(document_id) AS documents FROM documents "
        "WHERE startsWith(document_id, {batch:String})",
        {"batch": batch},
    )
    return int(row["documents"])


@pytest.mark.parametrize("victim", ["ner", "inference", "sink"])
def test_every_document_is_there_exactly_once_after_a_kill(pipeline: Pipeline, victim: str) -> None:
    batch = f"crash-{victim}-{uuid4().hex[:8]}"
    broker = wiring.broker(pipeline.settings)
    given = documents(batch)
    asyncio.run(produce(broker, given[:WARMING_UP]))
    deadline = time.monotonic() + 60
    while not arrived(pipeline, batch):
        assert time.monotonic() < deadline, "no document arrived"
    # The kill comes right behind these, so that it finds them on their way on any machine.
    asyncio.run(produce(broker, given[WARMING_UP:]))
    killed = next(pid for names, pid in pipeline.supervisor.pids.items() if victim in names)

    os.kill(killed, signal.SIGKILL)
    asyncio.run(settle(broker, wiring.stages(pipeline.settings), 90))

    rows = pipeline.client.query(
        "SELECT document_id, text, events FROM current_documents "
        "WHERE startsWith(document_id, {batch:String})",
        {"batch": batch},
    )
    assert sorted((row["document_id"], row["text"]) for row in rows) == sorted(
        (one.id, one.text) for one in given
    )
    assert {row["events"] for row in rows} == {2}
    assert any("SIGKILL" in event and victim in event for event in pipeline.events)


def test_a_flow_without_faults_gives_the_same_revisions_as_one_with_kills(
    pipeline: Pipeline,
) -> None:
    batch = f"again-{uuid4().hex[:8]}"
    broker = wiring.broker(pipeline.settings)
    given = documents(batch)[:100]

    def revisions() -> dict[str, str]:
        rows = pipeline.client.query(
            "SELECT document_id, revision FROM current_documents "
            "WHERE startsWith(document_id, {batch:String})",
            {"batch": batch},
        )
        return {row["document_id"]: row["revision"] for row in rows}

    asyncio.run(produce(broker, given))
    asyncio.run(settle(broker, wiring.stages(pipeline.settings), 60))
    before = revisions()
    asyncio.run(produce(broker, given))
    for pid in list(pipeline.supervisor.pids.values()):
        os.kill(pid, signal.SIGKILL)
    asyncio.run(settle(broker, wiring.stages(pipeline.settings), 90))

    assert len(before) == 100
    assert revisions() == before
