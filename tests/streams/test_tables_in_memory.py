"""The tables in memory."""

import pytest

from streams.sink.tables import MemoryTables
from tests.streams.tables_behaviour import Letter, Store, TablesBehaviour


class MemoryStore:
    def __init__(self) -> None:
        self.tables = MemoryTables()

    async def current(self, document_id: str) -> list[dict[str, object]]:
        rows = self.tables.rows("documents")
        return [row for row in rows if row["document_id"] == document_id and not row["deleted"]]

    async def letters(self, letter_id: str) -> list[Letter]:
        return [
            Letter(*(row[name] for name in ("key", "value", "headers", "attempt")))  # type: ignore[arg-type]
            for row in self.tables.rows("dead_letters")
            if row["letter_id"] == letter_id
        ]


class TestTablesInMemory(TablesBehaviour):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()
