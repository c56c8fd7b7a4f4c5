"""What the sink does with a batch that its tables refuse: the bad messages alone become letters."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import topics
from schemas.errors import RefusedError, RowsRefusedError, StoreRefusedError
from schemas.record import Outgoing, Record
from streams.letters import dead_letter
from streams.sink.columns import Row
from streams.sink.delivery import Delivery, prepare
from streams.sink.tables import MemoryTables
from streams.sink.writing import write
from tests.flow import inputs_of, noon

Refuses = Callable[[str, dict[str, object]], bool]


class ChoosyTables(MemoryTables):
    """Tables in memory that refuse an insert in which a row is not to their liking."""

    def __init__(self, refuses: Refuses, error: type[StoreRefusedError] = RowsRefusedError) -> None:
        super().__init__()
        self.inserts = 0
        self._refuses = refuses
        self._error = error

    async def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self.inserts += 1
        if any(self._refuses(table, dict(zip(columns, row, strict=True))) for row in rows):
            raise self._error(f"table {table} refuses a row (VIOLATED_CONSTRAINT, code 469)")
        await super().insert(table, columns, rows)

    def ids(self, table: str = "documents") -> list[str]:
        return sorted(str(row["document_id"]) for row in self.rows(table))


class Flow:
    """Extractions, made once: to make one takes the whole flow."""

    template: Record | None = None

    @classmethod
    async def extractions(cls, count: int, **fields: object) -> list[Record]:
        if cls.template is None:
            cls.template = (await inputs_of("d0"))["sink"]
        return [_of(cls.template, f"d{number}", number, fields) for number in range(count)]


def _of(template: Record, document_id: str, offset: int, fields: dict[str, object]) -> Record:
    content: dict[str, Any] = json.loads(template.value or b"")
    content["document"]["document_id"] = document_id
    content |= fields
    value = json.dumps(content).encode()
    return replace(template, key=document_id.encode(), value=value, offset=offset)


def named(*ids: str) -> Refuses:
    return lambda table, row: table == "documents" and row["document_id"] in ids


async def written(tables: MemoryTables, records: Sequence[Record]) -> tuple[Outgoing, ...]:
    return await write(records, prepare(records), Delivery(tables, noon))


def said(letter: Outgoing) -> tuple[str, str]:
    headers = dict(letter.headers)
    return (
        (headers[topics.LETTER_KIND] or b"").decode(),
        (headers[topics.LETTER_MESSAGE] or b"").decode(),
    )


@settings(deadline=None)
@given(bad=st.frozensets(st.integers(0, 29)))
async def test_exactly_the_messages_of_bad_rows_are_letters_and_all_others_are_rows(
    bad: frozenset[int],
) -> None:
    records = await Flow.extractions(30)
    tables = ChoosyTables(named(*(f"d{number}" for number in bad)))

    letters = await written(tables, records)

    assert [letter.key for letter in letters] == [records[one].key for one in sorted(bad)]
    assert [letter.value for letter in letters] == [records[one].value for one in sorted(bad)]
    assert tables.ids() == sorted(f"d{number}" for number in range(30) if number not in bad)


async def test_a_letter_names_table_and_code_and_says_what_to_do() -> None:
    letters = await written(ChoosyTables(named("d1")), await Flow.extractions(3))

    assert [said(letter) for letter in letters] == [
        (
            "row_refused",
            "table documents refuses a row (VIOLATED_CONSTRAINT, code 469): mend it, then redrive",
        )
    ]


async def test_what_the_checks_find_is_said_by_them_and_costs_no_bisecting() -> None:
    records = await Flow.extractions(8)
    content = json.loads(records[3].value or b"")
    content["events"][0]["confidence"] = "very"
    records[3] = replace(records[3], value=json.dumps(content).encode())

    def not_a_number(table: str, row: dict[str, object]) -> bool:
        return table == "documents" and "very" in row["events.confidence"]  # type: ignore[operator]

    tables = ChoosyTables(not_a_number)
    letters = await written(tables, records)

    assert [said(letter)[0] for letter in letters] == ["malformed"]
    assert len(tables.ids()) == 7
    assert tables.inserts == 3  # the run, all documents, those that pass the checks


async def test_a_batch_may_hold_messages_for_the_checks_and_for_the_tables_at_once() -> None:
    records = await Flow.extractions(8)
    records[2] = replace(records[2], value=b'{"schema_version": 1}')

    letters = await written(ChoosyTables(named("d5")), records)

    assert [(letter.key, said(letter)[0]) for letter in letters] == [
        (b"d2", "malformed"),
        (b"d5", "row_refused"),
    ]


async def test_a_run_that_its_table_refuses_takes_its_documents_with_it() -> None:
    records = await Flow.extractions(4)
    other = json.loads(records[1].value or b"")
    other["run"]["run_id"] = "other"
    records[1] = replace(records[1], value=json.dumps(other).encode())

    tables = ChoosyTables(lambda table, row: table == "runs" and row["run_id"] == "other")
    letters = await written(tables, records)

    assert [letter.key for letter in letters] == [b"d1"]
    assert tables.ids() == ["d0", "d2", "d3"]


async def test_what_nobody_knows_the_cause_of_leaves_the_batch_as_it_is() -> None:
    tables = ChoosyTables(named("d1"), StoreRefusedError)

    with pytest.raises(StoreRefusedError, match="refuses a row"):
        await written(tables, await Flow.extractions(8))

    assert tables.inserts == 2  # nothing is tried again


async def test_a_letter_that_its_table_refuses_stops_the_sink_and_is_no_letter_again() -> None:
    """It would be refused again, for ever."""
    (record,) = await Flow.extractions(1)
    letter = dead_letter("ner", record, RefusedError("empty", "text: empty"))
    refused = replace(record, topic=letter.topic, headers=letter.headers, partition=2, offset=9)
    tables = ChoosyTables(lambda table, _row: table == "dead_letters")

    with pytest.raises(StoreRefusedError, match=r"the dead letter at dead-letters 2:9 .*code 469"):
        await written(tables, [refused])
