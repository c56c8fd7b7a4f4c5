"""From a batch to rows: what is written once, what again."""

from datetime import UTC, datetime, timedelta

from streams.sink import columns
from streams.sink.delivery import Delivery, prepare
from streams.sink.rows import Rows
from streams.sink.tables import MemoryTables
from tests.flow import inputs_of, noon
from tests.streams.tables_behaviour import letter


async def test_a_run_stays_as_it_was_first_written_whoever_writes_later() -> None:
    tables = MemoryTables()
    rows = prepare([(await inputs_of("d"))["sink"]]).rows
    later = noon() + timedelta(days=1)

    await Delivery(tables, noon).deliver(rows)
    await Delivery(tables, lambda: later).deliver(rows)

    assert [row["created_at"] for row in tables.rows("runs")] == [noon()]


async def test_a_batch_delivered_twice_leaves_the_rows_as_they_were() -> None:
    tables = MemoryTables()
    rows = prepare([(await inputs_of("d"))["sink"]]).rows
    delivery = Delivery(tables, lambda: datetime(2024, 1, 1, tzinfo=UTC))

    await delivery.deliver(rows)
    before = tables.rows("documents")
    await delivery.deliver(rows)

    assert tables.rows("documents") == before
    assert len(before) == 1


async def test_a_letter_that_was_redriven_since_is_not_written_again() -> None:
    tables, rows = MemoryTables(), Rows()
    rows.dead_letters += [letter("sent on"), letter("waits")]
    delivery = Delivery(tables, noon)
    await delivery.deliver(rows)
    sent_on = (*letter("sent on")[:-2], noon(), 1)
    await tables.insert("dead_letters", columns.DEAD_LETTERS, [sent_on])

    await delivery.deliver(rows)

    redriven = {row["letter_id"]: row["redriven_at"] for row in tables.rows("dead_letters")}
    assert redriven == {"sent on": noon(), "waits": None}
