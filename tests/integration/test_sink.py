"""The sink on a real Kafka and ClickHouse: what it does with rows that the tables refuse."""

import asyncio
import json
from dataclasses import replace

import pytest

from infra.clickhouse.client import Client
from infra.clickhouse.error_codes import PERMANENT, RETRYABLE
from infra.clickhouse.migrations import bundled_migrations, expand, migrate
from infra.clickhouse.tables import ClickHouseTables
from millrace import wiring
from schemas.errors import RowsRefusedError
from schemas.record import Outgoing
from streams.broker.admin import Positions
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.settling import settle, wait_committed
from streams.sink import columns
from streams.sink.consumer import SinkConsumer
from streams.sink.delivery import Delivery, prepare
from streams.sink.writing import write
from tests.flow import TEXT, as_outgoing, ingest_json, inputs_of
from tests.integration.conftest import Pipeline
from tests.integration.replayed_flow import VIEWS
from tests.streams.stage_behaviour import unique
from tests.streams.tables_behaviour import document

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


def test_a_row_that_only_the_table_refuses_is_found_and_all_others_are_written(
    pipeline: Pipeline,
) -> None:
    batch = unique("batch")
    numbers = range(40)
    bad = {7, 8, 31}
    given = [as_outgoing(asyncio.run(inputs_of(f"{batch}-{number}"))["sink"]) for number in numbers]
    broker = wiring.broker(pipeline.settings)

    async def send() -> None:
        outbox = Outbox(broker)
        async with outbox:
            await outbox.send(given)
        await settle(broker, wiring.stages(pipeline.settings), 60)

    refused = ", ".join(f"'{batch}-{number}'" for number in bad)
    pipeline.client.command(
        f"ALTER TABLE documents ADD CONSTRAINT not_these CHECK document_id NOT IN ({refused})"
    )
    try:
        asyncio.run(send())
    finally:
        pipeline.client.command("ALTER TABLE documents DROP CONSTRAINT not_these")

    rows = pipeline.client.query(
        "SELECT document_id FROM current_documents WHERE startsWith(document_id, {batch:String})",
        {"batch": batch},
    )
    letters = pipeline.client.query(
        "SELECT document_id, kind, message FROM dead_letters FINAL "
        "WHERE startsWith(document_id, {batch:String}) ORDER BY document_id",
        {"batch": batch},
    )
    assert {row["document_id"] for row in rows} == {
        f"{batch}-{number}" for number in numbers if number not in bad
    }
    assert [letter["document_id"] for letter in letters] == sorted(
        f"{batch}-{number}" for number in bad
    )
    assert {(letter["kind"], letter["message"]) for letter in letters} == {
        (
            "row_refused",
            "table documents of ClickHouse refuses a row (VIOLATED_CONSTRAINT, code 469): mend "
            "it, then redrive",
        )
    }


def test_every_code_has_the_name_that_the_engine_gives_it(pipeline: Pipeline) -> None:
    codes = RETRYABLE | PERMANENT
    rows = pipeline.client.query(
        "SELECT code, errorCodeToName(toUInt32(code)) AS name "
        "FROM (SELECT arrayJoin({codes:Array(UInt32)}) AS code)",
        {"codes": sorted(codes)},
    )

    assert {row["code"]: row["name"] for row in rows} == codes
    assert not RETRYABLE.keys() & PERMANENT.keys()


@pytest.mark.parametrize(
    "changes",
    [{"characters": -1}, {"text": None}, {"events.salience": [0.5, 0.5]}, {"ingested_at": "noon"}],
    ids=["out of range", "null", "arrays of two lengths", "no time"],
)
def test_a_value_that_is_none_of_its_column_is_the_rows_fault_and_is_not_quoted(
    pipeline: Pipeline, changes: dict[str, object]
) -> None:
    tables = ClickHouseTables(pipeline.client)
    row = document(unique("bad"), text="Acme secret") if "text" not in changes else None
    values = dict(zip(columns.DOCUMENTS, row or document(unique("bad")), strict=True)) | changes

    with pytest.raises(RowsRefusedError) as raised:
        asyncio.run(
            tables.insert(
                "documents", columns.DOCUMENTS, [tuple(values[one] for one in columns.DOCUMENTS)]
            )
        )

    assert "documents" in str(raised.value)
    assert "secret" not in str(raised.value)


