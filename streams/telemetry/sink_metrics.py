"""What the sink writes, counted at its port to the tables."""

from collections.abc import Collection, Sequence
from datetime import datetime
from time import perf_counter

from schemas.errors import StoreRefusedError, UnavailableError
from schemas.metrics import END_TO_END_SECONDS, SINK_FAILURES, SINK_INSERT_SECONDS, SINK_ROWS
from streams.processing import Clock, utc_now
from streams.sink import columns
from streams.sink.tables import Tables
from streams.telemetry.metrics import count, observe

_STATUS, _DELETED, _INGESTED_AT, _REPLAYED_FROM = (
    columns.DOCUMENTS.index(name) for name in ("status", "deleted", "ingested_at", "replayed_from")
)


class MeasuredTables:
    """Tables that count rows, time inserts, and measure how old a document is once it is there."""

    def __init__(self, tables: Tables, clock: Clock = utc_now) -> None:
        self._tables = tables
        self._clock = clock

    async def insert(self, table: str, names: Sequence[str], rows: Sequence[columns.Row]) -> None:
        """Write rows; raises what the tables raise."""
        began = perf_counter()
        try:
            await self._tables.insert(table, names, rows)
        except UnavailableError:
            count(SINK_FAILURES, table, "unavailable")
            raise
        except StoreRefusedError:
            count(SINK_FAILURES, table, "refused")
            raise
        observe(SINK_INSERT_SECONDS, perf_counter() - began, table)
        count(SINK_ROWS, table, by=len(rows))
        if table == "documents":
            self._measure_way(rows)

    async def run_ids(self) -> Sequence[str]:
        """The runs that have been written; the sink asks for them before it inserts."""
        try:
            return await self._tables.run_ids()
        except UnavailableError:
            count(SINK_FAILURES, "runs", "unavailable")
            raise

    async def redriven(self, letter_ids: Sequence[str]) -> Collection[tuple[str, int]]:
        """Those of these letters that are marked as redriven; asked before they are written."""
        try:
            return await self._tables.redriven(letter_ids)
        except UnavailableError:
            count(SINK_FAILURES, "dead_letters", "unavailable")
            raise

    def _measure_way(self, rows: Sequence[columns.Row]) -> None:
        now = self._clock()
        for row in rows:
            ingested_at = row[_INGESTED_AT]
            if row[_DELETED] or row[_REPLAYED_FROM] or not isinstance(ingested_at, datetime):
                continue
            spent = (now - ingested_at).total_seconds()
            observe(END_TO_END_SECONDS, max(0.0, spent), str(row[_STATUS]))
