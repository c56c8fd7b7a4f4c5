"""What a full disk breaks in chDB is found and mended.

Found on chDB 4.4: an insert or a merge that meets a full disk may report success, and its part is
committed with empty marks; each query that reads them fails with CORRUPTED_DATA.

- An insert on a disk that had little room at any time since it began is answered only when its
  parts have been read again; broken ones are dropped, and the insert has failed. So has every other
  that was under way then: whose part was dropped is not known.
- The parts that were merged stay on the disk for eight minutes (``old_parts_lifetime``). A table
  that is opened checks the sizes of its files, sets broken parts aside and takes those that they
  were merged from: so tables are opened anew in time.
"""

import asyncio
import json
import logging
import math
import os
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import TypeVar

from infra.local.server.engine import Engine, quoted
from infra.local.server.errors import Code, QueryError
from infra.local.server.gate import Gate

T = TypeVar("T")
_log = logging.getLogger(__name__)
_BROKEN = {Code.CORRUPTED_DATA, Code.NO_FILE_IN_DATA_PART, Code.BAD_SIZE_OF_FILE_IN_DATA_PART}
_LOW_BYTES = 64 * 1024 * 1024
# A disk that is full for a shorter time may be missed.
_LOOK_EVERY_S = 0.2
_LOOKS_BEFORE_REPAIR = 25
_SOONEST_AGAIN_S = 30.0
_PATIENCE_S = 10.0
_LINES = "JSONCompactEachRow"
_TABLES = "SELECT database, name FROM system.tables WHERE engine LIKE '%MergeTree'"
_INSERTED = """
    SELECT database, table, name FROM system.parts
    WHERE active AND level = 0 AND modification_time >= toDateTime({since:UInt32}, 'UTC')
"""
_TABLE = "{database:Identifier}.{table:Identifier}"
_PART = "{part:String}"
_SET_ASIDE = "SELECT database, table, name, reason FROM system.detached_parts"


class Repair:
    """Opens the tables of an engine anew: at a query that meets a broken part, or as a precaution.

    Args:
        engine: whose tables they are; where less than 64 MiB are free, its disk counts as full.
        clock: seconds that only grow.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._gate = Gate()
        self._last = -math.inf
        # When the disk was last seen full, and when a part was last dropped, by the clock.
        self._full_at = -math.inf
        self._dropped_at = -math.inf

    def passing(self) -> AbstractAsyncContextManager[None]:
        """The context of a query: tables stay open as long as it lasts."""
        return self._gate.passing()

    def helps(self, error: QueryError) -> bool:
        """Whether a query failed at a broken part: it may succeed after a repair."""
        return error.code in _BROKEN

    async def watch(self) -> None:
        """Repair each time that the disk was full and has room again; runs until cancelled."""
        mended_at = self._clock()
        while True:
            for _ in range(_LOOKS_BEFORE_REPAIR):
                is_full = await asyncio.to_thread(self._look_at_disk)
                await asyncio.sleep(_LOOK_EVERY_S)
            if self._full_at > mended_at and not is_full:
                # Else parts that nobody asks for meanwhile would lose what they were merged from.
                began = self._clock()
                with suppress(TimeoutError, QueryError):
                    await self._repair(0)
                    mended_at = began

    def insert(self, write: Callable[[], T]) -> T:
        """Have ``write`` insert, and see that what it wrote can be read. Blocks.

        Raises:
            QueryError: rows are not there: NOT_ENOUGH_SPACE when the disk is full.
        """
        began, since = self._clock(), int(time.time())
        self._look_at_disk()
        done = write()
        self._look_at_disk()
        if self._full_at >= began:
            self._check_inserted(since)
        if self._dropped_at >= began:
            raise QueryError(Code.NOT_ENOUGH_SPACE, "Cannot write all data: the disk is full")
        return done

    async def repair(self) -> None:
        """Open all tables anew, while no query runs; those that come meanwhile wait.

        Nothing is done within 30 s of the last time: many queries may meet one broken part, and
        some parts cannot be mended.

        Raises:
            TimeoutError: a query goes on for more than 10 s: nothing was done.
            QueryError: a table cannot be opened; the others are.
        """
        await self._repair(_SOONEST_AGAIN_S)

    async def _repair(self, least_s: float) -> None:
        async with self._gate.alone(_PATIENCE_S):
            if self._clock() - self._last < least_s:
                return
            self._last = self._clock()
            await asyncio.to_thread(self._reopen)

    def _look_at_disk(self) -> bool:
        """Whether the disk is full; when it was last is kept."""
        try:
            found = os.statvfs(self._engine.folder)
        except OSError:  # the folder is gone
            return False
        if found.f_bavail * found.f_frsize >= _LOW_BYTES:
            return False
        self._full_at = self._clock()
        return True

    def _check_inserted(self, since: int) -> None:
        session = self._engine.connect({"check_query_single_value_result": "1"})
        try:
            session.set({"param_since": str(since)})
            for line in session.run(_INSERTED, _LINES).data.splitlines():
                database, table, part = json.loads(line)
                session.set({**_named(database, table), "param_part": part})
                with suppress(QueryError):  # it was merged meanwhile, so it could be read
                    check = session.run(f"CHECK TABLE {_TABLE} PART {quoted(part)}", "TSV")
                    if check.data.strip() == b"0":
                        self._dropped_at = self._clock()  # before it is gone for another insert
                        session.run(f"ALTER TABLE {_TABLE} DROP PART {_PART}", "Null")
        finally:
            session.close()

    def _reopen(self) -> None:
        session = self._engine.connect({})
        failed: QueryError | None = None
        try:
            for line in session.run(_TABLES, _LINES).data.splitlines():
                database, table = json.loads(line)
                session.set(_named(database, table))
                try:
                    session.run(f"DETACH TABLE {_TABLE} SYNC", "Null")
                    session.run(f"ATTACH TABLE {_TABLE}", "Null")
                except QueryError as error:
                    failed = error
                    _log.error("table %s.%s was not opened anew: %s", database, table, error)
            found = session.run(_SET_ASIDE, _LINES).data.decode().splitlines()
        finally:
            session.close()
        _log.warning("opened the tables anew; broken parts set aside: %s", found or "none")
        if failed is not None:
            raise failed


def _named(database: str, table: str) -> dict[str, str]:
    return {"param_database": database, "param_table": table}
