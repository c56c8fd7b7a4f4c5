"""Bad input between good documents on a real Kafka and ClickHouse: no stage dies of it."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import md5
from pathlib import Path
from uuid import uuid4

import pytest

from infra.clickhouse.client import Client
from millrace import wiring
from schemas import topics
from schemas.record import Outgoing
from streams.broker.admin import Positions
from streams.broker.outbox import Outbox
from streams.settling import settle
from tests.bad_input import corpus, generated
from tests.bad_input.accounting import odd_messages
from tests.command import millrace
from tests.flow import ingest_json
from tests.integration.conftest import Pipeline

pytestmark = pytest.mark.integration
GOOD = 200
MARK = "test-mark"


def marked(records: Iterator[Outgoing], mark: str) -> list[Outgoing]:
    """The records with a header that tells each of them from all others."""
    return [
        Outgoing(one.topic, one.key, one.value, (*one.headers, (MARK, f"{mark}-{number}".encode())))
        for number, one in enumerate(records)
    ]


def corpus_records() -> Iterator[Outgoing]:
    """Every file of the corpus once, under one content type after the other."""
    kinds = len(corpus.CONTENT_TYPES)
    for number, record in enumerate(corpus.file_records()):
        if number % kinds == number // kinds % kinds:
            yield record


@pytest.mark.timeout(180)
def test_each_record_is_a_row_or_one_letter_and_every_good_document_arrives(
    pipeline: Pipeline,
) -> None:
    corpus.require_corpus()
    batch = f"mixed-{uuid4().hex[:8]}"
    bad = marked(
        (one for source in (corpus_records(), generated.generated()) for one in source), batch
    )
    good = [ingest_json(f"{batch}-{number}") for number in range(GOOD)]
    step = len(bad) // GOOD
    mixed = bad[GOOD * step :]
    for number, each in enumerate(good):
        mixed += [each, *bad[number * step : (number + 1) * step]]
    pids, events = dict(pipeline.supervisor.pids), len(pipeline.events)
    logged = {file: file.stat().st_size for file in logs(pipeline)}

    ranges = asyncio.run(sent(pipeline, mixed))

    assert pipeline.events[events:] == []
    assert dict(pipeline.supervisor.pids) == pids
    assert arrived(pipeline.client, batch) == GOOD
    letters = letters_of(pipeline.client, ranges)
    assert_letters_hold_what_was_sent(letters, bad, batch)
    assert odd_messages({(str(one["kind"]), str(one["message"])) for one in letters}) == []
    assert_all_are_accounted_for(pipeline.client, ranges, letters)
    assert_logs_are_clean(pipeline, logged)


async def sent(pipeline: Pipeline, records: list[Outgoing]) -> dict[int, tuple[int, int]]:
    """Send records and wait for their end; the offsets that they took, by partition."""
    broker = wiring.broker(pipeline.settings)
    outbox = Outbox(broker)
    async with Positions(broker) as positions:
        before = await positions.ends([topics.DOCUMENTS_INGEST])
        async with outbox:
            for begin in range(0, len(records), 100):
                await outbox.send(records[begin : begin + 100])
        after = await positions.ends([topics.DOCUMENTS_INGEST])
    await settle(broker, wiring.stages(pipeline.settings), 120)
    return {at.partition: (before[at], end) for at, end in after.items()}


def arrived(client: Client, batch: str) -> int:
    (row,) = client.query(
        "SELECT uniqExact(document_id) AS count FROM current_documents "
        "WHERE startsWith(document_id, {batch:String}) AND events = 2",
        {"batch": batch},
    )
    return int(row["count"])


def letters_of(client: Client, ranges: dict[int, tuple[int, int]]) -> list[dict[str, object]]:
    """The letters of the records in these ranges, but those of other stages than the first."""
    wanted = " OR ".join(
        f"(source_partition = {partition} AND source_offset >= {begin} AND source_offset < {end})"
        for partition, (begin, end) in ranges.items()
    )
    return client.query(
        "SELECT stage, kind, message, source_partition, source_offset, hex(MD5(ifNull(key, ''))) "
        "AS key_digest, key IS NULL AS no_key, hex(MD5(ifNull(value, ''))) AS value_digest, "
        "value IS NULL AS no_value, arrayMap(one -> (hex(one.1), "
        "ifNull(hex(MD5(one.2)), 'none')), headers) AS "
        f"hashed, hex(headers[-1].2) AS mark FROM dead_letters FINAL WHERE source_topic = "
        f"'documents.ingest' AND ({wanted})"
    )


def assert_letters_hold_what_was_sent(
    letters: list[dict[str, object]], bad: list[Outgoing], batch: str
) -> None:
    def digest(content: bytes | None) -> str:
        return md5(content or b"", usedforsecurity=False).hexdigest().upper()

    for letter in letters:
        mark = bytes.fromhex(str(letter["mark"])).decode()
        assert mark.startswith(batch), letter
        record = bad[int(mark.rpartition("-")[2])]
        assert (letter["key_digest"], letter["no_key"]) == (digest(record.key), record.key is None)
        assert (letter["value_digest"], letter["no_value"]) == (
            digest(record.value),
            record.value is None,
        )
        headers = [
            (name.encode().hex().upper(), "none" if value is None else digest(value))
            for name, value in record.headers
        ]
        assert [tuple(one) for one in letter["hashed"]] == headers  # type: ignore[attr-defined]


def assert_all_are_accounted_for(
    client: Client, ranges: dict[int, tuple[int, int]], letters: list[dict[str, object]]
) -> None:
    rows = client.query(
        "SELECT DISTINCT source_partition, source_offset FROM documents "
        # Other tests write rows of their own, with invented places and long past.
        "WHERE source_topic = 'documents.ingest' AND ingested_at > now() - INTERVAL 10 MINUTE"
    )
    ended = Counter((one["source_partition"], one["source_offset"]) for one in [*letters, *rows])
    places = {(at, offset) for at, (begin, end) in ranges.items() for offset in range(begin, end)}
    assert {place: ended[place] for place in places if ended[place] != 1} == {}


def logs(pipeline: Pipeline) -> list[Path]:
    """Those of the stages."""
    folder = pipeline.settings.home / "logs"
    return [one for one in folder.glob("*.log") if one.stem not in ("kafka", "clickhouse")]


def assert_logs_are_clean(pipeline: Pipeline, before: Mapping[Path, int]) -> None:
    """Without what earlier tests were to bring about: ``before`` has the bytes of each then."""
    for file in logs(pipeline):
        content = file.read_bytes()[before.get(file, 0) :].decode()
        assert "Traceback" not in content, file
        assert generated.CANARY not in content, file


def test_produce_refuses_what_the_stages_would_refuse(pipeline: Pipeline, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    values = [one.value or b"" for one in generated.generated(600)]
    lines.write_bytes(b"".join(one.replace(b"\n", b" ") + b"\n" for one in values))

    ended = millrace("produce", str(lines), "--wait", "--json")

    assert ended.status == 1, ended.err
    report = json.loads(ended.out)
    assert report["produced"] > 0
    assert report["dead_lettered"] == 0
    refused = [(one["kind"], one["reason"]) for one in report["refused"]]
    assert odd_messages(refused) == []
    assert {"unknown_profile", "malformed", "too_large"} <= {kind for kind, _ in refused}
    assert all(
        one["place"].startswith(f"{lines}:") and one["place"].rpartition(":")[2].isdigit()
        for one in report["refused"]
    )


def test_produce_refuses_files_of_the_corpus_by_name(pipeline: Pipeline) -> None:
    corpus.require_corpus()

    ended = millrace("produce", str(corpus.FOLDER), "--wait", "--json")

    assert ended.status == 1, ended.err
    report = json.loads(ended.out)
    assert report["dead_lettered"] == 0
    places = {one["place"] for one in report["refused"]}
    assert {str(one) for one in corpus.JSON_CASES.glob("n_*.json")} <= places
    assert odd_messages((one["kind"], one["reason"]) for one in report["refused"]) == []
