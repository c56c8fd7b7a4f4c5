"""Which records are copied, and what becomes of the others."""

from datetime import UTC, datetime

import pytest

from schemas.errors import RefusedError
from schemas.extraction import Deletion, Extraction
from schemas.record import Outgoing
from schemas.run import LevelPrompt, LevelTier, ProfileOverride
from schemas.version import document_version
from streams.replay.candidate import Candidate, Order, parse_condition
from streams.replay.errors import ReplayError, RequestError
from streams.replay.selection import (
    DELETED,
    OF_FALLBACK,
    OLDER,
    OVER_LIMIT,
    SUPERSEDED,
    UNREADABLE,
    UNSELECTED,
    Selection,
    ranges_of,
)
from tests.flow import RUN, ingest_json, memory_flow
from tests.streams.replay.replaying import (
    chosen,
    flow_of,
    replayed,
    request,
    run_of,
    source,
    surveyed,
)

INGEST = "documents.ingest"
DETAIL = "extraction.detail"
FIRST, SECOND = Order(1_700_000_000_000, 4), Order(1_700_000_000_000, 5)


def selection(topic: str = DETAIL) -> Selection:
    return Selection(source(topic), RUN)


def prompts(relationship: str, summary: str = "s1") -> tuple[LevelPrompt, ...]:
    return (
        LevelPrompt(level="summary", digest=summary),
        LevelPrompt(level="detail", digest="d1"),
        LevelPrompt(level="relationship", digest=relationship),
    )


def test_of_a_document_the_newest_record_of_its_newest_text_is_copied() -> None:
    choosing = selection()
    choosing.add(Candidate("a1", SECOND, 0, RUN), 0, 7)
    choosing.add(Candidate("a1", FIRST, 9, RUN), 0, 8)
    choosing.add(Candidate("a1", SECOND, 3, RUN), 0, 9)
    choosing.add(Candidate("a1", FIRST, 2, RUN), 0, 10)
    choosing.add(Candidate("a2", FIRST, 0, RUN), 1, 7)

    found = choosing.finish({})

    assert found.ranges == {0: [(9, 10)], 1: [(7, 8)]}
    assert (found.records, found.left_out) == (2, {OLDER: 3})
    assert choosing.newest_generation == 9


def test_the_record_of_a_run_that_agrees_goes_before_newer_ones_that_do_not() -> None:
    ours, theirs = run_of("live", prompts=prompts("r1")), run_of("b", prompts=prompts("r1", "s2"))
    choosing = Selection(source(DETAIL), ours)
    choosing.add(Candidate("a1", FIRST, 0, ours), 0, 1)
    choosing.add(Candidate("a1", FIRST, 5, theirs), 0, 2)

    assert choosing.finish({}).ranges == {0: [(1, 2)]}


def test_documents_made_with_another_specification_are_a_refusal_that_names_it() -> None:
    ours, theirs = run_of("b", prompts=prompts("r1", "s2")), run_of("live", prompts=prompts("r1"))
    choosing = Selection(source(DETAIL), ours)
    choosing.add(Candidate("a1", FIRST, 0, theirs), 0, 1)
    choosing.add(Candidate("a2", FIRST, 0, theirs), 0, 2)

    with pytest.raises(ReplayError) as refused:
        choosing.finish({})
    assert str(refused.value) == (
        "run b cannot continue 2 documents of extraction.detail: prompt of summary is s2, not s1: "
        "replay from documents.annotated instead"
    )


def test_what_comes_after_the_topic_may_differ() -> None:
    ours, theirs = run_of("b", prompts=prompts("r2")), run_of("live", prompts=prompts("r1"))
    before = Selection(source(DETAIL), ours)
    behind = Selection(source("inference.standard.relationship"), ours)
    for choosing in (before, behind):
        choosing.add(Candidate("a1", FIRST, 0, theirs), 0, 1)

    assert before.finish({}).records == 1
    with pytest.raises(ReplayError, match=r"replay from extraction\.detail instead"):
        behind.finish({})


