"""A deletion wins over every text before it, in every run, whatever order rows arrive in."""

import json
from dataclasses import replace

import pytest

from schemas import topics
from schemas.record import Headers, Outgoing
from streams.memory import MemoryFlow
from tests.flow import as_outgoing, ingest_json, memory_flow


def deletion(key: bytes | None, *headers: tuple[str, bytes | None]) -> Outgoing:
    return Outgoing(topics.DOCUMENTS_INGEST, key, None, headers)


def shown(flow: MemoryFlow, document_id: str = "d") -> set[object]:
    """The runs in which a document is to be seen."""
    return {
        row["run_id"]
        for row in flow.tables.rows("documents")
        if row["document_id"] == document_id and not row["deleted"]
    }


def kinds(flow: MemoryFlow) -> list[object]:
    return [row["kind"] for row in flow.tables.rows("dead_letters")]


async def flow_with_two_runs() -> MemoryFlow:
    flow = memory_flow()
    flow.log.append(ingest_json("d"))
    await flow.run()
    written = flow.log.records[topics.EXTRACTIONS_VALIDATED][0]
    content = json.loads(written.value or b"")
    content["run"]["run_id"] = "candidate"
    flow.log.append(as_outgoing(replace(written, value=json.dumps(content).encode())))
    await flow.run()
    return flow


async def test_a_document_disappears_from_every_run() -> None:
    flow = await flow_with_two_runs()
    assert shown(flow) == {"live", "candidate"}

    flow.log.append(deletion(b"d"))
    await flow.run()

    assert shown(flow) == set()


async def test_it_wins_over_a_text_that_reaches_the_tables_after_it() -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d"))
    await flow.step(flow.stages["ner"])
    flow.log.append(deletion(b"d"))
    for name in ("ner", "sink"):
        await flow.step(flow.stages[name])
    assert flow.tables.rows("documents")[0]["deleted"] is True

    await flow.run()

    assert shown(flow) == set()


async def test_an_older_text_ingested_again_stays_hidden_and_a_newer_one_comes_back() -> None:
    flow = memory_flow()
    flow.log.append(deletion(b"d"), timestamp_ms=1_700_000_000_500)
    flow.log.append(ingest_json("d"), timestamp_ms=1_700_000_000_400)
    await flow.run()
    assert shown(flow) == set()

    flow.log.append(ingest_json("d"), timestamp_ms=1_700_000_000_600)
    await flow.run()

    assert shown(flow) == {"live"}


async def test_of_an_unknown_id_or_repeated_it_does_no_harm() -> None:
    flow = memory_flow()
    for _ in range(2):
        flow.log.append(deletion(b"unknown"))
        await flow.run()
    flow.log.append(ingest_json("d"))
    await flow.run()

    assert (shown(flow), shown(flow, "unknown"), kinds(flow)) == ({"live"}, set(), [])


@pytest.mark.parametrize("key", [None, b"", b"x" * 513, b"\xff", b"a\nb"])
async def test_under_a_key_that_is_no_id_it_is_a_letter(key: bytes | None) -> None:
    flow = memory_flow()
    flow.log.append(deletion(key))
    await flow.run()

    assert kinds(flow) == ["bad_key"]


@pytest.mark.parametrize(
    "headers",
    [
        (("content-type", b"application/pdf"),),
        (("content-type", b"\xff"), ("content-type", None)),
        (("", b""), ("x", b"\xff"), ("x", None)),
    ],
)
async def test_its_headers_and_content_type_do_not_matter(headers: Headers) -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d"))
    flow.log.append(deletion(b"d", *headers))
    await flow.run()

    assert (shown(flow), kinds(flow)) == (set(), [])