async def read_all_again(pipeline: Pipeline) -> int:
    """Have a sink whose group stands at the beginning come to the end; give the records read."""
    (stage,) = [one for one in wiring.stages(pipeline.settings) if one.kind == "sink"]
    rewound = replace(stage, name=unique("sink"))
    broker = wiring.broker(pipeline.settings)
    outbox = Outbox(broker)
    tables = ClickHouseTables(pipeline.client)
    sink = SinkConsumer(rewound, broker, Membership("rewound"), tables, outbox)
    async with Positions(broker) as positions:
        ends = await positions.ends(stage.reads)
        async with outbox, sink:
            deadline = asyncio.get_running_loop().time() + 60
            await wait_committed(positions, rewound, ends, deadline)
    return sum(ends.values())


def test_to_rewind_the_group_to_the_beginning_changes_nothing_in_the_views(
    pipeline: Pipeline,
) -> None:
    batch = unique("rewound")
    broker = wiring.broker(pipeline.settings)
    gone = f"{batch}-gone"
    again = [ingest_json(f"{batch}-again", f"{TEXT} In version {number}.") for number in (1, 2)]
    sent = [
        ingest_json(f"{batch}-once"),
        *again,
        ingest_json(gone),
        Outgoing(again[0].topic, gone.encode(), None),
        Outgoing(again[0].topic, f"{batch}-bad".encode(), b"{"),
    ]

    async def send() -> None:
        outbox = Outbox(broker)
        async with outbox:
            await outbox.send(sent)
        await settle(broker, wiring.stages(pipeline.settings), 60)

    asyncio.run(send())
    before = {view: shown(pipeline, view, batch) for view in (*VIEWS, "dead_letters FINAL")}

    read = asyncio.run(read_all_again(pipeline))

    assert read > len(sent)
    assert {row["document_id"] for row in before["current_documents"]} == {
        f"{batch}-once",
        f"{batch}-again",
    }
    assert len(before["dead_letters FINAL"]) == 1
    for view, rows in before.items():
        assert shown(pipeline, view, batch) == rows, view


def shown(pipeline: Pipeline, view: str, batch: str) -> list[dict[str, object]]:
    """What a view says of a batch: other tests put rows into the tables past Kafka."""
    return pipeline.client.query(
        f"SELECT * FROM {view} WHERE startsWith(document_id, {{batch:String}}) ORDER BY ALL",
        {"batch": batch},
    )


def test_migrations_forward_on_a_filled_database_lose_no_row_of_a_running_sink(
    pipeline: Pipeline,
) -> None:
    database = unique("forward").replace("-", "_")
    server = replace(wiring.clickhouse(pipeline.settings), database=database)
    tables, views, *later = bundled_migrations()
    pipeline.client.command(f"CREATE DATABASE {database}")
    client = Client(server)
    for migration in (tables, views):
        for statement in migration.statements():
            client.command(expand(statement, server))
    extraction = asyncio.run(inputs_of("any"))["sink"]
    content = json.loads(extraction.value or b"")
    written: list[str] = []

    async def fill(migrating: "asyncio.Future[None]") -> None:
        delivery = Delivery(ClickHouseTables(client))
        after = 0
        while after < 3:  # some batches before, beside and behind the migrations
            after += migrating.done()
            content["document"]["document_id"] = f"d{len(written)}"
            record = replace(extraction, value=json.dumps(content).encode())
            assert await write([record], prepare([record]), delivery) == ()
            written.append(f"d{len(written)}")

    async def beside() -> None:
        delivery = Delivery(ClickHouseTables(client))
        await write([extraction], prepare([extraction]), delivery)
        migrating = asyncio.ensure_future(asyncio.to_thread(migrate, server))
        await fill(migrating)
        await migrating

    try:
        asyncio.run(beside())

        assert later
        for view in ("current_documents", "run_documents"):
            rows = client.query(f"SELECT document_id FROM {view}")
            assert {row["document_id"] for row in rows} == {*written, "any"}
        for view in VIEWS:
            client.query(f"SELECT * FROM {view}")
    finally:
        client.close()
        pipeline.client.command(f"DROP DATABASE {database} SYNC")
