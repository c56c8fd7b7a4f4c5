"""What the command asks of the tables, on a real ClickHouse engine and a database of its own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from infra.clickhouse import queries
from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import migrate
from millrace.settings import Settings
from schemas.errors import RefusedError
from schemas.record import Record
from streams.letters import dead_letter
from streams.sink import columns
from streams.sink.columns import Row
from streams.sink.rows import letter_row
from tests.flow import inputs_of
from tests.streams.tables_behaviour import document, letter, tombstone, unique

pytestmark = pytest.mark.integration


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    server = ClickHouse(settings.clickhouse_url, unique("queries").replace("-", "_"))
    migrate(server)
    client = Client(server)
    yield client
    client.command(f"DROP DATABASE {server.database} SYNC")
    client.close()


def from_offset(document_id: str, offset: int, **changes: object) -> Row:
    return document(document_id, offset, source_offset=offset, source_partition=1, **changes)


class TestOutcomes:
    def test_it_counts_what_became_of_the_records_in_the_ranges(self, client: Client) -> None:
        rows = [
            from_offset("before", 9),
            from_offset("first", 10),
            from_offset("second", 11, status="review"),
            from_offset("last", 19),
            from_offset("after", 20),
            document("elsewhere", source_partition=2, source_offset=15),
        ]
        client.insert("documents", columns.DOCUMENTS, rows)

        found = queries.outcomes(client, {1: (10, 20)})

        assert found == queries.Outcomes(validated=2, review=1, dead_lettered=0)

    def test_a_text_that_was_replaced_or_deleted_counts_as_neither(self, client: Client) -> None:
        rows = [from_offset("again", 10), from_offset("again", 11), tombstone("gone", 12)]
        client.insert("documents", columns.DOCUMENTS, rows)

        assert queries.outcomes(client, {1: (10, 20)}).validated == 1

    def test_letters_of_the_first_stage_are_found_by_their_place(self, client: Client) -> None:
        here, there = list(letter("here", b"a", b"\xff")), list(letter("there"))
        place = columns.DEAD_LETTERS.index("source_offset")
        here[place], there[place] = 10, 20
        client.insert("dead_letters", columns.DEAD_LETTERS, [tuple(here), tuple(there)])

        assert queries.outcomes(client, {0: (10, 20)}).dead_lettered == 1

    async def test_letters_of_later_stages_are_found_by_their_origin(self, client: Client) -> None:
        """One document, refused twice: the stage before repeated its message after a crash."""
        work = (await inputs_of("late"))["validation"]
        origin = json.loads(work.value or b"")["origin"]
        letters = [refused(replace(work, offset=offset)) for offset in (700, 701)]
        client.insert("dead_letters", columns.DEAD_LETTERS, letters)

        partition, offset = origin["source_partition"], origin["source_offset"]
        found = queries.outcomes(client, {partition: (offset, offset + 1)})

        assert found == queries.Outcomes(validated=0, review=0, dead_lettered=1)
        assert queries.outcomes(client, {partition: (700, 702)}).dead_lettered == 0

    def test_of_no_records_nothing_became(self, client: Client) -> None:
        client.insert("documents", columns.DOCUMENTS, [document("a")])

        assert queries.outcomes(client, {}) == queries.Outcomes(0, 0, 0)


def refused(record: Record) -> Row:
    """The row of the letter for a record that validation refused."""
    written = dead_letter("validation", record, RefusedError("empty", "asked for"))
    return letter_row(
        Record(
            written.topic, 0, 0, record.timestamp_ms, written.key, written.value, written.headers
        )
    )


class TestDocument:
    def test_it_has_its_events_and_all_that_belongs_to_them(self, client: Client) -> None:
        client.insert("documents", columns.DOCUMENTS, [document("a")])

        found = queries.document(client, "a")

        assert found is not None
        assert found["text"] == "Acme won"
        assert found["observed_at"] == datetime(2024, 3, 5, 12, tzinfo=UTC)
        assert [(one["kind"], one["mentions"]) for one in found["events"]] == [("award", [(5, 8)])]
        assert [one["text"] for one in found["arguments"]] == ["Acme"]
        assert found["entities"] == found["relationships"] == found["findings"] == []

    def test_events_stand_in_the_order_of_the_text(self, client: Client) -> None:
        second = {"events.event_id": ["b", "a"], "events.span_start": [90, 5]}
        nested = {
            name: value * 2
            for name, value in zip(columns.DOCUMENTS, document("a"), strict=True)
            if name.startswith("events.") and isinstance(value, list)
        }
        client.insert("documents", columns.DOCUMENTS, [document("a", 1, **(nested | second))])

        found = queries.document(client, "a")

        assert found is not None
        assert [one["event_id"] for one in found["events"]] == ["a", "b"]

    def test_a_deleted_one_is_not_there(self, client: Client) -> None:
        client.insert("documents", columns.DOCUMENTS, [document("a", 1)])
        client.insert("documents", columns.DOCUMENTS, [tombstone("a", 2)])

        assert queries.document(client, "a") is None

    @pytest.mark.parametrize("document_id", ["it's", "{id:String}", "\\", "東京", "a\tb"])
    def test_any_id_is_found(self, client: Client, document_id: str) -> None:
        client.insert("documents", columns.DOCUMENTS, [document(document_id)])

        found = queries.document(client, document_id)

        assert found is not None
        assert found["document_id"] == document_id


def test_an_overview_has_each_event_with_who_takes_part(client: Client) -> None:
    client.insert("documents", columns.DOCUMENTS, [document("b"), document("a"), document("c")])

    rows = queries.event_table(client, ["a", "b"])

    assert [row["document_id"] for row in rows] == ["a", "b"]
    assert [row["participants"] for row in rows] == [[("winner", "Acme")]] * 2
    assert queries.present(client, ["a", "b", "nowhere"]) == 2


def test_letters_that_name_a_document_are_found_without_their_contents(client: Client) -> None:
    client.insert("dead_letters", columns.DEAD_LETTERS, [letter("one", value=b"secret")])

    (found,) = queries.letters(client, "a")

    assert (found["letter_id"], found["stage"], found["kind"]) == ("one", "ner", "malformed")
    assert "secret" not in str(found)
