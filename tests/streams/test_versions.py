"""Which text of a document counts, whatever order its rows arrive in."""

import json

from schemas.record import Outgoing
from streams.memory import MemoryFlow
from tests.flow import as_outgoing, ingest_json, memory_flow

OLD, NEW = "Acme bought Widget Ltd.", "Acme sold Widget Ltd."


def text_of(flow: MemoryFlow, document_id: str) -> object:
    (row,) = [row for row in flow.tables.rows("documents") if row["document_id"] == document_id]
    return row["text"]


async def test_a_newer_text_replaces_an_older_one() -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d", OLD))
    await flow.run()
    flow.log.append(ingest_json("d", NEW))
    await flow.run()
    assert text_of(flow, "d") == NEW


async def test_an_older_text_that_arrives_late_never_wins() -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d", OLD), timestamp_ms=1_700_000_000_100)
    for name in ("ner", "summary"):
        await flow.step(flow.stages[name])
    held = flow.log.unread(flow.stages["inference"])
    flow.log.commit(flow.stages["inference"], held)  # its tasks wait, while a newer text passes
    flow.log.append(ingest_json("d", NEW), timestamp_ms=1_700_000_000_200)
    await flow.run()
    assert text_of(flow, "d") == NEW

    for record in held:
        flow.log.append(as_outgoing(record))
    await flow.run()

    assert text_of(flow, "d") == NEW


async def test_a_replayed_old_message_never_beats_a_newer_text() -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d", OLD))
    await flow.run()
    flow.log.append(ingest_json("d", NEW))
    await flow.run()
    for topic in ("documents.annotated", "extraction.detail", "extractions.validated"):
        flow.log.append(as_outgoing(flow.log.records[topic][0]))
        await flow.run()
        assert text_of(flow, "d") == NEW, topic


async def test_two_texts_of_one_moment_are_ordered_by_their_offsets() -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d", OLD), timestamp_ms=1_700_000_000_000)
    flow.log.append(ingest_json("d", NEW), timestamp_ms=1_700_000_000_000)
    await flow.run()
    assert text_of(flow, "d") == NEW


async def test_a_deletion_hides_a_document_until_a_newer_text_comes() -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d", OLD))
    await flow.run()
    flow.log.append(Outgoing("documents.ingest", b"d", None))
    await flow.run()
    (row,) = flow.tables.rows("documents")
    assert (row["deleted"], row["text"], row["events.event_id"]) == (True, "", [])

    flow.log.append(as_outgoing(flow.log.records["documents.annotated"][0]))
    await flow.run()
    assert flow.tables.rows("documents")[0]["deleted"] is True

    flow.log.append(ingest_json("d", NEW))
    await flow.run()
    assert text_of(flow, "d") == NEW


async def test_a_repeated_pass_writes_the_same_revision_and_version() -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("d", OLD))
    await flow.run()
    (before,) = flow.tables.rows("documents")
    flow.log.append(as_outgoing(flow.log.records["documents.annotated"][0]))
    await flow.run()
    (after,) = flow.tables.rows("documents")
    assert (after["revision"], after["version"]) == (before["revision"], before["version"])
    assert json.dumps(after["events.event_id"]) == json.dumps(before["events.event_id"])
