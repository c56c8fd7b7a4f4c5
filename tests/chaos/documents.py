"""What the driver produces: documents with known content, and what comes of them without faults."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.extraction import Extraction
from schemas.record import Outgoing
from schemas.topics import DOCUMENTS_INGEST, EXTRACTIONS_REVIEW, EXTRACTIONS_VALIDATED
from streams.inference.engine import DeployedEngine
from tests.flow import TEXT, ingest_json, memory_flow
from tests.model_answers import Question, Rehearsing

# One input in so many is refused: few enough that no stage takes it for a wrong setting.
REFUSED_EVERY = 20
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says in the views: what must be the same with and without faults."""

    revision: str
    text: str
    events: tuple[str, ...]
    """The ids of its events, sorted."""


@dataclass(frozen=True, slots=True)
class Documents:
    """The endless documents of one experiment, by number from 0; each has a text of its own."""

    batch: str

    def identity(self, number: int) -> str:
        return f"{self.batch}-{number}"

    def is_refused(self, number: int) -> bool:
        return number % REFUSED_EVERY == REFUSED_EVERY - 1

    def record(self, number: int) -> Outgoing:
        """As it is sent: mostly a document, sometimes what the first stage refuses."""
        identity = self.identity(number)
        if not self.is_refused(number):
            return ingest_json(
                identity,
                f"{TEXT} Lot {number} of {self.batch}.",
                title=f"Document {identity}.",
                published_at="2024-03-04T09:00:00Z",
            )
        refused = (
            Outgoing(DOCUMENTS_INGEST, identity.encode(), b'{"text": "Acme bought'),
            Outgoing(DOCUMENTS_INGEST, identity.encode(), b""),
            ingest_json(identity, profile="nowhere"),
        )
        return refused[number // REFUSED_EVERY % len(refused)]


def without_faults(records: Sequence[Outgoing]) -> dict[str, Content]:
    """What the local engine makes of records in memory, by document; nothing of refused ones."""
    found: dict[str, Content] = {}
    for chunk in _chunks(records):
        found |= asyncio.run(_extracted(chunk, None))
    return found


def rehearsal(records: Sequence[Outgoing]) -> tuple[dict[str, Content], Mapping[Question, str]]:
    """The same through a served model that answers as the rules would, and its answers."""
    engine = Rehearsing()
    found: dict[str, Content] = {}
    for chunk in _chunks(records):
        found |= asyncio.run(_extracted(chunk, engine))
    return found, engine.answers


def _chunks(records: Sequence[Outgoing]) -> Iterator[Sequence[Outgoing]]:
    """Not all at once: the log in memory takes longer the more it holds."""
    for begin in range(0, len(records), _CHUNK):
        yield records[begin : begin + _CHUNK]


async def _extracted(
    records: Sequence[Outgoing], engine: DeployedEngine | None
) -> dict[str, Content]:
    flow = memory_flow(engine)
    for record in records:
        flow.log.append(record)
    await flow.run()
    messages = flow.log.records[EXTRACTIONS_VALIDATED] + flow.log.records[EXTRACTIONS_REVIEW]
    extractions = [Extraction.from_json(message.value or b"") for message in messages]
    return {
        one.document.document_id: Content(
            one.revision,
            one.document.text,
            tuple(sorted(event.event_id for event in one.events)),
        )
        for one in extractions
    }
