"""``sink_ratio``: the sink against clickhouse-connect inserting the same prepared rows.

The extractions of real e-mails are made once, in memory. The plain way inserts their rows, made
beforehand, in batches of the sink's size. The sink reads the same extractions from Kafka, decodes
them, makes the rows and inserts them. Timed from the first to the last row in the table.
"""

import asyncio
import subprocess
import sys
import time
from statistics import median

from bench.mail import emails
from bench.results import Measure
from bench.stack import own_stack
from infra.clickhouse.client import Client
from millrace import wiring
from millrace.settings import Settings
from schemas.record import Outgoing, Record
from streams.broker.outbox import Outbox
from streams.inference.embedded_engine import EmbeddedEngine
from streams.memory import MemoryFlow
from streams.processing import StageContext
from streams.production import outgoing
from streams.sink.columns import DOCUMENTS
from streams.sink.consumer import Batching
from streams.sink.rows import Rows

EXTRACTIONS = 6_000
DISTINCT = 1_500
PAIRS = 5
TIMEOUT_S = 120.0


def sink_ratio() -> list[Measure]:
    with own_stack() as settings:
        context = wiring.stage_context(settings)
        records = asyncio.run(_extractions(context))
        pairs = [_pair(settings, records, turn) for turn in range(PAIRS)]
    ratios = [sink / plain for sink, plain in pairs]
    sink, plain = median(one[0] for one in pairs), median(one[1] for one in pairs)
    note = (
        f"{sink:,.0f} against {plain:,.0f} rows/s of e-mails with their events, median of "
        f"{PAIRS} pairs, {min(ratios):.2f}–{max(ratios):.2f}"
    )
    return [Measure("sink_ratio", median(ratios), "", 0.8, "higher", note)]


async def _extractions(context: StageContext) -> list[Record]:
    flow = MemoryFlow(context, {"standard": EmbeddedEngine(context.annotation.profiles)})
    for document in emails(DISTINCT):
        flow.log.append(outgoing(document))
    await flow.run()
    return flow.log.records["extractions.validated"]


def _pair(settings: Settings, records: list[Record], turn: int) -> tuple[float, float]:
    """Rows a second of the sink and of the plain insert, in alternating order."""
    ways = (_sink, _plain) if turn % 2 else (_plain, _sink)
    rates = {way: way(settings, records) for way in ways}
    return rates[_sink], rates[_plain]


def _plain(settings: Settings, records: list[Record]) -> float:
    rows = Rows()
    for number in range(EXTRACTIONS):
        rows.add(records[number % len(records)])
    prepared = [
        (row[0], f"{number}-{row[1]}", *row[2:]) for number, row in enumerate(rows.documents)
    ]
    client = _emptied(settings)
    size = Batching().max_records
    client.insert("documents", DOCUMENTS, prepared[:size])
    began = time.monotonic()
    for start in range(size, len(prepared), size):
        client.insert("documents", DOCUMENTS, prepared[start : start + size])
    spent = time.monotonic() - began
    client.close()
    return (len(prepared) - size) / spent


def _sink(settings: Settings, records: list[Record]) -> float:
    client = _emptied(settings)
    asyncio.run(_produce(settings, records))
    process = subprocess.Popen(
        [sys.executable, "-m", "millrace.worker", "--instance", "bench", "sink"]
    )
    try:
        return _observe(client)
    finally:
        process.terminate()
        process.wait(30)
        client.close()


async def _produce(settings: Settings, records: list[Record]) -> None:
    outbox = Outbox(wiring.broker(settings))
    async with outbox:
        for start in range(0, EXTRACTIONS, 500):
            await outbox.send(
                _renamed(records[number % len(records)], number)
                for number in range(start, start + 500)
            )


def _renamed(record: Record, number: int) -> Outgoing:
    """The extraction under an id of its own, so that every row stays."""
    key = f"{number}-".encode() + (record.key or b"")
    old = b'"document_id":"' + (record.key or b"")
    new = b'"document_id":"' + key
    value = (record.value or b"").replace(old, new, 1)
    return Outgoing(record.topic, key, value, record.headers)


def _observe(client: Client) -> float:
    deadline = time.monotonic() + TIMEOUT_S
    began, first = 0.0, 0
    while time.monotonic() < deadline:
        there = int(client.query("SELECT count() AS rows FROM documents")[0]["rows"])
        if there and not began:
            began, first = time.monotonic(), there
        if there >= EXTRACTIONS:
            return (there - first) / (time.monotonic() - began)
        time.sleep(0.01)
    raise TimeoutError("the sink did not write all rows")


def _emptied(settings: Settings) -> Client:
    client = Client(wiring.clickhouse(settings))
    client.command("TRUNCATE TABLE documents")
    return client
