"""Bad input through every stage, without a broker: each record ends as a row or as one letter."""

import logging
from collections import Counter
from collections.abc import Iterable

import pytest

from schemas import topics
from schemas.record import Outgoing, Record
from streams.letters import original_headers
from streams.memory import MemoryFlow
from tests.bad_input import corpus, generated
from tests.bad_input.accounting import Place, odd_messages, place, text_header
from tests.flow import ingest_json, memory_flow


async def flow_of(records: Iterable[Outgoing]) -> MemoryFlow:
    flow = memory_flow()
    for number, record in enumerate(records):
        flow.log.append(record)
        if number % 20 == 0:
            flow.log.append(ingest_json(f"good-{number}"))
    await flow.run()
    return flow


def letters(flow: MemoryFlow) -> list[Record]:
    return flow.log.records[topics.DEAD_LETTERS]


def reasons(flow: MemoryFlow) -> set[tuple[str, str]]:
    return {
        (text_header(one, topics.LETTER_KIND), text_header(one, topics.LETTER_MESSAGE))
        for one in letters(flow)
    }


def assert_all_are_accounted_for(flow: MemoryFlow) -> None:
    """Each ingested record is one row or one letter, unless a newer one of its id replaced it."""
    ingested = {(one.partition, one.offset): one for one in flow.log.records["documents.ingest"]}
    rows = flow.tables.rows("documents")
    ended: Counter[Place] = Counter(map(place, letters(flow)))
    ended.update((row["source_partition"], row["source_offset"]) for row in rows)  # type: ignore[misc]
    assert {at: count for at, count in ended.items() if count != 1} == {}
    assert [ingested[at].key for at in ingested.keys() - ended.keys()] == []
    assert len(flow.tables.rows("dead_letters")) == len(letters(flow))
    good = {one.key for one in ingested.values() if (one.key or b"").startswith(b"good-")}
    arrived = {str(row["document_id"]).encode() for row in rows if row["events.event_id"]}
    assert good <= arrived


def assert_letters_hold_what_was_refused(flow: MemoryFlow) -> None:
    ingested = {(one.partition, one.offset): one for one in flow.log.records["documents.ingest"]}
    for letter in letters(flow):
        if text_header(letter, topics.LETTER_TOPIC) == topics.DOCUMENTS_INGEST:
            record = ingested[place(letter)]
            assert (letter.key, letter.value) == (record.key, record.value)
            assert original_headers(letter.headers) == record.headers


async def test_generated_records(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    flow = await flow_of(generated.generated())
    assert_all_are_accounted_for(flow)
    assert_letters_hold_what_was_refused(flow)
    assert odd_messages(reasons(flow)) == []
    assert generated.CANARY not in caplog.text
    assert {kind for kind, _ in reasons(flow)} >= {
        "bad_encoding", "bad_header", "bad_key", "empty", "malformed", "too_large",
        "unknown_content_type", "unknown_profile", "unknown_run",
    }  # fmt: skip


async def test_files_under_every_content_type() -> None:
    corpus.require_corpus()
    flow = await flow_of(corpus.file_records())
    assert_all_are_accounted_for(flow)
    assert_letters_hold_what_was_refused(flow)
    assert odd_messages(reasons(flow)) == []


async def test_strings_in_every_field() -> None:
    corpus.require_corpus()
    flow = await flow_of(corpus.string_records())
    assert_letters_hold_what_was_refused(flow)
    assert odd_messages(reasons(flow)) == []


async def test_json_that_is_valid_is_refused_only_for_what_it_says() -> None:
    corpus.require_corpus()
    flow = memory_flow()
    cases = sorted(corpus.JSON_CASES.glob("*.json"))
    for case in cases:
        flow.log.append(corpus.record(case.name, case.read_bytes(), b"application/json"))
    await flow.run()
    found = {(one.key or b"").decode(): one for one in letters(flow)}
    syntax = [
        name
        for name, letter in found.items()
        if name.startswith("y_") and "not JSON" in text_header(letter, topics.LETTER_MESSAGE)
    ]
    assert syntax == []
    assert [one.name for one in cases if one.name.startswith("n_") and one.name not in found] == []


def test_the_same_seed_gives_the_same_records() -> None:
    assert list(generated.generated(50)) == list(generated.generated(50))
    assert sum(1 for _ in generated.generated()) == generated.COUNT
