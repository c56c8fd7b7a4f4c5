"""A dead letter holds the refused record untouched, and says why."""

from dataclasses import replace

import pytest

from schemas import topics
from schemas.errors import RefusedError
from schemas.ids import letter_id
from schemas.record import Headers, Record
from streams.letters import dead_letter, original_headers
from streams.sink.rows import letter_row

RECORD = Record(
    "documents.ingest", 3, 42, 1_700_000_000_000, b"doc-1", b"\xff\xfe", (("x", b"1"), ("x", b"2"))
)
ERROR = RefusedError("bad_encoding", "not utf-8 at byte 0")


def test_key_value_and_headers_stay_as_they_were() -> None:
    letter = dead_letter("ner", RECORD, ERROR)
    assert letter.topic == "dead-letters"
    assert (letter.key, letter.value) == (RECORD.key, RECORD.value)
    assert original_headers(letter.headers) == RECORD.headers


def test_its_id_comes_from_where_the_record_lay() -> None:
    letter = dead_letter("ner", RECORD, ERROR)
    assert dict(letter.headers)[topics.LETTER_ID] == letter_id("documents.ingest", 3, 42).encode()


def test_a_redriven_letter_keeps_its_first_id() -> None:
    first = dead_letter("ner", RECORD, ERROR)
    identity = dict(first.headers)[topics.LETTER_ID]
    redriven = Record(
        "documents.ingest", 1, 99, 1_700_000_000_001, RECORD.key, RECORD.value,
        (*RECORD.headers, (topics.LETTER_ID, identity)),
    )  # fmt: skip

    second = dead_letter("ner", redriven, ERROR)

    assert [value for name, value in second.headers if name == topics.LETTER_ID] == [identity]
    assert dict(second.headers)[topics.LETTER_OFFSET] == b"99"


def test_its_row_names_stage_kind_reason_and_place() -> None:
    letter = dead_letter("ner", RECORD, ERROR)
    row = letter_row(
        Record("dead-letters", 0, 0, 1_700_000_000_500, letter.key, letter.value, letter.headers)
    )
    assert row[1:11] == (
        "ner", "bad_encoding", "not utf-8 at byte 0", "", "doc-1",
        "documents.ingest", 3, 42, b"doc-1", b"\xff\xfe",
    )  # fmt: skip
    assert row[11] == [(b"x", b"1"), (b"x", b"2")]


def test_a_long_reason_is_cut() -> None:
    letter = dead_letter("ner", RECORD, RefusedError("malformed", "x" * 10_000))
    assert len(dict(letter.headers)[topics.LETTER_MESSAGE] or b"") == 2_000


def test_what_it_adds_is_small_however_large_a_key_and_headers_are() -> None:
    headers: Headers = ((topics.HEADER_RUN, b"\xff" * 100_000), (topics.LETTER_ID, b"x" * 100_000))
    record = replace(RECORD, key=b"\xff" * 100_000, headers=headers)

    letter = dead_letter("ner", record, ERROR)

    added = [one for one in letter.headers if one not in headers]
    assert sum(len(value or b"") for _, value in added) < 10_000
    assert letter.key == record.key


@pytest.mark.parametrize("attempt", [b"9" * 5_000, b"4294967296", b"-1", b"", None])
def test_a_row_is_made_whatever_the_attempt_of_the_refused_record(attempt: bytes | None) -> None:
    record = replace(RECORD, headers=((topics.HEADER_ATTEMPT, attempt),))
    letter = dead_letter("ner", record, ERROR)

    row = letter_row(
        Record("dead-letters", 0, 0, 1_700_000_000_500, letter.key, letter.value, letter.headers)
    )

    assert row[12] == 1
