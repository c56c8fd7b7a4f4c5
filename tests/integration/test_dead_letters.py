"""Dead letters looked at, sent on again, exported and dropped, on a real Kafka and ClickHouse."""

import asyncio
import json
import sys
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.clickhouse import letters
from infra.clickhouse.letters import LetterFilter
from infra.clickhouse.tables import ClickHouseTables
from millrace import cli, redriving, wiring
from schemas import topics
from schemas.letter import Letter
from schemas.record import Headers, Outgoing
from streams.broker.outbox import Outbox
from streams.redrive import RedriveError
from streams.sink.columns import DEAD_LETTERS
from streams.sink.delivery import Delivery
from streams.sink.rows import Rows
from tests.flow import ingest_json, noon
from tests.integration.conftest import Pipeline
from tests.integration.replayed_flow import settled, unique
from tests.streams.tables_behaviour import letter as letter_row

pytestmark = pytest.mark.integration
BROKEN = bytes(range(256))
# Refused for its header alone: the attempt that a redrive writes mends it.
WRONG_ATTEMPT = (topics.HEADER_ATTEMPT, b"-1")


@dataclass(frozen=True)
class Command:
    """``millrace`` in this process: its status and what it says."""

    monkeypatch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        self.monkeypatch.setattr(sys, "argv", ["millrace", *arguments])
        self.capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self.capfd.readouterr()
        return int(ended.value.code or 0), out, err

    def json(self, *arguments: str) -> Any:
        status, out, err = self.run("dead-letters", *arguments, "--json")
        assert status == 0, err
        return json.loads(out)


