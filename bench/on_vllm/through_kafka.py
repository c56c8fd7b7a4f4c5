"""Tasks through the inference consumer on a real Kafka, answered by an engine that is up."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from uuid import uuid4

from bench.on_vllm.load import ONCE, FixedLengths, Span, Timed
from processors.prompting.rendering import PromptRenderer
from schemas.record import Outgoing
from schemas.topics import inference_topic
from schemas.work import Work
from streams.broker.admin import Positions, TopicSettings, create_topics
from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering
from streams.inference.cache.memory import MemoryCompletions
from streams.inference.cache.single_flight import SingleFlight
from streams.inference.consumer import InferenceConsumer
from streams.inference.conversation import PromptedSettings
from streams.inference.in_process_model import InProcessModel
from streams.inference.lane import Lane
from streams.inference.prompted_engine import PromptedEngine
from streams.settling import wait_committed
from streams.stage import Stage
from streams.topology import topology

TIER = "standard"
_PATIENCE_S = 600.0


async def through_kafka(
    broker: Broker, model: InProcessModel, lengths: FixedLengths, works: Sequence[Work], room: int
) -> Span:
    """Send messages of summary tasks to a topic, let the consumer answer all, time its calls."""
    name = uuid4().hex[:8]
    (stage,) = [one for one in topology((TIER,)) if one.kind == "inference"]
    topic = inference_topic(name, "summary")
    stage = replace(stage, name=f"bench-{name}", reads=(topic,))
    await create_topics(broker, [topic, *stage.writes], TopicSettings(partitions=4))
    outbox = Outbox(broker)
    timed = Timed(model, len(works))
    engine = PromptedEngine(
        timed,
        cast("PromptRenderer", lengths),
        SingleFlight(MemoryCompletions(1 << 30, 3_600)),
        PromptedSettings(cascade=ONCE),
    )
    lane = Lane(name, engine, Limits(max_batch_size=room, max_open_documents=4 * room))
    consumer = InferenceConsumer(
        stage, broker, Membership(name), Answering({name: lane}, cascade=ONCE), outbox
    )
    async with outbox:
        await outbox.send([_asked(work, topic, name) for work in works])
        async with consumer:
            await asyncio.wait_for(timed.answered.wait(), _PATIENCE_S)
            await _until_committed(broker, stage)
    return timed.span


def _asked(work: Work, topic: str, tier: str) -> Outgoing:
    specification = work.run.specification.model_copy(update={"tier": tier})
    run = work.run.model_copy(update={"specification": specification})
    value = work.model_copy(update={"run": run}).to_json()
    return Outgoing(topic, work.document.document_id.encode(), value)


async def _until_committed(broker: Broker, stage: Stage) -> None:
    async with Positions(broker) as positions:
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        await wait_committed(positions, stage, await positions.ends(stage.reads), deadline)
