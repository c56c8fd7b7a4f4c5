"""What every store of tables does: one suite, in memory and on a real ClickHouse engine."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

import pytest

from streams.sink import columns
from streams.sink.columns import Row
from streams.sink.tables import Tables
from tests.flow import ELSEWHERE

NOON = datetime(2024, 3, 5, 12, tzinfo=UTC)
TEXTS = {
    "unicode": "Ørsted kjøpte 東京電力 for 3 M€ 🎉; e\u0301, \u202eright to left\u202c, \ufeff",
    "control characters": "NUL \x00, escape \x1b[31m, bell \x07, tab \t, \r\n and \u2028",
    "quotes": "it's \"quoted\" \\N \\' `ticks` {id:String} %s",
    "huge": "東" * 349_525,  # with the 1 MiB of UTF-8 that a text may take
}


@dataclass(frozen=True)
class Letter:
    key: bytes | None
    value: bytes | None
    headers: list[tuple[bytes, bytes]]
    attempt: int


class Store(Protocol):
    """A store of tables that can be asked what is in it."""

    @property
    def tables(self) -> Tables:
        """Where rows are written."""
        ...

    async def current(self, document_id: str) -> list[dict[str, object]]:
        """The rows of `documents` that count now and are not deleted."""
        ...

    async def letters(self, letter_id: str) -> list[Letter]:
        """The rows of `dead_letters` that count now."""
        ...


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:12]}"


def document(document_id: str, version: int = 1, **changes: object) -> Row:
    """A row of `documents` with one event that has one argument."""
    values: dict[str, object] = {
        "run_id": "live", "document_id": document_id, "version": version, "revision": "r",
        "deleted": False, "status": "validated", "profile": "news", "language": "en",
        "title": "", "source": "", "published_at": None, "ingested_at": NOON,
        "completed_at": NOON, "text": "Acme won", "characters": 8, "prompt_tokens": None,
        "cached_tokens": 0, "completion_tokens": 7, "cost_usd": None,
        "source_topic": "documents.ingest", "source_partition": 0, "source_offset": ELSEWHERE,
        "replayed_from": "", "base_run_id": "", "attempt": 1,
    } | {column: [] for column in columns.DOCUMENTS if "." in column} | {
        "events.event_id": ["e"], "events.parent_event_id": [""], "events.salience": [0.5],
        "events.kind": ["award"], "events.trigger": ["won"], "events.span_start": [5],
        "events.span_end": [8], "events.mentions": [[(5, 8)]], "events.grounding": ["exact"],
        "events.summary": [""], "events.time_text": [""], "events.time_start": [None],
        "events.time_end": [None], "events.place": [""], "events.polarity": ["positive"],
        "events.confidence": [0.9],
        "arguments.event_id": ["e"], "arguments.argument_id": ["a"], "arguments.role": ["winner"],
        "arguments.text": ["Acme"], "arguments.span_start": [0], "arguments.span_end": [4],
        "arguments.grounding": ["exact"], "arguments.entity_id": [""],
    }  # fmt: skip
    values |= changes
    return tuple(values[column] for column in columns.DOCUMENTS)


def tombstone(document_id: str, version: int) -> Row:
    nested: dict[str, object] = {column: [] for column in columns.DOCUMENTS if "." in column}
    return document(document_id, version, deleted=True, text="", **nested)


def letter(
    letter_id: str,
    key: bytes | None = b"a",
    value: bytes | None = b"{}",
    attempt: int = 1,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    text_version: int = 1,
) -> Row:
    return (
        letter_id, "ner", "malformed", "not JSON at byte 0", "live", "a", "documents.ingest",
        0, ELSEWHERE, key, value, list(headers), attempt, NOON, None, text_version,
    )  # fmt: skip


class TablesBehaviour:
    """Derive from it and give a fixture ``store``."""

    async def insert(self, store: Store, *rows: Row) -> None:
        await store.tables.insert("documents", columns.DOCUMENTS, rows)

    async def test_an_insert_that_is_repeated_changes_nothing(self, store: Store) -> None:
        document_id = unique("repeated")
        rows = [document(document_id), document(document_id)]

        await self.insert(store, *rows)
        once = await store.current(document_id)
        await self.insert(store, *rows)

        assert len(once) == 1
        assert await store.current(document_id) == once

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=["in order", "out of order"])
    async def test_the_higher_version_counts_in_any_order(
        self, store: Store, order: tuple[int, int]
    ) -> None:
        document_id = unique("versions")
        beyond_64_bits = 2**100

        for version in order:
            await self.insert(
                store, document(document_id, beyond_64_bits + version, text=f"version {version}")
            )

        (row,) = await store.current(document_id)
        assert row["text"] == "version 2"
        assert row["version"] == beyond_64_bits + 2

    async def test_of_two_versions_in_one_insert_the_higher_counts(self, store: Store) -> None:
        document_id = unique("together")

        await self.insert(
            store, document(document_id, 2, text="new"), document(document_id, 1, text="old")
        )

        assert [row["text"] for row in await store.current(document_id)] == ["new"]

    async def test_a_new_version_replaces_all_events_of_the_old(self, store: Store) -> None:
        document_id = unique("events")
        nested: dict[str, object] = {column: [] for column in columns.DOCUMENTS if "." in column}

        await self.insert(store, document(document_id, 1))
        await self.insert(store, document(document_id, 2, **nested))

        (row,) = await store.current(document_id)
        assert row["events.event_id"] == []
        assert row["arguments.role"] == []

    async def test_a_tombstone_hides_the_document(self, store: Store) -> None:
        document_id = unique("deleted")

        await self.insert(store, document(document_id, 1))
        await self.insert(store, tombstone(document_id, 2))

        assert await store.current(document_id) == []

    async def test_a_text_that_comes_after_its_deletion_is_there(self, store: Store) -> None:
        document_id = unique("back")

        await self.insert(store, tombstone(document_id, 2))
        await self.insert(store, document(document_id, 3), document(document_id, 1))

        assert [row["version"] for row in await store.current(document_id)] == [3]

    async def test_documents_of_two_runs_stand_side_by_side(self, store: Store) -> None:
        document_id, run = unique("runs"), unique("run")

        await self.insert(
            store,
            document(document_id, 1),
            document(document_id, 9, run_id=run, text="of another run"),
        )

        texts = {row["run_id"]: row["text"] for row in await store.current(document_id)}
        assert texts == {"live": "Acme won", run: "of another run"}

    @pytest.mark.parametrize("status", ["validated", "review"])
    async def test_a_document_carries_its_status(self, store: Store, status: str) -> None:
        document_id = unique(status)

        await self.insert(store, document(document_id, status=status))

        assert [row["status"] for row in await store.current(document_id)] == [status]

    @pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
    async def test_text_comes_back_exactly(self, store: Store, text: str) -> None:
        document_id = unique("text")

        await self.insert(store, document(document_id, text=text, title=text))

        (row,) = await store.current(document_id)
        assert row["text"] == text
        assert row["title"] == text

    async def test_what_is_unknown_is_null_and_never_zero(self, store: Store) -> None:
        document_id = unique("null")

        await self.insert(store, document(document_id))

        (row,) = await store.current(document_id)
        assert row["prompt_tokens"] is None
        assert row["cached_tokens"] == 0
        assert row["cost_usd"] is None
        assert row["published_at"] is None
        assert row["events.time_start"] == [None]

    async def test_times_keep_their_milliseconds(self, store: Store) -> None:
        document_id = unique("times")
        early = datetime(1931, 1, 1, 23, 59, 59, 999_000, tzinfo=UTC)

        await self.insert(store, document(document_id, published_at=early))

        assert [row["published_at"] for row in await store.current(document_id)] == [early]

    async def test_bytes_of_a_letter_come_back_exactly(self, store: Store) -> None:
        letter_id = unique("letter")
        broken = bytes(range(256))

        await store.tables.insert(
            "dead_letters",
            columns.DEAD_LETTERS,
            [letter(letter_id, broken, broken[::-1], headers=((b"kept", b"\xff\x00"),))],
        )

        (found,) = await store.letters(letter_id)
        assert found == Letter(broken, broken[::-1], [(b"kept", b"\xff\x00")], 1)

    async def test_a_letter_of_a_record_without_key_and_value_has_none(self, store: Store) -> None:
        letter_id, other = unique("letter"), unique("letter")

        await store.tables.insert(
            "dead_letters",
            columns.DEAD_LETTERS,
            [letter(letter_id, None, None), letter(other, b"", b"")],
        )

        assert [(one.key, one.value) for one in await store.letters(letter_id)] == [(None, None)]
        assert [(one.key, one.value) for one in await store.letters(other)] == [(b"", b"")]

    async def test_the_newest_attempt_of_a_letter_counts(self, store: Store) -> None:
        letter_id = unique("letter")

        for attempt in (2, 1):
            await store.tables.insert(
                "dead_letters", columns.DEAD_LETTERS, [letter(letter_id, attempt=attempt)]
            )

        assert [one.attempt for one in await store.letters(letter_id)] == [2]

    async def test_runs_that_were_written_are_known(self, store: Store) -> None:
        run = unique("run")

        for _ in range(2):
            await store.tables.insert("runs", columns.RUNS, [(run, "{}", NOON)])

        assert list(await store.tables.run_ids()).count(run) == 1

    async def test_letters_are_known_as_redriven_with_the_attempt_that_was(
        self, store: Store
    ) -> None:
        marked, plain, failed_again = unique("marked"), unique("plain"), unique("failed")
        rows = [letter(marked), letter(plain), letter(failed_again)]
        sent_on = [(*row[:-2], NOON, row[-1]) for row in (rows[0], rows[2])]

        for some in (rows, sent_on, [letter(failed_again, attempt=2)]):
            await store.tables.insert("dead_letters", columns.DEAD_LETTERS, some)

        found = await store.tables.redriven([marked, plain, failed_again])
        assert list(found) == [(marked, 1)]
