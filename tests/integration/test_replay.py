"""A replay on the real stack: the same in, the same out; what is wrong is said beforehand."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from infra.clickhouse import runs
from millrace import wiring
from millrace.runs.choice import as_text, present_specification
from schemas.record import Outgoing
from schemas.run import LIVE, ProfileOverride
from streams.broker.admin import admin_client
from streams.broker.outbox import Outbox
from tests.command import millrace, millrace_in_background
from tests.integration.conftest import Pipeline
from tests.integration.replayed_flow import (
    Command,
    command,
    documents,
    ends,
    offsets,
    produced,
    rows,
    settled,
    unique,
    views,
)

pytestmark = pytest.mark.integration
__all__ = ["command"]

# Topic -> the levels whose calls a replay from it makes.
TOPICS = {
    "documents.ingest": {"summary", "detail", "relationship"},
    "documents.annotated": {"summary", "detail", "relationship"},
    "inference.standard.detail": {"detail", "relationship"},
    "extraction.summary": {"detail", "relationship"},
    "extraction.detail": {"relationship"},
    "extraction.relationship": set(),
    "extractions.validated": set(),
}
OF_EACH = 2


def send(pipeline: Pipeline, *records: Outgoing) -> None:
    async def sending() -> None:
        outbox = Outbox(wiring.broker(pipeline.settings))
        async with outbox:
            await outbox.send(records)

    asyncio.run(sending())


def calls(pipeline: Pipeline, batch: str) -> dict[str, set[tuple[str, str]]]:
    """The calls by document: their ids with their levels."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in pipeline.client.query(
        "SELECT document_id, call_id, level FROM inference_calls "
        "WHERE startsWith(document_id, {batch:String})",
        {"batch": batch},
    ):
        found.setdefault(row["document_id"], set()).add((row["call_id"], row["level"]))
    return found


@pytest.fixture
def run(pipeline: Pipeline) -> Iterator[str]:
    """A run like the present one that is gone after the test."""
    name = unique("run")
    specification = as_text(present_specification(pipeline.settings))
    runs.write_run(pipeline.client, name, specification)
    yield name
    settled(pipeline)
    runs.drop_run(pipeline.client, name)


def test_from_every_topic_an_unchanged_replay_leaves_every_view_as_it_was(
    pipeline: Pipeline, command: Command
) -> None:
    batch = unique("replay")
    places = ends(pipeline, *TOPICS)
    given = documents(batch, OF_EACH * len(TOPICS))
    produced(pipeline, given)
    before, calls_before = views(pipeline, batch), calls(pipeline, batch)
    newest = {row["document_id"]: row["version"] for row in rows(pipeline, batch)}

    topic_of: dict[str, str] = {}
    for number, topic in enumerate(TOPICS):
        chosen = [str(one.id) for one in given[number * OF_EACH : (number + 1) * OF_EACH]]
        topic_of |= dict.fromkeys(chosen, topic)
        named = [word for one in chosen for word in ("--document", one)]
        found = command.report(topic, "--from", offsets(places, topic), *named)
        assert found["copied"] == OF_EACH
    settled(pipeline)

    assert len(before["current_documents"]) == len(given)
    assert views(pipeline, batch) == before
    after = rows(pipeline, batch)
    assert {row["document_id"]: row["replayed_from"] for row in after} == topic_of
    assert {row["base_run_id"] for row in after} == {"live"}
    assert all(row["version"] > newest[row["document_id"]] for row in after)
    made = calls(pipeline, batch)
    levels = {one: {level for _, level in made[one] - calls_before[one]} for one in made}
    assert levels == {one: TOPICS[topic] for one, topic in topic_of.items()}


def test_two_runs_at_once_are_complete_and_leave_each_other_alone(
    pipeline: Pipeline, run: str
) -> None:
    batch, other = unique("twice"), unique("run")
    specification = as_text(present_specification(pipeline.settings))
    runs.write_run(pipeline.client, other, specification)
    topic = "documents.annotated"
    places = ends(pipeline, topic)
    given = documents(batch, 20)
    produced(pipeline, given)
    before = rows(pipeline, batch)

    with ExitStack() as stack:
        both = [
            stack.enter_context(
                millrace_in_background(
                    "replay", topic, "--run", name, "--from", offsets(places, topic),
                    "--max-lag", "20",
                )
            )
            for name in (run, other)
        ]  # fmt: skip
        ended = [one.communicate(timeout=60) for one in both]
    settled(pipeline)

    assert [one.returncode for one in both] == [0, 0], ended
    by_run: dict[str, list[tuple[str, str]]] = {}
    for row in rows(pipeline, batch):
        by_run.setdefault(row["run_id"], []).append((row["document_id"], row["revision"]))
    assert by_run.keys() == {"live", run, other}
    assert by_run["live"] == by_run[run] == by_run[other]
    assert len(by_run["live"]) == len(given)
    assert [row for row in rows(pipeline, batch) if row["run_id"] == "live"] == before
    runs.drop_run(pipeline.client, other)


