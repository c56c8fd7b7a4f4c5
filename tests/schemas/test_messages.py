"""Messages that earlier versions wrote are read for ever, and old and new stages run side by side.

``messages/vN`` keeps what a millrace of schema version N wrote, and the JSON Schemas that it read
by. Nothing in there may change: such messages lie on topics, and such stages may be running.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from schemas import topics
from schemas.completion import Failed, FailureKind, InferenceCall
from schemas.extraction import Deletion, Extraction
from schemas.model import SCHEMA_VERSION
from schemas.record import Outgoing, Record
from schemas.work import Work
from streams.inference.embedded_engine import EmbeddedEngine
from streams.memory import MemoryFlow
from tests.flow import PROFILES, memory_flow, noon
from tests.schemas.recorded_flow import FAILING, FULL, from_file, recorded

FOLDER = Path(__file__).parent / "messages"
VERSIONS = sorted(one.name for one in FOLDER.iterdir())
READ_BY = {topic: stage for stage in memory_flow().stages.values() for topic in stage.reads}


def kept(version: str, topic: str) -> list[Record]:
    lines = (FOLDER / version / f"{topic}.jsonl").read_text("utf-8").splitlines()
    return [from_file(json.loads(line)) for line in lines]


def files() -> Iterator[tuple[str, str]]:
    for version in VERSIONS:
        for file in sorted((FOLDER / version).glob("*.jsonl")):
            yield version, file.stem


def letters(written: list[Outgoing]) -> list[str]:
    return [
        f"{dict(one.headers)[topics.LETTER_KIND]!r} {dict(one.headers)[topics.LETTER_MESSAGE]!r}"
        for one in written
        if one.topic == topics.DEAD_LETTERS
    ]


async def worked_on(record: Record) -> tuple[list[Outgoing], MemoryFlow]:
    """What the stage that reads a record makes of it."""
    flow = memory_flow(EmbeddedEngine(PROFILES, noon))
    return await flow.work(READ_BY[record.topic], [record]), flow


class TestWhatIsKept:
    def test_there_is_a_folder_for_every_schema_version(self) -> None:
        assert [f"v{number}" for number in range(1, SCHEMA_VERSION + 1)] == VERSIONS, (
            f"write it: python -m tests.schemas.recorded_flow tests/schemas/messages/"
            f"v{SCHEMA_VERSION}, and copy schemas/json/{{work,extraction,inference.calls}}.json "
            "to its folder json"
        )

    @pytest.mark.parametrize("version", VERSIONS)
    def test_every_topic_has_its_messages(self, version: str) -> None:
        assert {topic for one, topic in files() if one == version} == set(READ_BY)

    def test_runs_overrides_deletions_and_every_kind_of_failure_are_among_them(self) -> None:
        works = [Work.from_json(one.value or b"") for one in kept("v1", "extraction.relationship")]
        failed = {
            done.kind for work in works for done in work.completions if isinstance(done, Failed)
        }
        assert failed == set(get_args(FailureKind))
        assert {work.run.run_id for work in works} == {"live", "trial"}
        assert [work.run.specification for work in works if work.run.run_id == "trial"] == [
            FULL
        ] * len(get_args(FailureKind))
        last = kept("v1", "extractions.validated")
        assert sum(b'"type":"deletion"' in (one.value or b"") for one in last) == 1


class TestReadForEver:
    @pytest.mark.parametrize(("version", "topic"), list(files()))
    async def test_a_stage_does_its_work_on_every_kept_message(
        self, version: str, topic: str
    ) -> None:
        for record in kept(version, topic):
            written, flow = await worked_on(record)

            refused_then = record.key == b"broken" and topic == topics.DOCUMENTS_INGEST
            assert bool(letters(written)) == refused_then, letters(written)
            rows = [row for table in ("documents", "inference_calls", "dead_letters")
                    for row in flow.tables.rows(table)]  # fmt: skip
            assert written or rows or READ_BY[topic].kind == "sink"

    @pytest.mark.parametrize("version", VERSIONS)
    async def test_what_they_say_ends_in_the_tables_as_it_was(self, version: str) -> None:
        flow = memory_flow()
        for topic in ("extractions.validated", "extractions.review"):
            await flow.work(READ_BY[topic], kept(version, topic))

        rows = {row["document_id"]: row for row in flow.tables.rows("documents")}
        assert (rows["a1"]["title"], rows["a1"]["run_id"]) == ("A title", "live")
        assert rows["a1"]["events.kind"] == ["purchase", "personnel"]
        assert rows["gone"]["deleted"] is True
        assert {rows[f"{FAILING}{kind}"]["run_id"] for kind in get_args(FailureKind)} == {"trial"}

    @pytest.mark.parametrize(
        "topic", [topic for topic in READ_BY if topic not in ("documents.ingest", "dead-letters")]
    )
    async def test_what_has_a_default_may_be_left_out(self, topic: str) -> None:
        for record in kept("v1", topic):
            short = json.dumps(without_defaults(model_of(record)), separators=(",", ":")).encode()
            assert len(short) < len(record.value or b"")

            written, _ = await worked_on(replace(record, value=short))

            assert letters(written) == []

    async def test_a_letter_of_before_letters_told_a_timestamp_is_a_row(self) -> None:
        (record,) = kept("v1", "dead-letters")
        old = tuple(one for one in record.headers if not one[0].endswith("timestamp"))

        written, flow = await worked_on(replace(record, headers=old))

        assert letters(written) == []
        assert [row["kind"] for row in flow.tables.rows("dead_letters")] == ["malformed"]


class TestSideBySide:
    """A stage of this version beside one of an earlier millrace of the same schema version."""

    def test_what_stages_write_now_is_what_stages_of_that_version_read(self) -> None:
        found = 0
        for topic, records in recorded().items():
            schema = schema_of(topic)
            for record in records:
                if schema is None or record.value is None:
                    continue
                found += 1
                schema.validate(json.loads(record.value))
        assert found > 50

    @pytest.mark.parametrize("topic", [one for one in READ_BY if one != "dead-letters"])
    async def test_what_a_newer_version_wrote_is_refused_as_such(self, topic: str) -> None:
        (record, *_) = kept("v1", topic)
        content = json.loads(record.value or b"")
        content |= {"schema_version": SCHEMA_VERSION + 1, "mood": "of the next version"}

        written, _ = await worked_on(replace(record, value=json.dumps(content).encode()))

        (said,) = letters(written)
        if topic == topics.DOCUMENTS_INGEST:  # by producers outside, who name no version
            assert "unknown key" in said
            assert "schema_version" in said
        else:
            assert said.startswith("b'newer_schema'")
            assert "upgrade this stage" in said


def schema_of(topic: str) -> Draft202012Validator | None:
    """By which a stage of this schema version reads a topic, as it was when that was new."""
    name = {
        topics.INFERENCE_CALLS: "inference.calls",
        topics.EXTRACTIONS_VALIDATED: "extraction",
        topics.EXTRACTIONS_REVIEW: "extraction",
        topics.DOCUMENTS_INGEST: None,
        topics.DEAD_LETTERS: None,
    }.get(topic, "work")
    if name is None:
        return None
    file = FOLDER / f"v{SCHEMA_VERSION}" / "json" / f"{name}.json"
    return Draft202012Validator(json.loads(file.read_text("utf-8")))


def model_of(record: Record) -> BaseModel:
    value = record.value or b""
    if record.topic == topics.INFERENCE_CALLS:
        return InferenceCall.from_json(value)
    if record.topic.startswith("extractions."):
        return (Deletion if b'"deletion"' in value[:200] else Extraction).from_json(value)
    return Work.from_json(value)


def without_defaults(value: Any) -> Any:
    """A value as JSON without what has a default, but for what tells one model from another."""
    if isinstance(value, tuple | list):
        return [without_defaults(one) for one in value]
    if isinstance(value, Mapping):
        return {name: without_defaults(one) for name, one in value.items()}
    if not isinstance(value, BaseModel):
        return value
    plain = value.model_dump(mode="json")
    found = {}
    for name, described in type(value).model_fields.items():
        own = getattr(value, name)
        if own == described.get_default() and get_origin(described.annotation) is not Literal:
            continue
        found[name] = without_defaults(own) if _is_nested(own) else plain[name]
    return found


def _is_nested(value: object) -> bool:
    return isinstance(value, BaseModel) or (
        isinstance(value, tuple) and any(isinstance(one, BaseModel) for one in value)
    )