@pytest.fixture
def command(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    return Command(monkeypatch, capfd)


def sent(pipeline: Pipeline, records: Sequence[Outgoing]) -> None:
    """Have records go all the way."""

    async def sending() -> None:
        outbox = Outbox(wiring.broker(pipeline.settings))
        async with outbox:
            await outbox.send(records)

    asyncio.run(sending())
    settled(pipeline)


def refused(name: str, *headers: tuple[str, bytes | None]) -> Outgoing:
    """A good document with a header that no stage takes."""
    record = ingest_json(name)
    return Outgoing(record.topic, record.key, record.value, (WRONG_ATTEMPT, *headers))


def findings(pipeline: Pipeline, document_id: str) -> list[tuple[str, str, str]]:
    rows = pipeline.client.query(
        "SELECT rule, status, severity FROM current_findings WHERE document_id = {id:String}",
        {"id": document_id},
    )
    return [(row["rule"], row["status"], row["severity"]) for row in rows]


def document(pipeline: Pipeline, document_id: str) -> list[dict[str, Any]]:
    return pipeline.client.query(
        "SELECT revision, version, attempt, source_offset, events, completed_at "
        "FROM current_documents WHERE document_id = {id:String}",
        {"id": document_id},
    )


def letter_of(pipeline: Pipeline, document_id: str) -> Letter:
    (named,) = letters.names(pipeline.client, LetterFilter(document=document_id))
    found = letters.find(pipeline.client, named.letter_id)
    assert found is not None
    return found


def test_a_redriven_document_arrives_and_is_no_finding_any_more(
    pipeline: Pipeline, command: Command
) -> None:
    name, good = unique("mended"), unique("older")
    older = ingest_json(good, "Acme bought Widget Ltd.")
    sent(pipeline, [refused(name), older])
    sent(pipeline, [refused(good)])

    assert findings(pipeline, name) == [("bad_header", "dead_lettered", "error")]
    status, _, err = command.run("show", name)
    assert (status, f"millrace dead-letters redrive --document {name}" in err) == (1, True)
    status, out, _ = command.run("show", good)
    assert status == 0
    assert f"the newest text of document '{good}' was dead-lettered by ner (bad_header)" in out
    assert out.index("dead-letters redrive") < out.index("Widget")

    for each in (name, good):
        assert command.json("redrive", "--document", each)["redriven"] == 1
    settled(pipeline)

    for each in (name, good):
        (row,) = document(pipeline, each)
        letter = letter_of(pipeline, each)
        assert (row["attempt"], row["events"]) == (2, 2)
        assert row["source_offset"] == letter.place.offset
        assert row["version"] >> 48 == letter.text_version >> 48
        assert letter.redriven_at is not None
        assert findings(pipeline, each) == []
        assert "dead-letters redrive" not in command.run("show", each)[1]


def test_redriven_twice_it_is_the_same_row(pipeline: Pipeline, command: Command) -> None:
    name = unique("twice")
    sent(pipeline, [refused(name)])
    rows = []
    for again in ((), ("--again",)):
        assert command.json("redrive", "--document", name, *again)["redriven"] == 1
        settled(pipeline)
        (row,) = document(pipeline, name)
        rows.append({key: row[key] for key in row if key != "completed_at"})

    assert rows[0] == rows[1]
    left_out = command.json("redrive", "--document", name)
    assert (left_out["redriven"], left_out["left_out"]["redriven_before"]) == (0, 1)


def test_a_letter_that_the_sink_reads_again_stays_redriven(pipeline: Pipeline) -> None:
    name, rows = unique("read-again"), Rows()
    rows.dead_letters.append(letter_row(name))
    delivery = Delivery(ClickHouseTables(pipeline.client))
    asyncio.run(delivery.deliver(rows))
    there = letters.find(pipeline.client, name)
    assert there is not None
    letters.mark_redriven(pipeline.client, [there], noon())

    asyncio.run(delivery.deliver(rows))

    again = letters.find(pipeline.client, name)
    assert again is not None
    assert again.redriven_at == noon()


def test_bytes_and_repeated_headers_survive_and_a_second_failure_is_the_same_letter(
    pipeline: Pipeline, command: Command
) -> None:
    headers: Headers = (("x", BROKEN), ("y", b""), ("x", b"2"), ("z", None))
    key = unique("raw").encode() + b"\xff"
    sent(pipeline, [Outgoing("documents.ingest", key, BROKEN, headers)])
    name = key.decode("utf-8", "replace")
    first = letter_of(pipeline, name)

    # Killed between sending and marking, the same letter is sent once more.
    unmarked = pytest.MonkeyPatch()
    unmarked.setattr(letters, "mark_redriven", lambda *_: None)
    command.json("redrive", "--document", name)
    unmarked.undo()
    settled(pipeline)
    second = letter_of(pipeline, name)
    command.json("redrive", "--document", name)
    settled(pipeline)
    third = letter_of(pipeline, name)

    assert [one.attempt for one in (first, second, third)] == [1, 2, 3]
    assert {one.letter_id for one in (first, second, third)} == {first.letter_id}
    for one in (first, second, third):
        assert (one.key, one.value, one.headers[:4]) == (key, BROKEN, headers)
        assert (one.place, one.redriven_at) == (first.place, None)


def test_a_letter_of_the_sink_is_redriven_at_a_raised_attempt(
    pipeline: Pipeline, command: Command
) -> None:
    name = unique("sink")
    sent(pipeline, [ingest_json(name)])
    (before,) = document(pipeline, name)
    sent(pipeline, [Outgoing("extractions.validated", name.encode(), b"[]")])

    report = command.json("redrive", "--document", name, "--stage", "sink", "--rate", "50")
    settled(pipeline)

    assert report["topics"] == {"extractions.validated": 1}
    again = letter_of(pipeline, name)
    assert (again.stage, again.attempt, again.value) == ("sink", 2, b"[]")
    assert document(pipeline, name) == [before]


def test_a_dry_run_and_a_topic_that_is_gone_send_nothing(
    pipeline: Pipeline, command: Command
) -> None:
    name = unique("rehearsed")
    sent(pipeline, [refused(name)])
    gone = list(letter_row(unique("gone")))
    gone[5:7] = [name, "inference.gone.summary"]
    pipeline.client.insert("dead_letters", DEAD_LETTERS, [gone])

    with pytest.raises(RedriveError, match=r"nothing was sent: topic inference\.gone\.summary"):
        redriving.redrive_letters(pipeline.settings, redriving.Wish(LetterFilter(document=name)))
    report = command.json("redrive", "--document", name, "--kind", "bad_header", "--dry-run")

    assert (report["chosen"], report["redriven"]) == (1, 0)
    settled(pipeline)
    assert document(pipeline, name) == []
    assert command.json("stats", "--document", name)[0]["redriven"] == 0


def test_they_are_listed_shown_exported_and_dropped(
    pipeline: Pipeline, command: Command, tmp_path: Path
) -> None:
    names = [unique("kept") for _ in range(3)]
    sent(pipeline, [refused(name, ("x", BROKEN), ("mark", b"m\x1b[31m")) for name in names])
    letter = letter_of(pipeline, names[0])
    chosen = ("--contains", "MILLRACE-ATTEMPT: SHOULD", "--from", "5m")

    listed = command.json("list", "--limit", "1", *chosen)
    assert listed["total"] >= 3
    assert len(listed["letters"]) == 1
    assert letter.letter_id in command.run("dead-letters", "list", "--document", names[0])[1]

    value = tmp_path / "value"
    status, out, _ = command.run("dead-letters", "show", letter.letter_id, "--value", str(value))
    assert status == 0
    assert value.read_bytes() == letter.value
    assert "error: millrace-attempt: should be a whole number" in out
    assert "header mark: m␛[31m" in out
    assert "\x1b" not in out

    file = tmp_path / "letters.jsonl"
    assert command.run("dead-letters", "export", str(file), "--document", names[0])[0] == 0
    (line,) = map(json.loads, file.read_text().splitlines())
    assert b64decode(line["key"]) == letter.key
    assert b64decode(line["value"]) == letter.value
    read = [(name, b64decode(content)) for name, content in line["headers"]]
    assert read == list(letter.headers)
    assert line["letter_id"] == letter.letter_id

    assert command.run("dead-letters", "drop", "--document", names[0])[0] == 2
    assert command.run("dead-letters", "drop", "--document", names[0], "--yes")[0] == 0
    assert command.json("list", "--document", names[0])["total"] == 0
    assert command.json("list", "--document", names[1])["total"] == 1
    assert findings(pipeline, names[0]) == []


def test_a_letter_about_a_letter_is_left_out(pipeline: Pipeline, command: Command) -> None:
    name = unique("about")
    sent(pipeline, [Outgoing(topics.DEAD_LETTERS, name.encode(), b"{}")])
    assert letter_of(pipeline, name).place.topic == topics.DEAD_LETTERS

    report = command.json("redrive", "--document", name)

    assert (report["redriven"], report["left_out"]["about_letters"]) == (0, 1)
