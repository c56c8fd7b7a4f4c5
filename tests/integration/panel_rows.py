"""Two runs of the bundled documents through all stages, and what was refused, in real tables."""

from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path

from infra.clickhouse.client import Client
from infra.clickhouse.tables import ClickHouseTables
from millrace.inputs import Reading, Refused, read
from processors.annotation import AnnotationSettings
from schemas import topics
from schemas.completion import Attempt, Completion, Failed, InferenceCall
from schemas.model import Message
from schemas.record import Outgoing, Record
from schemas.run import Run
from schemas.task import Task
from schemas.work import Work
from streams.inference.embedded_engine import EmbeddedEngine
from streams.inference.scripted_engine import ScriptedEngine
from streams.memory import MemoryFlow
from streams.processing import StageContext
from streams.production import outgoing
from streams.sink.delivery import Delivery, prepare
from tests.flow import PROFILES, RUN, ingest_json, noon

SAMPLES = Path(__file__).resolve().parents[2] / "millrace/samples"
OTHER = Run(run_id="second", specification=RUN.specification)
# A document that is read in another way by the second run.
CHANGED = "news-purchase"
FAILING = ("news-trial", "mail-thanks")
SINK_TOPICS = (
    topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW, topics.DEAD_LETTERS,
    topics.INFERENCE_CALLS,
)  # fmt: skip


async def fill(client: Client) -> None:
    """Write both runs; the second one's calls have tokens and cost, as a language model's have."""
    await _write(client, await _records(RUN))
    await _write(client, [_priced(record) for record in await _records(OTHER)])


def _second(local: EmbeddedEngine) -> ScriptedEngine:
    """An engine that fails on the details of some documents: a person must look at these."""

    def answer(task: Task, work: Work) -> Completion | Awaitable[Completion]:
        if task.level != "detail" or work.document.document_id not in FAILING:
            return local.complete(task, work)
        attempt = Attempt(
            engine="local", model="lexical", model_revision="1", outcome="refusal", called_at=noon()
        )
        return Failed(
            task_id=task.task_id,
            kind="refusal",
            retryable=False,
            message="refused",
            attempts=(attempt,),
        )

    return ScriptedEngine(answer, local.identity)


async def _records(run: Run) -> list[Record]:
    settings = AnnotationSettings(run, PROFILES, "neutral", 1024 * 1024)
    local = EmbeddedEngine(PROFILES, noon)
    engine = _second(local) if run is OTHER else local
    flow = MemoryFlow(StageContext(settings, clock=noon), {"standard": engine})
    for found in read(sorted(SAMPLES.glob("*.json")), Reading(None, {}, 1024 * 1024)):
        assert not isinstance(found, Refused)
        document = found.document
        if run is OTHER and document.id == CHANGED:
            document = document.model_copy(update={"text": "Good morning, everyone."})
        flow.log.append(outgoing(document))
    flow.log.append(ingest_json("doubtful", profile="news", text="Acme may have bought it."))
    flow.log.append(ingest_json("strange", profile="unheard-of"))
    flow.log.append(Outgoing(topics.DOCUMENTS_INGEST, b"broken", b"{"))
    await flow.run()
    return [record for topic in SINK_TOPICS for record in flow.log.records[topic]]


def _priced(record: Record) -> Record:
    if record.topic != topics.INFERENCE_CALLS or record.value is None:
        return record
    call = InferenceCall.from_json(record.value)
    counted = {
        "prompt_tokens": 900,
        "cached_tokens": 600,
        "completion_tokens": 80,
        "cost_usd": 0.002,
    }
    attempt = call.attempt.model_copy(update=counted)
    priced: Message = call.model_copy(update={"attempt": attempt})
    return replace(record, value=priced.to_json())


async def _write(client: Client, records: list[Record]) -> None:
    prepared = prepare(records)
    assert prepared.letters == ()
    await Delivery(ClickHouseTables(client), noon).deliver(prepared.rows)
