"""A record as its copy."""

from typing import Any

import pytest
from pydantic_core import from_json

from schemas.record import Record
from schemas.replay import Replay
from schemas.work import Work
from streams.replay.restamp import Stamp, restamped
from tests.flow import RUN
from tests.streams.replay.replaying import GENERATION, flow_of, run_of, source

TRIAL = run_of("trial", prompt_version="2")
STAMP = Stamp(TRIAL, GENERATION, "promoted")
FOREIGN = (("content-type", b"text/plain"), ("x-desk", b"north"), ("x-desk", None))
STALE = (
    ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ("tracestate", b"a=b"),
    ("millrace-run", b"live"),
    ("millrace-attempt", b"7"),
    ("millrace-letter-id", b"0" * 32),
    ("millrace-letter-kind", b"malformed"),
)


async def record_of(topic: str) -> Record:
    flow = await flow_of("a1")
    (found,) = flow.log.records[topic]
    return found


def with_headers(record: Record, *headers: tuple[str, bytes | None]) -> Record:
    return Record(
        record.topic, record.partition, record.offset, record.timestamp_ms, record.key,
        record.value, headers,
    )  # fmt: skip


async def test_an_ingested_record_keeps_its_bytes_and_says_where_it_came_from() -> None:
    record = with_headers(await record_of("documents.ingest"), *FOREIGN, *STALE)

    copy = restamped(record, source(record.topic), STAMP)

    assert (copy.topic, copy.key, copy.value) == (record.topic, record.key, record.value)
    assert copy.headers[:3] == FOREIGN
    assert [name for name, _ in copy.headers[3:]] == [
        "millrace-run", "millrace-attempt", "millrace-replay",
    ]  # fmt: skip
    replay = Replay.model_validate_json(dict(copy.headers)["millrace-replay"] or b"")
    assert replay.run == TRIAL
    assert replay.origin.model_dump(exclude={"ingested_at"}) == {
        "source_topic": "documents.ingest",
        "source_partition": record.partition,
        "source_offset": record.offset,
        "generation": GENERATION,
        "attempt": 1,
        "replayed_from": "documents.ingest",
        "base_run_id": "promoted",
    }
    assert replay.origin.ingested_at.timestamp() * 1000 == record.timestamp_ms


@pytest.mark.parametrize("topic", ["documents.annotated", "extraction.detail"])
async def test_a_work_changes_its_run_and_pass_alone(topic: str) -> None:
    record = await record_of(topic)
    before = Work.from_json(record.value or b"")

    copy = restamped(with_headers(record, *FOREIGN, *STALE), source(topic), STAMP)

    after = Work.from_json(copy.value or b"")
    assert after.run == TRIAL
    assert after.origin == before.origin.model_copy(
        update={"generation": GENERATION, "replayed_from": topic, "base_run_id": "live"}
    )
    ours: dict[str, Any] = {"run": before.run, "origin": before.origin}
    assert after.model_copy(update=ours) == before
    assert copy.headers == (*FOREIGN, ("millrace-run", b"trial"), ("millrace-attempt", b"1"))


async def test_tasks_of_another_run_are_tasks_of_their_own() -> None:
    record = await record_of("inference.standard.detail")
    before = Work.from_json(record.value or b"")
    in_another = Work.from_json(restamped(record, source(record.topic), STAMP).value or b"")
    same = Stamp(RUN, GENERATION, "live")
    in_the_same = Work.from_json(restamped(record, source(record.topic), same).value or b"")

    ids = [{task.task_id for task in work.tasks} for work in (before, in_another, in_the_same)]
    assert ids[0] == ids[2]
    assert not ids[0] & ids[1]
    assert len(ids[1]) == len(before.tasks)
    assert {(task.run_id, task.prompt_version) for task in in_another.tasks} == {("trial", "2")}
    assert in_another.completions == before.completions


async def test_answers_that_tasks_brought_along_stay_theirs() -> None:
    answered = Work.from_json((await record_of("extraction.summary")).value or b"")
    tasks = await record_of("inference.standard.summary")
    begun = Record(
        tasks.topic, 0, 0, tasks.timestamp_ms, tasks.key, answered.to_json(), tasks.headers
    )

    after = Work.from_json(restamped(begun, source(tasks.topic), STAMP).value or b"")

    assert [one.task_id for one in after.completions] == [one.task_id for one in after.tasks]
    assert after.completions[0].task_id != answered.completions[0].task_id


async def test_an_extraction_gets_a_version_of_its_own() -> None:
    record = await record_of("extractions.validated")
    before = from_json(record.value or b"")

    after = from_json(restamped(record, source(record.topic), STAMP).value or b"")

    assert int(after["version"]) > int(before["version"])
    assert int(after["version"]) >> 48 == int(before["version"]) >> 48
    changed = {name for name, value in after.items() if value != before[name]}
    assert changed == {"run", "origin", "version"}