def test_another_reading_of_a_profile_has_to_begin_at_the_first_topic() -> None:
    ours = run_of("b", profiles=(ProfileOverride(name="news", changes="{}"),))
    choosing = Selection(source("documents.annotated"), ours)
    choosing.add(Candidate("a1", FIRST, 0, RUN, "news"), 0, 1)

    with pytest.raises(ReplayError, match=r"profile news .* replay from documents.ingest instead"):
        choosing.finish({})


def test_documents_of_other_profiles_go_on_from_where_they_are() -> None:
    ours = run_of("b", profiles=(ProfileOverride(name="news", changes="{}"),))
    choosing = Selection(source(DETAIL), ours)
    choosing.add(Candidate("a1", FIRST, 0, RUN, "email"), 0, 1)

    assert choosing.finish({}).records == 1


def test_the_differing_documents_that_nobody_asked_for_do_not_matter() -> None:
    ours, theirs = run_of("b", prompts=prompts("r1", "s2")), run_of("live", prompts=prompts("r1"))
    choosing = Selection(source(DETAIL), ours)
    choosing.add(Candidate("a1", FIRST, 0, theirs), 0, 1)
    choosing.add(Candidate("a2", FIRST, 0, ours), 0, 2)

    found = choosing.finish({}, frozenset({"a2", "nowhere"}))
    assert (found.records, found.left_out, found.absent) == (1, {UNSELECTED: 1}, 1)


def test_deleted_documents_are_left_out_and_those_ingested_again_are_not() -> None:
    def at(order: Order) -> int:
        moment = datetime.fromtimestamp(order.ingested_ms / 1000, UTC)
        return document_version(moment, order.offset, 0, "ffff")

    choosing = selection()
    choosing.add(Candidate("gone", FIRST, 0, RUN), 0, 1)
    choosing.add(Candidate("back", SECOND, 0, RUN), 0, 2)

    found = choosing.finish({"gone": at(FIRST), "back": at(FIRST), "other": at(SECOND)})
    assert (found.ranges, found.left_out) == ({0: [(2, 3)]}, {DELETED: 1})


def test_a_limit_takes_those_that_were_ingested_first() -> None:
    choosing = selection()
    choosing.add(Candidate("a1", SECOND, 0, RUN), 0, 1)
    choosing.add(Candidate("a2", FIRST, 0, RUN), 1, 9)

    found = choosing.finish({}, limit=1)
    assert (found.ranges, found.left_out) == ({1: [(9, 10)]}, {OVER_LIMIT: 1})


def test_an_extraction_with_a_newer_one_on_the_other_topic_is_left_out() -> None:
    ours, theirs = run_of("live", prompts=prompts("r1")), run_of("b", prompts=prompts("r2"))
    choosing = Selection(source("extractions.review"), ours)
    for number, document_id in enumerate(("newer", "older", "of another run", "alone")):
        choosing.add(Candidate(document_id, FIRST, 5, ours), 0, number)
    choosing.add_elsewhere(Candidate("newer", FIRST, 6, ours))
    choosing.add_elsewhere(Candidate("newer", FIRST, 0, ours))
    choosing.add_elsewhere(Candidate("older", FIRST, 4, ours))
    choosing.add_elsewhere(Candidate("of another run", FIRST, 6, theirs))
    choosing.add_elsewhere(Candidate("not here", SECOND, 6, ours))

    found = choosing.finish({})
    assert (found.ranges, found.left_out) == ({0: [(1, 4)]}, {SUPERSEDED: 1})


async def test_what_a_later_pass_put_in_review_does_not_come_back_as_validated() -> None:
    flow = await flow_of("a1")
    strict = ProfileOverride(name="news", changes='{"review": {"minimum_confidence": 1.0}}')
    await replayed(flow, INGEST, run_of("strict", profiles=(strict,)))

    in_the_same = surveyed(flow, request("extractions.validated"))
    assert (in_the_same.records, in_the_same.left_out) == (1, {})

    (reviewed,) = flow.log.records["extractions.review"]
    in_live = Extraction.from_json(reviewed.value or b"").model_copy(update={"run": RUN})
    flow.log.append(Outgoing(reviewed.topic, reviewed.key, in_live.to_json()))
    moved = surveyed(flow, request("extractions.validated"))
    assert (moved.records, moved.left_out) == (0, {SUPERSEDED: 1})


