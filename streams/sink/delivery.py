"""From a batch of records to rows in tables, patiently: the sink without its consumer."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.wait import wait_exponential_jitter

from schemas.errors import RefusedError, UnavailableError
from schemas.record import Outgoing, Record
from schemas.run import LIVE
from streams.letters import dead_letter
from streams.processing import Clock, unexpected, utc_now
from streams.sink import columns
from streams.sink.rows import Rows, run_row, tombstone_row
from streams.sink.tables import Tables
from streams.telemetry.signs import sign

log = logging.getLogger(__name__)
STAGE = "sink"
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 5.0
_LETTER_ID, _ATTEMPT = map(columns.DEAD_LETTERS.index, ("letter_id", "attempt"))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch made ready: rows to insert, and letters for what could not become a row."""

    rows: Rows
    letters: tuple[Outgoing, ...]


def prepare(records: Sequence[Record], *, checked: bool = False) -> Prepared:
    """Make rows of records; what is no row becomes a dead letter.

    Args:
        records: of the topics that the sink reads.
        checked: whether every message is read as its model, at the price of some time.
    """
    rows, letters = Rows(checked), []
    for record in records:
        try:
            rows.add(record)
        except RefusedError as error:
            letters.append(dead_letter(STAGE, record, error))
        except Exception as error:
            letters.append(dead_letter(STAGE, record, unexpected(error)))
    return Prepared(rows, tuple(letters))


class Delivery:
    """Writes prepared batches to the tables, waiting while they are away."""

    def __init__(self, tables: Tables, clock: Clock = utc_now) -> None:
        self._tables = tables
        self._clock = clock
        self._known_runs: set[str] = set()

    async def deliver(self, rows: Rows) -> None:
        """Insert all rows of a batch; return once the tables have them.

        The run comes before its documents, so that no view ever shows a run without a name.
        """
        await self._write_new_runs(rows)
        documents = rows.documents + await self._tombstones(rows)
        await self._patiently("documents", columns.DOCUMENTS, documents)
        await self._patiently("inference_calls", columns.INFERENCE_CALLS, rows.inference_calls)
        letters = await self._not_redriven(rows.dead_letters)
        await self._patiently("dead_letters", columns.DEAD_LETTERS, letters)

    async def _write_new_runs(self, rows: Rows) -> None:
        """Write the runs that are not there yet: what a run was at first, it stays."""
        if rows.runs.keys() <= self._known_runs:
            return
        self._known_runs |= await self._written_runs()
        new = [run for run_id, run in rows.runs.items() if run_id not in self._known_runs]
        await self._patiently("runs", columns.RUNS, [run_row(run, self._clock()) for run in new])
        self._known_runs.update(rows.runs)

    async def _written_runs(self) -> set[str]:
        async for attempt in _retrying():
            with attempt:
                return set(await self._tables.run_ids())
        raise AssertionError("retried for ever")

    async def _tombstones(self, rows: Rows) -> list[columns.Row]:
        if not rows.deletions:
            return []
        run_ids = {LIVE, *await self._written_runs()}
        return [
            tombstone_row(deletion, run_id, completed_at)
            for deletion, completed_at in rows.deletions
            for run_id in sorted(run_ids)
        ]

    async def _not_redriven(self, letters: Sequence[columns.Row]) -> list[columns.Row]:
        """Without those whose rows say that they were redriven: read again, they would not."""
        named = {(str(row[_LETTER_ID]), int(str(row[_ATTEMPT]))): row for row in letters}
        if not named:
            return []
        letter_ids = [letter_id for letter_id, _ in named]
        async for attempt in _retrying():
            with attempt:
                marked = set(await self._tables.redriven(letter_ids))
        return [row for name, row in named.items() if name not in marked]

    async def _patiently(
        self, table: str, names: Sequence[str], rows: Sequence[columns.Row]
    ) -> None:
        if not rows:
            return
        async for attempt in _retrying():
            with attempt:
                await self._tables.insert(table, names, rows)


def _retrying() -> AsyncRetrying:
    """Try while the tables are away: 0.1 s doubling to 5 s, with jitter, for ever."""
    return AsyncRetrying(
        retry=retry_if_exception_type(UnavailableError),
        wait=wait_exponential_jitter(multiplier=_FIRST_WAIT_S, max=_LONGEST_WAIT_S, jitter=0.1),
        before_sleep=_log_wait,
        sleep=asyncio.sleep,
    )


def _log_wait(state: RetryCallState) -> None:
    sign(STAGE)
    if state.attempt_number in (1, 10) or state.attempt_number % 60 == 0:
        error = state.outcome.exception() if state.outcome else None
        log.warning("sink waits: %s", error)
