"""The tables that the sink writes, in ClickHouse."""

import asyncio
from collections.abc import Collection, Sequence

from infra.clickhouse import letters
from infra.clickhouse.client import Client


class ClickHouseTables:
    """The sink's tables in ClickHouse; each call runs on a thread."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def insert(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
    ) -> None:
        """Write rows; an insert that is repeated changes nothing, by the tables' keys.

        Raises:
            UnavailableError: ClickHouse does not answer now.
            RowsRefusedError: a row is to blame.
            StoreRefusedError: it refused them for something else.
        """
        await asyncio.to_thread(self._client.insert, table, columns, rows)

    async def run_ids(self) -> Sequence[str]:
        """The runs that have been written."""
        rows = await asyncio.to_thread(self._client.query, "SELECT DISTINCT run_id FROM runs")
        return [str(row["run_id"]) for row in rows]

    async def redriven(self, letter_ids: Sequence[str]) -> Collection[tuple[str, int]]:
        """Those of these letters that are marked as redriven, each with its attempt.

        Raises:
            UnavailableError: ClickHouse does not answer now.
        """
        return await asyncio.to_thread(letters.redriven, self._client, letter_ids)
