"""The two runners of ``stage_ratio``, each as a process: BOOTSTRAP KIND RUNNER OUTPUT."""

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from mode import Worker

from processors.annotation import AnnotationSettings, annotate
from processors.profile_loading import load_profiles
from schemas.record import Outgoing, Record
from schemas.run import Run, Specification
from schemas.work import Work
from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.broker.records import to_record
from streams.faust_stage import RecordWork, faust_app
from streams.processing import StageContext, process_record
from streams.stage import Stage
from streams.topology import topology

SENTENCE = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later. "


def stage_context() -> StageContext:
    """What the stages are told in a benchmark: the local engine in one tier."""
    specification = Specification(engine="local", model="m", prompt_version="1", tier="standard")
    run = Run(run_id="live", specification=specification)
    return StageContext(AnnotationSettings(run, load_profiles(), "neutral", 1 << 20))


def annotated_work() -> bytes:
    """A ``Work`` of about 10 KB, as recognition leaves it."""
    value = json.dumps({"id": "w", "text": SENTENCE * 7, "profile": "news"}).encode()
    record = Record("documents.ingest", 0, 0, 1_700_000_000_000, None, value)
    message = annotate(record, stage_context().annotation).message
    assert isinstance(message, Work)
    return message.to_json()


def _work(kind: str, output: str) -> RecordWork:
    """What a runner does with a record: copy it, or what the summary stage does."""
    if kind == "bytes":
        return lambda record: Outgoing(output, record.key, record.value)
    context = stage_context()
    summary = next(stage for stage in topology(("standard",)) if stage.name == "summary")

    def plan(record: Record) -> Outgoing:
        done = process_record(summary, record, context)
        assert done.topic.startswith("inference."), done
        return Outgoing(output, record.key, done.value, done.headers)

    return plan


async def _bare(bootstrap: str, source: str, output: str, work: RecordWork) -> None:
    consumer = AIOKafkaConsumer(
        source, bootstrap_servers=bootstrap, group_id="bare." + output,
        enable_auto_commit=False, auto_offset_reset="earliest", max_poll_records=500,
    )  # fmt: skip
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True,
        compression_type="zstd", linger_ms=20, max_batch_size=131_072,
    )  # fmt: skip
    await producer.start()
    await consumer.start()
    try:
        await _copy(consumer, producer, work)
    finally:
        await consumer.stop()
        await producer.stop()


async def _copy(consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, work: RecordWork) -> None:
    while True:
        futures = []
        for records in (await consumer.getmany(timeout_ms=100, max_records=500)).values():
            for raw in records:
                made = work(to_record(raw))
                futures.append(
                    await producer.send(
                        made.topic, made.value, key=made.key, headers=list(made.headers)
                    )
                )
        if futures:
            await asyncio.gather(*futures)
            await consumer.commit()


async def _until_terminated(loop_body: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(loop_body)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def main() -> None:
    bootstrap, kind, runner, output = sys.argv[1:]
    work = _work(kind, output)
    source = f"bench.{kind}"
    if runner == "bare":
        asyncio.run(_until_terminated(_bare(bootstrap, source, output, work)))
        return
    outbox = Outbox(Broker(bootstrap))
    stage = Stage(f"bench.{output}", "faust", (source,), (output,))
    with tempfile.TemporaryDirectory() as folder:
        app = faust_app(stage, Broker(bootstrap), Membership("bench"), work, outbox, Path(folder))
        Worker(
            outbox, app, redirect_stdouts=False, override_logging=False, quiet=True
        ).execute_from_commandline()


if __name__ == "__main__":
    main()
