"""The sink on a real Kafka and ClickHouse: what it does with rows that the tables refuse."""

import asyncio
import json

import pytest

from millrace import wiring
from schemas.record import Outgoing
from streams.broker.outbox import Outbox
from streams.settling import settle
from tests.flow import as_outgoing, inputs_of
from tests.integration.conftest import Pipeline
from tests.streams.stage_behaviour import unique

pytestmark = pytest.mark.integration


def test_a_message_whose_row_the_table_refuses_is_dead_lettered_and_the_rest_is_written(
    pipeline: Pipeline,
) -> None:
    good_id, bad_id = unique("good"), unique("bad")
    good = as_outgoing(asyncio.run(inputs_of(good_id))["sink"])
    content = json.loads((asyncio.run(inputs_of(bad_id))["sink"]).value or b"")
    content["events"][0]["confidence"] = "very"
    bad = Outgoing(good.topic, bad_id.encode(), json.dumps(content).encode())
    broker = wiring.broker(pipeline.settings)

    async def send() -> None:
        outbox = Outbox(broker)
        async with outbox:
            await outbox.send([bad, good])
        await settle(broker, wiring.stages(pipeline.settings), 60)

    asyncio.run(send())

    rows = pipeline.client.query(
        "SELECT document_id FROM current_documents WHERE document_id IN {ids:Array(String)}",
        {"ids": [good_id, bad_id]},
    )
    letters = pipeline.client.query(
        "SELECT stage, kind, message FROM dead_letters FINAL WHERE document_id = {id:String}",
        {"id": bad_id},
    )
    assert [row["document_id"] for row in rows] == [good_id]
    assert [(letter["stage"], letter["kind"]) for letter in letters] == [("sink", "malformed")]
    assert "events.0.confidence" in letters[0]["message"]