def test_a_second_replay_copies_a_document_once_and_none_that_was_deleted(
    pipeline: Pipeline, command: Command
) -> None:
    batch, topic = unique("again"), "extraction.detail"
    places = ends(pipeline, topic)
    produced(pipeline, documents(batch, 3))
    since = ("--from", offsets(places, topic), "--where", "profile=news")
    first = command.report(topic, *since, "--wait")
    send(pipeline, Outgoing("documents.ingest", f"{batch}-0".encode(), None))
    settled(pipeline)

    rehearsed = command.report(topic, *since, "--dry-run")
    status, said, _ = command.run(topic, *since)

    assert (first["copied"], first["left_out"]) == (3, {})
    assert first["seconds_to_the_end"] >= first["seconds"]
    left_out = {"older records of the same documents": 2, "of deleted documents": 2}
    assert (rehearsed["copied"], rehearsed["to_copy"], rehearsed["left_out"]) == (0, 2, left_out)
    assert [one["level"] for one in rehearsed["forecast"]] == ["relationship"]
    assert status == 0
    assert said.startswith(f"2 records of {topic} copied into run live in ")
    assert "left out: 2 of deleted documents, 2 older records of the same documents" in said
    settled(pipeline)
    assert [row["document_id"] for row in rows(pipeline, batch)] == [f"{batch}-1", f"{batch}-2"]


def test_documents_that_a_run_lacks_are_brought_level(
    pipeline: Pipeline, command: Command, run: str
) -> None:
    batch, topic = unique("level"), "extraction.relationship"
    places = ends(pipeline, topic)
    produced(pipeline, documents(batch, 4))
    into = (topic, "--from", offsets(places, topic), "--run", run)
    assert command.report(*into, "--limit", "1", "--wait")["copied"] == 1

    found = command.report(*into, "--missing-from", "live", "--status", "validated", "--wait")

    assert found["copied"] == 3
    assert sum(row["run_id"] == run for row in rows(pipeline, batch)) == 4


def test_documents_that_come_after_a_promotion_appear_in_its_run(
    pipeline: Pipeline, command: Command, run: str
) -> None:
    batch = unique("promoted")
    before, after = documents(batch, 2)
    produced(pipeline, [before])
    assert command.report("documents.ingest", "--run", run, "--document", str(before.id))
    settled(pipeline)

    def shown() -> set[tuple[str, str]]:
        found = pipeline.client.query(
            "SELECT document_id, run_id FROM current_events "
            "WHERE startsWith(document_id, {batch:String})",
            {"batch": batch},
        )
        return {(str(row["document_id"]), str(row["run_id"])) for row in found}

    assert shown() == {(before.id, LIVE)}
    # Forced, since documents of other tests are in `live` alone.
    promoted = millrace("runs", "promote", run, "--force")
    try:
        assert promoted.status == 0, promoted.err
        # At once: the command has waited until every stage knows of it.
        produced(pipeline, [after])
        assert shown() == {(before.id, run), (after.id, run)}
    finally:
        back = millrace("runs", "promote", "--back")
    assert back.status == 0, back.err
    assert shown() == {(before.id, LIVE)}


def test_times_choose_what_was_written_between(pipeline: Pipeline, command: Command) -> None:
    batch, topic = unique("times"), "extractions.validated"
    first, second, third = documents(batch, 3)
    produced(pipeline, [first])
    since = datetime.now(UTC).isoformat()
    produced(pipeline, [second])
    until = datetime.now(UTC).isoformat()
    produced(pipeline, [third])

    found = [
        command.report(
            topic, "--dry-run", "--where", f"id={one.id}", "--from", since, "--to", until
        )
        for one in (first, second, third)
    ]
    assert [one["to_copy"] for one in found] == [0, 1, 0]
    assert command.report(topic, "--from", "1h", "--document", str(first.id))["copied"] == 1
    settled(pipeline)


