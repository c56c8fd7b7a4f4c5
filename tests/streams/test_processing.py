"""One record through one stage: bounds, defects, what a letter says."""

from dataclasses import replace

from processors.outcome import Outcome
from schemas import topics
from schemas.errors import RefusedError
from schemas.record import Outgoing, Record
from schemas.work import Work
from streams.processing import process_record
from streams.stage import Processor, Stage
from streams.topology import read_work
from tests.flow import context, inputs_of


def stage(process: Processor, *writes: str) -> Stage:
    return Stage("summary", "faust", ("documents.annotated",), writes, process)


def reason(letter: Outgoing) -> tuple[bytes | None, bytes]:
    headers = dict(letter.headers)
    assert letter.topic == topics.DEAD_LETTERS
    return headers[topics.LETTER_KIND], headers[topics.LETTER_MESSAGE] or b""


async def annotated() -> Record:
    return (await inputs_of("d"))["summary"]


async def test_a_defect_becomes_a_letter_that_names_its_place_but_quotes_nothing() -> None:
    def broken(record: Record, _settings: object) -> Outcome:
        raise KeyError(record.value)

    kind, message = reason(process_record(stage(broken, "x"), await annotated(), context()))

    assert kind == b"unexpected"
    assert message.startswith(b"KeyError at test_processing.py:")
    assert b"Acme" not in message


async def test_an_output_over_the_limit_dead_letters_the_input() -> None:
    def forward(record: Record, _settings: object) -> Outcome:
        return Outcome("next", read_work(record))

    small = replace(context(), max_message_bytes=100)
    kind, message = reason(process_record(stage(forward, "next"), await annotated(), small))

    assert kind == b"too_large"
    assert b"over the limit of 100" in message


async def test_a_topic_that_the_stage_may_not_write_is_a_tier_that_is_not_deployed() -> None:
    def elsewhere(record: Record, _settings: object) -> Outcome:
        return Outcome("inference.huge.summary", read_work(record))

    kind, message = reason(process_record(stage(elsewhere, "next"), await annotated(), context()))

    assert kind == b"unserved_model"
    assert b"inference.huge.summary" in message


async def test_a_refusal_keeps_its_own_words() -> None:
    def refuse(_record: Record, _settings: object) -> Outcome:
        raise RefusedError("empty", "text: empty")

    assert reason(process_record(stage(refuse, "x"), await annotated(), context())) == (
        b"empty",
        b"text: empty",
    )


async def test_a_stage_notes_when_it_was_done_and_how_long_it_took() -> None:
    def forward(record: Record, _settings: object) -> Outcome:
        return Outcome("next", read_work(record))

    done = process_record(stage(forward, "next"), await annotated(), context())

    last = Work.from_json(done.value or b"").stage_times[-1]
    assert last.stage == "summary"
    assert last.finished_at == context().clock()
    assert last.milliseconds >= 0


async def test_what_a_replay_said_of_a_copy_is_not_carried_on_beside_the_message() -> None:
    headers = (("millrace-replay", b"{}"), ("trace", b"kept"))
    record = replace(await annotated(), headers=headers)
    done = process_record(
        stage(lambda r, _: Outcome("next", read_work(r)), "next"), record, context()
    )
    assert [name for name, _ in done.headers] == [
        "trace", "content-type", "millrace-run", "millrace-attempt",
    ]  # fmt: skip


async def test_a_message_without_value_is_refused_with_the_way_to_delete() -> None:
    record = replace(await annotated(), value=None)
    kind, message = reason(
        process_record(stage(lambda r, _: Outcome("x", read_work(r)), "x"), record, context())
    )
    assert kind == b"malformed"
    assert b"null value to documents.ingest" in message
