"""What every stage does, wherever it runs: one suite, on the log in memory and on Kafka."""

from typing import Protocol
from uuid import uuid4

import pytest

from schemas import topics
from schemas.record import Outgoing, Record
from schemas.work import Work
from tests.flow import as_outgoing, inputs_of

STAGES = ("ner", "summary", "inference", "detail", "relationship", "validation", "sink")
WRITING = STAGES[:-1]


class Harness(Protocol):
    """A place where stages run."""

    async def through(self, stage: str, *records: Outgoing) -> list[Record]:
        """What the stage wrote because of ``records``, but for records of calls."""
        ...

    async def rows(self, table: str, document_id: str) -> list[dict[str, object]]:
        """The rows of a document as they count now."""
        ...


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:12]}"


def without_times(record: Record) -> bytes:
    """A record's value without what the clock decides."""
    work = Work.from_json(record.value or b"")
    completions = tuple(one.model_copy(update={"attempts": ()}) for one in work.completions)
    return work.model_copy(update={"stage_times": (), "completions": completions}).to_json()


class StageBehaviour:
    """Derive from it and give a fixture ``harness``."""

    @pytest.mark.parametrize("stage", WRITING)
    async def test_one_message_in_is_one_message_out_under_the_documents_key(
        self, harness: Harness, stage: str
    ) -> None:
        document_id = unique(stage)
        given = (await inputs_of(document_id))[stage]

        written = await harness.through(stage, as_outgoing(given))

        assert [record.key for record in written] == [document_id.encode()]
        assert written[0].topic != topics.DEAD_LETTERS

    @pytest.mark.parametrize("stage", WRITING[1:-1])
    async def test_the_same_input_twice_gives_the_same_message(
        self, harness: Harness, stage: str
    ) -> None:
        given = as_outgoing((await inputs_of(unique(stage)))[stage])

        first, second = await harness.through(stage, given, given)

        assert first.topic == second.topic
        assert without_times(first) == without_times(second)

    async def test_the_same_extraction_twice_is_one_row(self, harness: Harness) -> None:
        document_id = unique("twice")
        given = as_outgoing((await inputs_of(document_id))["sink"])

        await harness.through("sink", given, given)

        rows = await harness.rows("documents", document_id)
        assert [row["document_id"] for row in rows] == [document_id]

    @pytest.mark.parametrize("stage", STAGES)
    async def test_bad_input_is_dead_lettered_untouched_and_the_flow_goes_on(
        self, harness: Harness, stage: str
    ) -> None:
        document_id = unique(stage)
        good = as_outgoing((await inputs_of(document_id))[stage])
        bad = Outgoing(good.topic, b"bad-key", b'{"not": "what it', (("kept", b"\xff\x00"),))

        written = await harness.through(stage, bad, good)

        letters = [record for record in written if record.topic == topics.DEAD_LETTERS]
        assert [(letter.key, letter.value) for letter in letters] == [(bad.key, bad.value)]
        assert letters[0].header("kept") == b"\xff\x00"
        assert letters[0].header(topics.LETTER_STAGE) == stage.encode()
        assert letters[0].header(topics.LETTER_TOPIC) == good.topic.encode()
        assert letters[0].header(topics.LETTER_KIND) == b"malformed"
        others = [record for record in written if record.topic != topics.DEAD_LETTERS]
        assert len(others) == (0 if stage == "sink" else 1)
        if stage == "sink":
            assert len(await harness.rows("documents", document_id)) == 1

    @pytest.mark.parametrize("stage", STAGES[1:])
    async def test_a_message_of_a_newer_millrace_is_dead_lettered_as_such(
        self, harness: Harness, stage: str
    ) -> None:
        good = as_outgoing((await inputs_of(unique(stage)))[stage])
        newer = (good.value or b"").replace(b'"schema_version":1', b'"schema_version":2', 1)

        (letter,) = await harness.through(stage, Outgoing(good.topic, good.key, newer))

        assert letter.header(topics.LETTER_KIND) == b"newer_schema"
        assert b"upgrade this stage" in (letter.header(topics.LETTER_MESSAGE) or b"")

    @pytest.mark.parametrize("stage", WRITING)
    async def test_headers_are_kept_and_ours_are_set(self, harness: Harness, stage: str) -> None:
        given = as_outgoing((await inputs_of(unique(stage)))[stage])
        trace = (topics.HEADER_TRACEPARENT, b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01")
        foreign = (("x-source", b"one"), ("x-source", b"two"), ("x-empty", None))

        (written,) = await harness.through(
            stage, Outgoing(given.topic, given.key, given.value, (*given.headers, trace, *foreign))
        )

        assert [header for header in written.headers if header[0].startswith("x-")] == [*foreign]
        assert written.header(topics.HEADER_TRACEPARENT) == trace[1]
        assert written.header(topics.HEADER_RUN) == b"live"
        assert written.header(topics.HEADER_ATTEMPT) == b"1"
        assert written.header(topics.HEADER_CONTENT_TYPE) == b"application/json"