def test_offsets_side_by_side_are_one_range() -> None:
    assert ranges_of([(0, 1), (0, 2), (0, 5), (2, 0)]) == {0: [(1, 3), (5, 6)], 2: [(0, 1)]}


async def test_a_deletion_is_not_copied_and_takes_the_texts_before_it() -> None:
    flow = memory_flow()
    for document_id in ("gone", "back", "stays"):
        flow.log.append(ingest_json(document_id))
    flow.log.append(Outgoing(INGEST, b"gone", None))
    flow.log.append(Outgoing(INGEST, b"back", None))
    flow.log.append(ingest_json("back"))
    await flow.run()

    found = surveyed(flow, request(INGEST))
    assert {record.key for record in chosen(flow, INGEST, found)} == {b"back", b"stays"}
    assert found.left_out == {DELETED: 2, OLDER: 2}

    deletions = surveyed(flow, request("extractions.validated"))
    assert deletions.records == 2


async def test_the_deletions_of_the_tables_count_by_the_moment_of_the_text() -> None:
    flow = await flow_of("gone", "back")
    for document_id in ("gone", "back"):
        flow.log.append(Outgoing(INGEST, document_id.encode(), None))
    flow.log.append(ingest_json("back"))
    await flow.run()
    deletions = [
        Deletion.from_json(record.value or b"")
        for record in flow.log.records["extractions.validated"]
        if b'"type":"deletion"' in (record.value or b"")
    ]
    tombstones = {one.document_id: one.version for one in deletions}

    found = surveyed(flow, request("documents.annotated", tombstones=tombstones))

    copied = chosen(flow, "documents.annotated", found)
    assert [record.key for record in copied] == [b"back"]
    assert found.left_out == {DELETED: 1, OLDER: 1}


async def test_a_deletion_of_a_copied_text_counts_by_when_the_text_was_ingested() -> None:
    flow = await flow_of("a1")
    flow.log.append(Outgoing(INGEST, b"a1", None))
    await flow.run()
    # A replay that was planned before the deletion wrote its copy behind it.
    early = memory_flow()
    early.log.records[INGEST] = [flow.log.records[INGEST][0]]
    await replayed(early, INGEST)
    copy = early.log.records[INGEST][1]
    flow.log.append(Outgoing(copy.topic, copy.key, copy.value, copy.headers))

    assert surveyed(flow, request(INGEST)).left_out == {DELETED: 3}


@pytest.mark.parametrize("topic", [INGEST, "documents.annotated", "extractions.validated"])
@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (["profile=email"], {"a2"}),
        (["profile=news", "language=en"], {"a1", "a3"}),
        (["source=wire"], {"a1"}),
        (["title=Purchase"], {"a3"}),
        (["id=a2"], {"a2"}),
        (["desk=north"], {"a1"}),
        (["metadata.source=upstream"], {"a3"}),
        (["profile=news", "desk=south"], set()),
    ],
)
async def test_conditions_all_have_to_hold(topic: str, where: list[str], ids: set[str]) -> None:
    flow = memory_flow()
    flow.log.append(ingest_json("a1", source="wire", metadata={"desk": "north"}))
    flow.log.append(ingest_json("a2", profile="email"))
    flow.log.append(ingest_json("a3", title="Purchase", metadata={"source": "upstream"}))
    await flow.run()

    found = surveyed(flow, request(topic, where=where))

    assert {(one.key or b"").decode() for one in chosen(flow, topic, found)} == ids & {
        (one.key or b"").decode() for one in flow.log.records[topic]
    }
    assert found.left_out.get(UNSELECTED, 0) == len(flow.log.records[topic]) - found.records


@pytest.mark.parametrize(
    ("where", "records"), [("profile=neutral", 1), ("language=en", 1), ("language=de", 0)]
)
async def test_what_a_document_does_not_say_is_as_annotation_has_it(
    where: str, records: int
) -> None:
    flow = memory_flow()
    text = b"Acme bought Widget Ltd in London, and its founder resigned a day later."
    flow.log.append(Outgoing(INGEST, b"a1", text, (("content-type", b"text/plain"),)))
    await flow.run()

    for topic in (INGEST, "documents.annotated"):
        assert surveyed(flow, request(topic, where=[where])).records == records


