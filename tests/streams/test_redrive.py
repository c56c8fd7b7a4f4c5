"""A redriven record takes the way and the place that it would have had at first."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from processors.annotation import annotate
from schemas import topics
from schemas.errors import RefusedError
from schemas.extraction import Deletion
from schemas.ids import letter_id
from schemas.letter import Letter, Place, first_place
from schemas.record import Outgoing, Record
from schemas.version import document_version
from schemas.work import Work
from streams.letter_texts import text_version
from streams.letters import dead_letter, original_headers
from streams.memory import MemoryFlow
from streams.redrive import batch_size, redriven
from streams.replay.candidate import Order, Reading
from streams.replay.source import source_of
from streams.sink import columns
from streams.sink.rows import letter_row
from streams.topology import read_work
from tests.flow import as_outgoing, context, ingest_json, inputs_of, memory_flow

PLACE = Place("documents.ingest", 3, 42, 1_700_000_000_000)
LETTER = Letter(
    letter_id=letter_id("documents.ingest", 3, 42),
    attempt=1,
    stage="ner",
    kind="unknown_profile",
    message="profile: not known here",
    run_id="",
    document_id="a",
    place=PLACE,
    key=b"\xffkey",
    value=b"\xff\x00\xfe",
    headers=(("x", b"\xff"), ("x", None), ("millrace-attempt", b"1"), ("y", b"")),
    failed_at=datetime(2024, 3, 5, tzinfo=UTC),
    redriven_at=None,
    text_version=0,
)


def letters_of(flow: MemoryFlow) -> list[Letter]:
    """The letters of a flow as the tables have them."""
    found = []
    for row in flow.tables.rows("dead_letters"):
        place = Place(
            str(row["source_topic"]),
            int(str(row["source_partition"])),
            int(str(row["source_offset"])),
            int(str(row["text_version"])) >> 84,
        )
        found.append(
            Letter(
                str(row["letter_id"]), int(str(row["attempt"])), str(row["stage"]),
                str(row["kind"]), str(row["message"]), str(row["run_id"]),
                str(row["document_id"]), place, row["key"], row["value"],  # type: ignore[arg-type]
                tuple((name.decode(), value) for name, value in row["headers"]),  # type: ignore[attr-defined]
                row["failed_at"], None, int(str(row["text_version"])),  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return found


def row_of(letter: Outgoing, offset: int = 0) -> dict[str, object]:
    record = Record(
        letter.topic, 0, offset, 1_700_000_009_000, letter.key, letter.value, letter.headers
    )
    return dict(zip(columns.DEAD_LETTERS, letter_row(record), strict=True))


def lying(outgoing: Outgoing, offset: int = 99, timestamp_ms: int = 1_700_000_500_000) -> Record:
    return Record(
        outgoing.topic, 1, offset, timestamp_ms, outgoing.key, outgoing.value, outgoing.headers
    )


class TestTheRecord:
    def test_its_bytes_and_headers_are_those_that_were_refused(self) -> None:
        sent = redriven(LETTER)

        assert (sent.topic, sent.key, sent.value) == ("documents.ingest", b"\xffkey", LETTER.value)
        kept = original_headers(sent.headers)
        assert kept == (("x", b"\xff"), ("x", None), ("y", b""), ("millrace-attempt", b"2"))

    def test_it_carries_the_letters_id_and_first_place(self) -> None:
        record = lying(redriven(LETTER))

        assert record.header(topics.LETTER_ID) == LETTER.letter_id.encode()
        assert first_place(record) == PLACE

    def test_refused_again_it_is_the_same_letter_one_attempt_later(self) -> None:
        again = dead_letter("ner", lying(redriven(LETTER)), RefusedError("empty", "text: empty"))

        row = row_of(again)

        assert (row["letter_id"], row["attempt"]) == (LETTER.letter_id, 2)
        assert (row["source_partition"], row["source_offset"]) == (3, 42)
        assert original_headers(again.headers)[:2] == LETTER.headers[:2]

    def test_sent_twice_and_refused_it_is_one_row(self) -> None:
        first, second = (
            dead_letter("ner", lying(redriven(LETTER), offset), RefusedError("empty", "no"))
            for offset in (99, 100)
        )

        assert row_of(first) == row_of(second)

    @pytest.mark.parametrize(
        ("rate", "size"), [(None, 100), (5, 1), (0.1, 1), (100, 10), (10**6, 100)]
    )
    def test_slow_sending_takes_small_batches(self, rate: float | None, size: int) -> None:
        assert batch_size(rate) == size

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            (topics.LETTER_PARTITION, b"-1"),
            (topics.LETTER_OFFSET, b"9" * 400),
            (topics.LETTER_OFFSET, str(1 << 36).encode()),
            (topics.LETTER_TIMESTAMP, b"\xff"),
            (topics.LETTER_TIMESTAMP, None),
            (topics.LETTER_TOPIC, b"extraction.detail"),
        ],
    )
    def test_headers_that_say_no_place_are_not_believed(
        self, name: str, value: bytes | None
    ) -> None:
        sent = redriven(LETTER)
        forged = tuple((one, value if one == name else said) for one, said in sent.headers)

        record = lying(replace(sent, headers=forged))

        assert first_place(record) == Place(record.topic, 1, 99, record.timestamp_ms)


class TestIngestedAgain:
    async def test_the_document_has_the_place_of_its_first_ingestion(self) -> None:
        flow = memory_flow()
        refused = flow.log.append(ingest_json("a", profile="later"))
        await flow.run()
        (letter,) = letters_of(flow)
        mended = replace(letter, value=ingest_json("a").value)
        flow.log.append(redriven(mended))

        await flow.run()

        (row,) = flow.tables.rows("documents")
        assert (row["source_offset"], row["attempt"]) == (refused.offset, 2)
        ingested_at = row["ingested_at"]
        assert isinstance(ingested_at, datetime)
        assert ingested_at.timestamp() * 1000 == refused.timestamp_ms

    async def test_it_does_not_replace_a_text_that_came_later(self) -> None:
        flow = memory_flow()
        flow.log.append(ingest_json("a", profile="later"))
        flow.log.append(ingest_json("a", "Acme bought Widget Ltd."))
        await flow.run()
        (letter,) = letters_of(flow)
        flow.log.append(redriven(replace(letter, value=ingest_json("a", "Too old.").value)))

        await flow.run()

        (row,) = flow.tables.rows("documents")
        assert row["text"] == "Acme bought Widget Ltd."

    async def test_twice_it_is_the_same_row(self) -> None:
        flow = memory_flow()
        flow.log.append(ingest_json("a", profile="later"))
        await flow.run()
        (letter,) = letters_of(flow)
        rows = []
        for _ in range(2):
            flow.log.append(redriven(replace(letter, value=ingest_json("a").value)))
            await flow.run()
            (row,) = flow.tables.rows("documents")
            rows.append({name: row[name] for name in row if name != "completed_at"})

        assert rows[0] == rows[1]

    def test_a_deletion_is_as_old_as_it_was(self) -> None:
        record = lying(redriven(replace(LETTER, key=b"a", value=None, headers=())))

        deletion = annotate(record, context().annotation).message

        assert isinstance(deletion, Deletion)
        assert deletion.version >> 48 == PLACE.timestamp_ms << 36 | PLACE.offset

    def test_a_replay_takes_it_for_the_text_of_its_first_ingestion(self) -> None:
        record = lying(redriven(replace(LETTER, key=b"a", value=ingest_json("a").value)))
        source = source_of("documents.ingest", tuple(memory_flow().stages.values()))

        found = Reading(source, context().annotation).candidate(record)

        assert found.order == Order(PLACE.timestamp_ms, PLACE.offset)


class TestLaterTopics:
    async def test_the_raised_attempt_counts_in_the_message(self) -> None:
        record = (await inputs_of("a"))["detail"]
        work = read_work(record)
        raised = (*record.headers, (topics.HEADER_ATTEMPT, b"3"))

        again = read_work(replace(record, headers=raised))

        assert again == work.model_copy(
            update={"origin": work.origin.model_copy(update={"attempt": 3})}
        )

    @pytest.mark.parametrize("attempt", [b"0", b"-1", b"9" * 30, b"", None, b"1"])
    async def test_another_header_changes_nothing(self, attempt: bytes | None) -> None:
        record = (await inputs_of("a"))["detail"]
        odd = replace(record, headers=(*record.headers, (topics.HEADER_ATTEMPT, attempt)))

        assert read_work(odd) == read_work(record)

    @pytest.mark.parametrize("stage", ["summary", "inference", "detail", "validation", "sink"])
    async def test_from_any_stage_the_row_has_it_and_all_else_as_before(self, stage: str) -> None:
        flow = memory_flow()
        flow.log.append(ingest_json("a"))
        await flow.run()
        (before,) = flow.tables.rows("documents")
        record = next(one for topic in flow.stages[stage].reads for one in flow.log.records[topic])
        letter = row_of(dead_letter(stage, record, RefusedError("unexpected", "asked for")))
        kept = as_outgoing(record)
        headers = (
            *(one for one in kept.headers if one[0] != topics.HEADER_ATTEMPT),
            (topics.HEADER_ATTEMPT, b"2"),
            (topics.LETTER_ID, str(letter["letter_id"]).encode()),
        )
        flow.log.append(replace(kept, headers=headers))

        await flow.run()

        (after,) = flow.tables.rows("documents")
        assert after["attempt"] == 2
        assert {name: after[name] for name in after if name not in ("attempt", "completed_at")} == {
            name: before[name] for name in before if name not in ("attempt", "completed_at")
        }

    async def test_its_letters_id_goes_on_with_it_but_not_its_place(self) -> None:
        flow = memory_flow()
        flow.log.append(redriven(replace(LETTER, key=b"a", value=ingest_json("a").value)))
        await flow.run()

        record = flow.log.records["extraction.relationship"][0]

        assert record.header(topics.LETTER_ID) == LETTER.letter_id.encode()
        assert record.header(topics.LETTER_OFFSET) is None
        letter = row_of(dead_letter("validation", record, RefusedError("unexpected", "no")))
        assert (letter["letter_id"], letter["attempt"]) == (LETTER.letter_id, 2)
        assert (letter["source_topic"], letter["source_offset"]) == (record.topic, record.offset)


class TestWhichText:
    """The version of a letter's text is that of the row which it would have become."""

    async def test_of_an_ingested_record(self) -> None:
        flow = memory_flow()
        flow.log.append(ingest_json("a", profile="later"))
        flow.log.append(ingest_json("b"))
        await flow.run()
        record = flow.log.records["documents.ingest"][0]
        (letter,) = letters_of(flow)

        assert letter.text_version >> 84 == record.timestamp_ms
        assert letter.text_version >> 48 & ((1 << 36) - 1) == record.offset

    async def test_of_a_later_message_it_is_in_its_value(self) -> None:
        inputs = await inputs_of("a")
        work = Work.from_json(inputs["validation"].value or b"")
        letter = dead_letter("validation", inputs["validation"], RefusedError("unexpected", "no"))
        origin = work.origin

        assert row_of(letter)["text_version"] == document_version(
            origin.ingested_at, origin.source_offset, 0, "0"
        )

    @pytest.mark.parametrize(
        ("topic", "value"),
        [("extraction.detail", b"\xff"), ("extraction.detail", None), ("extraction.detail", b"[]"),
         ("documents.ingest", b"{}")],
    )  # fmt: skip
    def test_of_one_that_does_not_tell_it_is_the_letters_time(
        self, topic: str, value: bytes | None
    ) -> None:
        letter = Record(topics.DEAD_LETTERS, 0, 5, 1_700_000_000_123, b"a", value)

        assert text_version(letter, topic) == 1_700_000_000_123 << 84