class TestBadInput:
    """Refused in one line, with nothing produced."""

    TOPIC = "extraction.detail"

    def refused(
        self, pipeline: Pipeline, command: Command, *arguments: str, topic: str = TOPIC
    ) -> tuple[int, str]:
        before = ends(pipeline, self.TOPIC, "documents.ingest")
        status, out, err = command.run(topic, *arguments)
        assert out == ""
        assert ends(pipeline, self.TOPIC, "documents.ingest") == before
        (line,) = err.splitlines()
        return status, line

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("documents",), "no topic 'documents'; what can be replayed is documents.ingest"),
            (("dead-letters",), "dead-letters cannot be replayed"),
            ((TOPIC, "--from", "2099-01-01"), "is after the end of extraction.detail"),
            ((TOPIC, "--from", "soon"), "--from 'soon': should be a time"),
            ((TOPIC, "--from", "99:0"), "has no partition 99; there are 0 to "),
            ((TOPIC, "--to", "0:99999999"), "offset 99999999 is beyond the end"),
            ((TOPIC, "--to", "1971-01-01"), "nothing lies between --from and --to"),
            ((TOPIC, "--run", "Über run"), "not a name of a run: 'Über run'"),
            ((TOPIC, "--run", "nowhere"), "no run 'nowhere': there are live"),
            ((TOPIC, "--where", "profile"), "--where 'profile': should be KEY=VALUE"),
            ((TOPIC, "--missing-from", "nowhere"), "no run 'nowhere'"),
            ((TOPIC, "--resume"), "a TOPIC to replay, or --resume"),
        ],
        ids=lambda given: " ".join(given[-2:]) if isinstance(given, tuple) else "",
    )
    def test_what_cannot_be_meant(
        self, pipeline: Pipeline, command: Command, arguments: tuple[str, ...], message: str
    ) -> None:
        topic, *more = arguments
        if not any(ends(pipeline, self.TOPIC).values()):
            produced(pipeline, documents(unique("first"), 1))
        status, line = self.refused(pipeline, command, *more, topic=topic)
        assert status == 2
        assert message in line

    def test_offsets_that_retention_removed(self, pipeline: Pipeline, command: Command) -> None:
        produced(pipeline, documents(unique("removed"), 8))
        places = ends(pipeline, self.TOPIC)
        (name, partition), end = next(one for one in places.items() if one[1])

        async def remove() -> None:
            async with admin_client(wiring.broker(pipeline.settings)) as admin:
                await admin.delete_records(
                    {TopicPartition(name, partition): RecordsToDelete(before_offset=end)}
                )

        asyncio.run(remove())

        status, line = self.refused(pipeline, command, "--from", f"{partition}:0")
        assert status == 2
        assert "offset 0 was removed by retention; extraction.detail holds" in line
        found = command.report(self.TOPIC, "--dry-run")
        assert found["removed_by_retention"] == end

    def test_a_record_that_no_longer_parses(self, pipeline: Pipeline, command: Command) -> None:
        places = ends(pipeline, self.TOPIC)
        batch = unique("bad")
        produced(pipeline, documents(batch, 2))
        send(pipeline, Outgoing(self.TOPIC, f"{batch}-9".encode(), b'{"no": "work"}'))
        settled(pipeline)
        since = ("--from", offsets(places, self.TOPIC))

        status, line = self.refused(pipeline, command, *since)
        assert status == 1
        assert f"1 record of {self.TOPIC} cannot be read, the first {self.TOPIC}@" in line
        found = command.report(self.TOPIC, *since, "--skip-unreadable", "--dry-run")
        assert (found["to_copy"], found["left_out"]) == (2, {"unreadable": 1})

    def test_a_run_that_differs_upstream_of_the_topic(
        self, pipeline: Pipeline, command: Command, run: str
    ) -> None:
        places = ends(pipeline, self.TOPIC)
        produced(pipeline, documents(unique("differs"), 2))
        strict = ProfileOverride(name="news", changes='{"limits": {"main_events": 1}}')
        changed = present_specification(pipeline.settings).model_copy(
            update={"profiles": (strict,)}
        )
        runs.write_run(pipeline.client, run, as_text(changed))

        since = ("--from", offsets(places, self.TOPIC), "--run", run)
        status, line = self.refused(pipeline, command, *since)
        assert status == 1
        assert f"run {run} cannot continue 2 documents of {self.TOPIC}: profile news is" in line
        assert "replay from documents.ingest instead" in line
