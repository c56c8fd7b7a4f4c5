"""The sink's port to a store of tables, and the store in memory."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import ClassVar, Protocol

from streams.sink.columns import Row


class Tables(Protocol):
    """A store that keeps the newest row of a key."""

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Write rows; an insert that is repeated changes nothing.

        Raises:
            UnavailableError: the store does not answer now; try again.
            RowsRefusedError: a row is not what the table takes.
            StoreRefusedError: it is refused, and nobody can say which row is to blame.
        """
        ...

    async def run_ids(self) -> Sequence[str]:
        """The runs that have been written.

        Raises:
            UnavailableError: the store does not answer now; try again.
        """
        ...

    async def redriven(self, letter_ids: Sequence[str]) -> Collection[tuple[str, int]]:
        """Those of these letters that are marked as redriven, each with its attempt.

        Raises:
            UnavailableError: the store does not answer now; try again.
        """
        ...


class MemoryTables:
    """Tables in memory, with the keys and versions of the real ones."""

    _KEYS: ClassVar = {
        "documents": (("run_id", "document_id"), "version"),
        "inference_calls": (("call_id",), None),
        "dead_letters": (("letter_id",), "attempt"),
        "runs": (("run_id",), None),
    }

    def __init__(self) -> None:
        self._rows: dict[str, dict[tuple[object, ...], dict[str, object]]] = defaultdict(dict)

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Write rows: the highest version of a key stays, of equal ones the last."""
        key_columns, version = self._KEYS[table]
        for row in rows:
            named = dict(zip(columns, row, strict=True))
            key = tuple(named[column] for column in key_columns)
            present = self._rows[table].get(key)
            if present and version and present[version] > named[version]:  # type: ignore[operator]
                continue
            self._rows[table][key] = named

    async def run_ids(self) -> Sequence[str]:
        """The runs that have been written."""
        return [str(row["run_id"]) for row in self._rows["runs"].values()]

    async def redriven(self, letter_ids: Sequence[str]) -> Collection[tuple[str, int]]:
        """Those of these letters that are marked as redriven, each with its attempt."""
        return [
            (str(row["letter_id"]), int(str(row["attempt"])))
            for row in self._rows["dead_letters"].values()
            if row["letter_id"] in letter_ids and row["redriven_at"] is not None
        ]

    def rows(self, table: str) -> list[dict[str, object]]:
        """All rows of a table as they count now."""
        return list(self._rows[table].values())
