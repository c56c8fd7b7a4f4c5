"""``replay``: 5,000 e-mails replayed, unchanged from each topic, and held back for live traffic."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from statistics import quantiles

from bench.live_traffic import LiveTraffic
from bench.mail import TIMEOUT_S, emails
from bench.results import Measure
from bench.stack import own_stack
from infra.clickhouse.client import Client
from millrace import wiring
from millrace.commands.run import Processes, grouped
from millrace.settings import Settings
from millrace.supervisor import Supervisor
from schemas.document import IngestDocument
from schemas.topics import DOCUMENTS_ANNOTATED, DOCUMENTS_INGEST, LEVELS, extraction_topic
from streams.production import produce
from streams.settling import settle

MAILS = 5_000
_IDLE_S = 60.0
_TOPICS = (DOCUMENTS_INGEST, DOCUMENTS_ANNOTATED, *map(extraction_topic, LEVELS))
# All that the views say of a document but of the pass that it last took.
_STATE = """
SELECT count() AS documents, groupBitXor(cityHash64(
    document_id, revision, status, deleted, profile, language, title, text, ingested_at,
    source_topic, source_partition, source_offset, toString(tuple(
        entities.mention_id, events.event_id, arguments.argument_id,
        relationships.relationship_id, findings.finding_id)))) AS state
FROM documents FINAL WHERE run_id = 'live'
"""


def replay() -> list[Measure]:
    with own_stack() as settings:
        kinds: dict[str, str] = {stage.name: stage.kind for stage in wiring.stages(settings)}
        supervisor = Supervisor(settings.home, grouped(kinds, Processes.SPLIT))
        with supervisor.running(), closing(Client(wiring.clickhouse(settings))) as client:
            asyncio.run(produce(wiring.broker(settings), emails(MAILS)))
            _settle(settings)
            idle = asyncio.run(_idle(settings))
            held, took = asyncio.run(_held(settings))
            _settle(settings)
            changed, rates = _unchanged(settings, client)
            promoted_s = _promote(settings)
    ratio = _p95(held) / _p95(idle)
    note = (
        f"p95 {_p95(idle):.2f} s with {len(idle)} documents alone, {_p95(held):.2f} s with "
        f"{len(held)} beside a replay of {MAILS:,} e-mails that took {took:.0f} s"
    )
    return [
        Measure("replay_live_p95_ratio", ratio, "", 1.5, "lower", note),
        Measure("replay_changed", changed, "topics", 0, "lower", "; ".join(rates)),
        Measure("promote_seconds", promoted_s, "s", 1.0, "lower", "the command as a whole"),
    ]


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _live(name: str) -> Iterator[IngestDocument]:
    for number, document in enumerate(emails(MAILS)):
        yield document.model_copy(update={"id": f"{name}-{number}"})


async def _idle(settings: Settings) -> list[float]:
    traffic = LiveTraffic(settings, _live("idle"))
    until = asyncio.Event()
    asyncio.get_running_loop().call_later(_IDLE_S, until.set)
    await traffic.run(until)
    return traffic.seconds


async def _held(settings: Settings) -> tuple[list[float], float]:
    traffic = LiveTraffic(settings, _live("held"))
    until = asyncio.Event()
    live = asyncio.create_task(traffic.run(until))
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "millrace", "replay", DOCUMENTS_INGEST, env=dict(os.environ)
    )
    status = await process.wait()
    took = time.monotonic() - began
    until.set()
    await live
    if status:
        sys.exit(f"the replay ended with status {status}")
    return traffic.seconds, took


def _unchanged(settings: Settings, client: Client) -> tuple[int, list[str]]:
    before = client.query(_STATE)
    changed, rates = 0, []
    for topic in _TOPICS:
        began = time.monotonic()
        _millrace("replay", topic, "--max-lag", str(10 * MAILS))
        _settle(settings)
        seconds = time.monotonic() - began
        changed += client.query(_STATE) != before
        rates.append(f"{topic} {MAILS / seconds:.0f}/s")
    return changed, rates


def _promote(settings: Settings) -> float:
    _millrace("runs", "create", "other")
    _millrace("replay", extraction_topic("relationship"), "--run", "other", "--max-lag", "5000")
    _settle(settings)
    began = time.monotonic()
    _millrace("runs", "promote", "other")
    return time.monotonic() - began


def _settle(settings: Settings) -> None:
    asyncio.run(settle(wiring.broker(settings), wiring.stages(settings), TIMEOUT_S))


def _millrace(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "millrace", *arguments], check=True)
