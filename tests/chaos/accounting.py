"""What became of the documents of an experiment, against what they are without faults."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from millrace import wiring
from schemas.ids import letter_id
from schemas.record import Record
from schemas.topics import (
    DEAD_LETTERS,
    DOCUMENTS_INGEST,
    EXTRACTIONS_REVIEW,
    EXTRACTIONS_VALIDATED,
)
from streams.broker.admin import Positions
from streams.broker.reading import TopicReader
from tests.chaos.documents import Content, Documents
from tests.chaos.flow import Flow

_LAST = (EXTRACTIONS_VALIDATED, EXTRACTIONS_REVIEW, DEAD_LETTERS)
Ends = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Account:
    """Counts of one experiment; ``wrong`` names some of what is lost, twice or changed."""

    documents: int
    lost: int
    twice: int
    changed: int
    letters_expected: int
    letters_found: int
    repeats: int
    """Records that ended once more on a last topic: work that was done again."""
    wrong: tuple[str, ...] = field(default=())


def ends(flow: Flow) -> Ends:
    """Where the first topic and the last ones end."""

    async def asked() -> Ends:
        async with Positions(wiring.broker(flow.settings)) as positions:
            return await positions.ends([DOCUMENTS_INGEST, *_LAST])

    return asyncio.run(asked())


def account(
    flow: Flow,
    documents: Documents,
    acknowledged: int,
    expected: Mapping[str, Content],
    before: Ends,
) -> Account:
    """Compare what is in the tables with what was sent.

    Args:
        flow: settled.
        documents: of which the numbers below ``acknowledged`` were sent.
        acknowledged: how many Kafka has said that it has.
        expected: the documents without faults.
        before: the ends of the topics before the first was sent.
    """
    after = ends(flow)
    ingested = asyncio.run(_ingested(flow, before, after))
    numbers = range(acknowledged)
    good = {documents.identity(one) for one in numbers if not documents.is_refused(one)}
    refused = {documents.identity(one) for one in numbers if documents.is_refused(one)}
    on_topic = {_key(record) for record in ingested}
    places = {
        letter_id(record.topic, record.partition, record.offset): _key(record)
        for record in ingested
        if _key(record) in refused
    }
    rows, contents = _rows(flow, documents.batch)
    letters = _letters(flow, documents.batch)
    lost = (good | refused) - on_topic | (good - rows.keys()) | (places.keys() - letters.keys())
    twice = [one for one, count in (rows + letters).items() if count > 1]
    # What is no document of ours, or a letter of one that should have none.
    twice += [one for one in rows if one not in good] + [
        one for one in letters if one not in places
    ]
    changed = [one for one in good & rows.keys() if contents[one] != expected[one]]
    growth = Counter[str]()
    for partition, end in after.items():
        growth[partition.topic] += end - before[partition]
    return Account(
        documents=len(good),
        lost=len(lost),
        twice=len(twice),
        changed=len(changed),
        letters_expected=len(places),
        letters_found=len(letters),
        repeats=sum(growth[topic] for topic in _LAST) - growth[DOCUMENTS_INGEST],
        wrong=tuple(
            f"{what}: {one}"
            for what, found in (("lost", sorted(lost)), ("twice", twice), ("changed", changed))
            for one in found[:3]
        ),
    )


async def _ingested(flow: Flow, before: Ends, after: Ends) -> list[Record]:
    """What lies on the first topic, whatever the driver knows of it."""
    ranges = {
        at.partition: (before[at], end) for at, end in after.items() if at.topic == DOCUMENTS_INGEST
    }
    async with TopicReader(wiring.broker(flow.settings)) as reader:
        chunks = [chunk async for chunk in reader.records(DOCUMENTS_INGEST, ranges)]
    return [record for chunk in chunks for record in chunk]


def _key(record: Record) -> str:
    return (record.key or b"").decode()


def _rows(flow: Flow, batch: str) -> tuple[Counter[str], dict[str, Content]]:
    """How often the views show each document, and what they say of it."""
    bound = {"batch": batch}
    events = flow.client.query(
        "SELECT document_id, arraySort(groupArray(event_id)) AS events FROM current_events "
        "WHERE startsWith(document_id, {batch:String}) GROUP BY document_id",
        bound,
    )
    of_document = {row["document_id"]: tuple(row["events"]) for row in events}
    rows = flow.client.query(
        "SELECT document_id, count() AS rows, any(revision) AS revision, any(text) AS text "
        "FROM current_documents WHERE startsWith(document_id, {batch:String}) GROUP BY document_id",
        bound,
    )
    counts = Counter({str(row["document_id"]): int(row["rows"]) for row in rows})
    contents = {
        row["document_id"]: Content(
            row["revision"], row["text"], of_document.get(row["document_id"], ())
        )
        for row in rows
    }
    return counts, contents


def _letters(flow: Flow, batch: str) -> Counter[str]:
    """How often each letter is there, by its id."""
    rows = flow.client.query(
        "SELECT letter_id, count() AS rows FROM dead_letters FINAL "
        "WHERE startsWith(document_id, {batch:String}) GROUP BY letter_id",
        {"batch": batch},
    )
    return Counter({str(row["letter_id"]): int(row["rows"]) for row in rows})
