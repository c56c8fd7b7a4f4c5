"""What the tests of the flow share: a run, a context, sample documents, stages run in memory."""

import json
from datetime import UTC, datetime

from processors.annotation import AnnotationSettings
from processors.profile_loading import load_profiles
from schemas.record import Outgoing, Record
from schemas.run import LIVE, Run, Specification
from streams.inference.embedded_engine import EmbeddedEngine, local_identity
from streams.inference.engine import DeployedEngine
from streams.memory import MemoryFlow
from streams.processing import StageContext

TEXT = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later."
PROFILES = load_profiles()
# Where no record of a real topic lies: what tests make up must not be taken for one.
ELSEWHERE = 1_000_000_000
RUN = Run(
    run_id=LIVE,
    specification=Specification(
        engine=local_identity().engine,
        model=local_identity().model,
        prompt_version="1",
        tier="standard",
    ),
)


def noon() -> datetime:
    return datetime(2024, 3, 5, 12, tzinfo=UTC)


def context() -> StageContext:
    settings = AnnotationSettings(RUN, PROFILES, "neutral", 1024 * 1024)
    return StageContext(settings, clock=noon)


def ingest_json(document_id: str, text: str = TEXT, **fields: object) -> Outgoing:
    """A document as a producer writes it."""
    value = {"id": document_id, "text": text, "profile": "news", "language": "en", **fields}
    return Outgoing("documents.ingest", document_id.encode(), json.dumps(value).encode())


def memory_flow(engine: DeployedEngine | None = None) -> MemoryFlow:
    return MemoryFlow(context(), {"standard": engine or EmbeddedEngine(PROFILES, noon)})


async def inputs_of(document_id: str) -> dict[str, Record]:
    """For every stage a record of one document as that stage reads it."""
    flow = memory_flow()
    flow.log.first_offset = ELSEWHERE
    flow.log.append(ingest_json(document_id))
    await flow.run()
    return {
        stage.name: next(record for topic in stage.reads for record in flow.log.records[topic])
        for stage in flow.stages.values()
    }


def as_outgoing(record: Record) -> Outgoing:
    """A record as it was written."""
    return Outgoing(record.topic, record.key, record.value, record.headers)