@pytest.mark.parametrize("wrong", ["profile", "=news", ""])
def test_a_condition_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(RequestError, match=r"--where .* should be KEY=VALUE"):
        parse_condition(wrong)


@pytest.mark.parametrize("topic", [INGEST, "documents.annotated", "extractions.validated"])
async def test_what_cannot_be_read_stops_the_replay_unless_it_is_skipped(topic: str) -> None:
    flow = await flow_of("a1")
    flow.log.append(Outgoing(topic, b"bad", b'{"no": "document"}'))
    flow.log.append(Outgoing(topic, b"bad", b"\xff"))
    bad = flow.log.records[topic][-2]

    with pytest.raises(ReplayError) as refused:
        surveyed(flow, request(topic))
    assert str(refused.value).startswith(
        f"2 records of {topic} cannot be read, the first {topic}@{bad.partition}/{bad.offset}: "
    )
    assert "--skip-unreadable" in str(refused.value)

    found = surveyed(flow, request(topic, skip_unreadable=True))
    assert (found.records, found.left_out) == (1, {UNREADABLE: 2})


async def test_what_cannot_be_read_does_not_stop_a_replay_of_other_documents() -> None:
    flow = await flow_of("a1")
    flow.log.append(Outgoing(INGEST, b"bad", b"\xff"))

    found = surveyed(flow, request(INGEST, asked=frozenset({"a1"})))
    assert (found.records, found.left_out) == (1, {UNREADABLE: 1})
    with pytest.raises(ReplayError, match="cannot be read"):
        surveyed(flow, request(INGEST, asked=frozenset({"a1", "bad"})))


async def test_a_document_of_a_profile_that_is_gone_is_unreadable() -> None:
    flow = await flow_of("a1")
    flow.log.append(ingest_json("a2", profile="gone"))

    with pytest.raises(ReplayError, match=r"1 record of documents\.ingest cannot be read"):
        surveyed(flow, request(INGEST))


async def test_by_document_only_its_records_are_read() -> None:
    flow = await flow_of("a1", "a2")
    flow.log.append(Outgoing("documents.annotated", b"bad", b"\xff"))

    found = surveyed(flow, request("documents.annotated", asked=frozenset({"a1"})))
    assert (found.records, found.left_out) == (1, {UNSELECTED: 2})


async def test_tasks_that_another_tier_could_not_answer_are_left_out() -> None:
    flow = await flow_of("a1")
    topic = "inference.standard.summary"
    (tasks,) = flow.log.records[topic]
    moved = request(topic)
    assert tasks.value is not None
    fallen = tasks.value.replace(b'"tier":"standard","sentences"', b'"tier":"small","sentences"')
    assert fallen != tasks.value
    flow.log.records[topic] = []
    flow.log.append(Outgoing(topic, tasks.key, fallen))

    found = surveyed(flow, moved)
    assert (found.records, found.left_out) == (0, {OF_FALLBACK: 1})


async def test_tasks_of_a_run_with_another_tier_for_their_level_are_refused() -> None:
    flow = await flow_of("a1")
    elsewhere = run_of("b", levels=(LevelTier(level="summary", tier="large"),))

    with pytest.raises(ReplayError, match="tier of summary is large"):
        surveyed(flow, request("inference.standard.summary", elsewhere))


async def test_a_copy_whose_header_no_replay_wrote_is_unreadable() -> None:
    flow = await flow_of("a1")
    (first,) = flow.log.records[INGEST]
    flow.log.append(Outgoing(INGEST, b"a1", first.value, (("millrace-replay", b"{}"),)))

    with pytest.raises(ReplayError, match="not a valid millrace-replay"):
        surveyed(flow, request(INGEST))
    with pytest.raises(RefusedError):
        request(INGEST).reading.candidate(flow.log.records[INGEST][-1])
