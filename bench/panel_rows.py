"""Tables of any size for ``panel_ms``, made of what the sink writes of the bundled documents.

The documents pass through the pipeline in memory, the sink's own row models make their rows, and
these go into tables beside the real ones. From there ClickHouse writes them again and again: each
time under another id and at another moment of 30 days, a tenth in review, and with other names, so
that there are as many entities, places and participants as in a large collection. A second run
with a tenth of the documents is there to be compared with. Calls get tokens and a price.
"""
# ruff: noqa: S608 - the statements hold constants and numbers

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from infra.clickhouse.client import Client
from infra.grafana.macros import TimeRange
from millrace import wiring
from millrace.inputs import Reading, Refused, read
from millrace.settings import Settings
from streams.inference.embedded_engine import EmbeddedEngine
from streams.memory import MemoryFlow
from streams.production import outgoing
from streams.sink.columns import DEAD_LETTERS, DOCUMENTS, INFERENCE_CALLS, Row
from streams.sink.rows import Rows

_SAMPLES: Final = Path(__file__).parents[1] / "millrace/samples"
_SINK_TOPICS: Final = (
    "extractions.validated", "extractions.review", "inference.calls", "dead-letters",
)  # fmt: skip
_DAYS: Final = 30
_END: Final = datetime(2024, 7, 1, tzinfo=UTC)
# Grafana draws about a thousand points over the width of a screen.
SHOWN: Final = TimeRange(_END - timedelta(days=_DAYS), _END, _DAYS * 86_400 // 1_000)
# Rows of an insert: more take more memory, fewer more merges.
_BATCH: Final = 20_000
_REST_S: Final = 900
# So many names there are for each one of the bundled documents.
_NAMES: Final = 1_000

# Calls of a document.
_CALLS: Final = 6

# Documents are of any time, a prime of seconds apart; what happens to them comes in the order of
# time. Ids are in no order, as the ones of real documents.
_AT: Final = (
    f"toDateTime64({int(SHOWN.start.timestamp())} + number * 7919 % {_DAYS * 86_400}, 3, 'UTC')"
)
_IN_ORDER: Final = (
    f"toDateTime64({int(SHOWN.start.timestamp())} + number * {_DAYS * 86_400} / total, 3, 'UTC')"
)
_ID: Final = "lower(hex(sipHash128({0})))"


def _renamed(column: str) -> str:
    name = f"if(one = '', '', concat(one, ' ', toString(number % {_NAMES})))"
    return f"arrayMap(one -> {name}, `{column}`) AS `{column}`"


_CHANGES: Final = {
    "documents": (
        f"{_ID.format('number')} AS document_id",
        f"{_AT} AS published_at",
        f"{_AT} AS ingested_at",
        f"{_AT} + toIntervalMillisecond(300 + number % 2000) AS completed_at",
        "if(number % 10 = 9, 'review', 'validated') AS status",
        *map(_renamed, ("entities.text", "arguments.text", "events.place")),
    ),
    "inference_calls": (
        f"{_ID.format('number')} AS call_id",
        f"{_ID.format(f'intDiv(number, {_CALLS})')} AS document_id",
        f"{_IN_ORDER} AS called_at",
        "900 AS prompt_tokens", "600 AS cached_tokens", "80 AS completion_tokens",
        "0.002 AS cost_usd",
    ),
    "dead_letters": (f"{_ID.format('number')} AS letter_id", f"{_IN_ORDER} AS failed_at"),
}  # fmt: skip


def fill(settings: Settings, client: Client, events: int) -> int:
    """Write documents that tell of at least so many events; give their number."""
    rows = asyncio.run(_extracted(settings))
    told = sum(_events(row) for row in rows.documents)
    documents = -(-events * len(rows.documents) // told)
    _write(client, "documents", DOCUMENTS, rows.documents, documents)
    calls = documents * _CALLS
    _write(client, "inference_calls", INFERENCE_CALLS, rows.inference_calls, calls)
    _write(client, "dead_letters", DEAD_LETTERS, rows.dead_letters, documents // 100)
    client.command(
        "INSERT INTO documents SELECT * REPLACE('second' AS run_id) FROM documents "
        "WHERE cityHash64(document_id) % 10 = 0"
    )
    client.command("INSERT INTO runs SELECT arrayJoin(['live', 'second']), '{}', now64(3)")
    _rest(client)
    return documents


def _rest(client: Client) -> None:
    """Wait until each run is one part, as it becomes once nothing has come to it for an hour.

    Raises:
        TimeoutError: it does not.
    """
    client.command("ALTER TABLE documents MODIFY SETTING min_age_to_force_merge_seconds = 1")
    parts = (
        "SELECT max(parts) AS parts FROM (SELECT count() AS parts FROM system.parts WHERE active "
        "AND database = currentDatabase() AND table = 'documents' GROUP BY partition)"
    )
    until = time.monotonic() + _REST_S
    while int(client.query(parts)[0]["parts"]) > 1:
        if time.monotonic() > until:
            raise TimeoutError(f"documents are not merged after {_REST_S} s")
        time.sleep(1)


def _events(row: Row) -> int:
    """How many events a document's row holds."""
    ids = row[DOCUMENTS.index("events.event_id")]
    assert isinstance(ids, list)
    return len(ids)


async def _extracted(settings: Settings) -> Rows:
    context = wiring.stage_context(settings)
    flow = MemoryFlow(context, {"standard": EmbeddedEngine(context.annotation.profiles)})
    for found in read(sorted(_SAMPLES.glob("*.json")), Reading(None, {}, settings.max_text_bytes)):
        assert not isinstance(found, Refused)
        document = found.document
        flow.log.append(outgoing(document))
    flow.log.append(outgoing(document.model_copy(update={"id": "x", "profile": "unknown"})))
    await flow.run()
    rows = Rows()
    for topic in _SINK_TOPICS:
        for record in flow.log.records[topic]:
            rows.add(record)
    return rows


def _write(
    client: Client, table: str, columns: tuple[str, ...], rows: list[Row], wanted: int
) -> None:
    """Write `wanted` rows into a table, made of some."""
    client.command(f"CREATE TABLE seeds_of_{table} AS {table} ENGINE = Memory")
    client.insert(f"seeds_of_{table}", columns, rows)
    names = ", ".join(f"`{name}`" for name in columns)
    for first in range(0, wanted, _BATCH):
        copies = min(_BATCH, wanted - first)
        client.command(
            f"""
            INSERT INTO {table} ({names})
            WITH {wanted} AS total
            SELECT {names} FROM
            (
                SELECT * REPLACE ({", ".join(_CHANGES[table])})
                FROM (SELECT number FROM numbers({first}, {copies})) AS numbers
                INNER JOIN
                (
                    SELECT *, rowNumberInAllBlocks() AS seed FROM seeds_of_{table}
                ) AS seeds
                ON numbers.number % {len(rows)} = seeds.seed
            )
            """
        )
    client.command(f"DROP TABLE seeds_of_{table} SYNC")
