"""Documents that come one a second, and how long each takes to its row."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from infra.clickhouse.client import Client
from millrace import wiring
from millrace.settings import Settings
from schemas.document import IngestDocument
from schemas.run import LIVE
from streams.broker.outbox import Outbox
from streams.production import outgoing

_EVERY_S = 1.0
_POLL_S = 0.05
# After this a document counts as lost, and the benchmark fails.
_LONGEST_S = 60.0


@dataclass(slots=True)
class LiveTraffic:
    """Sends ``documents`` one a second until it is stopped; ``seconds`` from produce to row."""

    settings: Settings
    documents: Iterator[IngestDocument]
    seconds: list[float] = field(default_factory=list)

    async def run(self, until: asyncio.Event) -> None:
        """Send until ``until`` is set, then wait for what is on its way."""
        client = Client(wiring.clickhouse(self.settings))
        outbox = Outbox(wiring.broker(self.settings))
        waiting: dict[str, float] = {}
        try:
            async with outbox, asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._send(outbox, waiting, until))
                while waiting or not sending.done():
                    await asyncio.sleep(_POLL_S)
                    there = await asyncio.to_thread(_there, client, list(waiting))
                    now = time.monotonic()
                    self.seconds += [now - waiting.pop(one) for one in there]
                    if any(now - sent > _LONGEST_S for sent in waiting.values()):
                        raise TimeoutError(f"a document has no row after {_LONGEST_S:g} s")
        finally:
            client.close()

    async def _send(self, outbox: Outbox, waiting: dict[str, float], until: asyncio.Event) -> None:
        while not until.is_set():
            document = next(self.documents)
            sent = time.monotonic()
            await outbox.send([outgoing(document)])
            waiting[str(document.id)] = sent
            await asyncio.sleep(max(0.0, _EVERY_S - (time.monotonic() - sent)))


def _there(client: Client, ids: Sequence[str]) -> list[str]:
    if not ids:
        return []
    rows = client.query(
        "SELECT DISTINCT document_id FROM documents "
        "WHERE run_id = {run:String} AND document_id IN {ids:Array(String)}",
        {"run": LIVE, "ids": list(ids)},
    )
    return [str(row["document_id"]) for row in rows]
