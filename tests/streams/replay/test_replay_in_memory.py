"""A replay in memory: the same in, the same out, from every topic."""

from typing import Any

import pytest

from schemas.run import ProfileOverride
from streams.memory import MemoryFlow
from streams.replay.selection import OLDER
from tests.flow import RUN, ingest_json
from tests.streams.replay.replaying import (
    GENERATION,
    WITH_RECORDS,
    flow_of,
    replayed,
    request,
    run_of,
    surveyed,
)

# What tells of the pass itself.
OF_THE_PASS = frozenset({"version", "completed_at", "replayed_from", "base_run_id", "attempt"})
TRIAL = run_of("trial")


def rows(flow: MemoryFlow, run_id: str = "live") -> dict[str, dict[str, Any]]:
    found = [row for row in flow.tables.rows("documents") if row["run_id"] == run_id]
    return {str(row["document_id"]): row for row in found}


def content(flow: MemoryFlow, run_id: str = "live") -> dict[str, dict[str, Any]]:
    """The rows without what tells of their pass and run."""
    left_out = {*OF_THE_PASS, "run_id"}
    return {
        identity: {name: value for name, value in row.items() if name not in left_out}
        for identity, row in rows(flow, run_id).items()
    }


@pytest.mark.parametrize("topic", WITH_RECORDS)
async def test_into_the_same_run_every_row_says_the_same_in_a_newer_version(topic: str) -> None:
    flow = await flow_of("a1", "a2")
    before, versions = content(flow), {one: row["version"] for one, row in rows(flow).items()}

    await replayed(flow, topic)

    assert len(before) == 2
    assert content(flow) == before
    for identity, row in rows(flow).items():
        assert row["version"] > versions[identity]
        assert (row["replayed_from"], row["base_run_id"], row["attempt"]) == (topic, "live", 1)


@pytest.mark.parametrize("topic", WITH_RECORDS)
async def test_into_another_run_rows_are_added_and_those_of_the_first_stay(topic: str) -> None:
    flow = await flow_of("a1")
    before = rows(flow)

    await replayed(flow, topic, TRIAL)

    assert rows(flow) == before
    assert content(flow, "trial") == content(flow)


@pytest.mark.parametrize(
    ("topic", "levels"),
    [
        ("documents.ingest", {"summary", "detail", "relationship"}),
        ("extraction.summary", {"detail", "relationship"}),
        ("extraction.detail", {"relationship"}),
        ("inference.standard.relationship", {"relationship"}),
        ("extraction.relationship", set()),
        ("extractions.validated", set()),
    ],
)
@pytest.mark.parametrize("run", [RUN, TRIAL], ids=["same run", "other run"])
async def test_only_the_levels_behind_the_topic_are_asked_again(
    topic: str, levels: set[str], run: Any
) -> None:
    flow = await flow_of("a1")
    before = {row["call_id"] for row in flow.tables.rows("inference_calls")}

    await replayed(flow, topic, run)

    made = [row for row in flow.tables.rows("inference_calls") if row["call_id"] not in before]
    assert {row["level"] for row in made} == levels
    assert {row["run_id"] for row in made} <= {run.run_id}


@pytest.mark.parametrize("topic", WITH_RECORDS)
async def test_a_second_replay_copies_each_document_once(topic: str) -> None:
    flow = await flow_of("a1", "a2")
    await replayed(flow, topic)

    selected = surveyed(flow, request(topic))

    assert (selected.records, selected.left_out) == (2, {OLDER: 2})


async def test_a_copy_of_a_copy_keeps_the_origin_of_the_first() -> None:
    flow = await flow_of("a1")
    first = rows(flow)["a1"]
    await replayed(flow, "documents.ingest")
    await replayed(flow, "documents.ingest", generation=GENERATION + 1)

    again = rows(flow)["a1"]
    assert len(flow.log.records["documents.ingest"]) == 3
    for name in ("ingested_at", "source_topic", "source_partition", "source_offset", "revision"):
        assert again[name] == first[name]


async def test_a_replay_of_an_older_text_does_not_hide_a_newer_one() -> None:
    flow = await flow_of("a1")
    older = surveyed(flow, request("documents.annotated"))
    flow.log.append(ingest_json("a1", "Acme sold Widget Ltd in Paris."))
    await flow.run()
    newer = content(flow)

    await replayed(flow, "documents.annotated")

    assert older.records == 1
    assert content(flow) == newer


async def test_a_run_that_reads_a_profile_otherwise_does_so_from_the_first_topic() -> None:
    strict = '{"review": {"minimum_confidence": 1.0}}'
    changed = (ProfileOverride(name="news", changes=strict),)
    flow = await flow_of("a1")

    await replayed(flow, "documents.ingest", run_of("trial", profiles=changed))

    assert rows(flow, "trial")["a1"]["status"] == "review"
    assert rows(flow)["a1"]["status"] == "validated"
    in_review = surveyed(flow, request("extractions.review", run_of("trial", profiles=changed)))
    assert in_review.records == 1
