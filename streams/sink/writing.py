"""A batch into the tables, whatever they refuse of it."""

import asyncio
from collections.abc import Sequence

from schemas import topics
from schemas.errors import RefusedError, RowsRefusedError, StoreRefusedError
from schemas.record import Outgoing, Record
from streams.letters import dead_letter
from streams.sink.bisecting import refused_of
from streams.sink.delivery import STAGE, Delivery, Prepared, prepare
from streams.sink.rows import Rows

Letters = tuple[Outgoing, ...]


async def write(records: Sequence[Record], prepared: Prepared, delivery: Delivery) -> Letters:
    """Write a batch; give the letters for what could not be written, which are not sent yet.

    In this order:

    1. all rows at once;
    2. if they are refused, its messages are read once more with all checks: those at fault become
       letters, the rest is written;
    3. if a row is to blame all the same, it is found by halving the batch, its message becomes a
       letter, and all others are written.

    Args:
        records: the batch.
        prepared: what ``prepare`` made of it.
        delivery: writes rows, and waits while the tables are away.

    Raises:
        StoreRefusedError: no message is to blame, or a letter is: nothing of it may be committed.
    """
    try:
        await delivery.deliver(prepared.rows)
    except StoreRefusedError as error:
        return await _write_checked(records, prepared, delivery, error)
    return prepared.letters


async def _write_checked(
    records: Sequence[Record], prepared: Prepared, delivery: Delivery, error: StoreRefusedError
) -> Letters:
    checked = await asyncio.to_thread(prepare, records, checked=True)
    if len(checked.letters) > len(prepared.letters):
        try:
            await delivery.deliver(checked.rows)
        except StoreRefusedError as again:
            error = again
        else:
            return checked.letters
    if not isinstance(error, RowsRefusedError):
        raise error  # no message is to blame
    return (*checked.letters, *await _write_all_but_refused(records, delivery))


async def _write_all_but_refused(records: Sequence[Record], delivery: Delivery) -> Letters:
    """Write what the tables take, the rows of a message together; give letters for the rest."""
    each = await asyncio.to_thread(_rows_of_each, records)

    async def insert(some: Sequence[tuple[Record, Rows]]) -> None:
        await delivery.deliver(Rows.joined(rows for _, rows in some))

    refused = await refused_of(each, insert)
    for (record, _), error in refused:
        if record.topic == topics.DEAD_LETTERS:
            # A letter of a letter would hold the same bytes, and be refused as well.
            raise StoreRefusedError(
                f"the dead letter at {record.topic} {record.partition}:{record.offset} cannot be "
                f"written: {error}; see what the table does not take of it"
            )
    return tuple(
        dead_letter(STAGE, record, RefusedError("row_refused", f"{error}: mend it, then redrive"))
        for (record, _), error in refused
    )


def _rows_of_each(records: Sequence[Record]) -> list[tuple[Record, Rows]]:
    """The messages that become rows, each with its own."""
    each = [(record, prepare([record], checked=True)) for record in records]
    return [(record, prepared.rows) for record, prepared in each if not prepared.letters]
