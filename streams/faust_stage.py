"""A stage on Faust, generated from its line in the topology."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import faust
from aiokafka import TopicPartition
from faust.exceptions import ConsumerNotStarted
from faust.types import Message, StreamT
from faust.types.auth import CredentialsT
from faust.types.core import HeadersArg
from mode import CrashingSupervisor

from schemas.record import Headers, Outgoing, Record
from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.broker.security import Security
from streams.stage import Stage

RecordWork = Callable[[Record], Outgoing]
Preparation = Callable[[], Awaitable[None]]
Admission = Callable[[Sequence[Outgoing]], None]

_BATCH = 500
_WITHIN_S = 0.02
_SLICE_S = 0.05


async def no_preparation() -> None:
    """Nothing has to be done before a batch."""


def admit_all(_results: Sequence[Outgoing]) -> None:
    """Whatever came of a batch may be sent."""


def faust_app(
    stage: Stage,
    broker: Broker,
    membership: Membership,
    work: RecordWork,
    outbox: Outbox,
    folder: Path,
    on_assigned: Callable[[], None] = lambda: None,
    prepare: Preparation = no_preparation,
    admit: Admission = admit_all,
) -> faust.App:
    """The Faust application of one stage, which loses nothing.

    In the order of its loop:

    1. take a batch of records without acknowledging them;
    2. ``prepare`` for the batch, then ``work`` on each, which must not raise: a message or a dead
       letter comes of every one; ``admit`` raises where none of them may be sent;
    3. send all and wait until the brokers have acknowledged all;
    4. acknowledge the batch in order; Faust commits what is acknowledged.

    A failed send raises, the supervisor of the agent ends the process, nothing is committed.
    Work is done in slices of the loop's time, so that others in the process send heartbeats. A
    thread for it was measured a third slower: the two fight for the interpreter. Faust insists on a
    ``folder`` for tables, which no stage has. ``on_assigned`` is called when the group has given
    out its partitions.
    """
    app = faust.App(
        stage.group,
        broker=broker.faust_url,
        broker_credentials=_credentials(broker.security),
        broker_commit_interval=membership.commit_interval,
        broker_session_timeout=membership.session_timeout,
        broker_request_timeout=max(30.0, membership.session_timeout * 2),
        broker_max_poll_records=_BATCH,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=membership.of(stage),
        datadir=str(folder).replace("{", "{{").replace("}", "}}"),
        producer_request_timeout=30.0,
        stream_buffer_maxsize=1024,
        stream_wait_empty=True,
        topic_allow_declare=False,
        topic_disable_leader=True,
        value_serializer="raw",
        web_enabled=False,
        agent_supervisor=CrashingSupervisor,
    )
    source = app.topic(*stage.reads, key_serializer="raw", value_serializer="raw", value_type=bytes)

    @app.agent(source, name=stage.name)
    async def run(stream: StreamT[bytes]) -> None:
        # Typed as giving values, it gives events, to be acknowledged by hand.
        taking = cast("Any", stream).noack_take(_BATCH, within=_WITHIN_S)
        async for events in taking:
            records = [_record(event.message) for event in events]
            await prepare()
            outgoing = await _work_on_all(work, records)
            admit(outgoing)
            await outbox.send(outgoing)
            for event in events:
                event.ack()

    @app.on_partitions_assigned.connect
    async def assigned(*_: object, **__: object) -> None:
        on_assigned()

    return app


def partitions_of(app: faust.App) -> Collection[TopicPartition]:
    """The partitions that a stage's process has now; none before it has joined its group."""
    try:
        found = app.consumer.assignment()
    except ConsumerNotStarted:
        return ()
    return {TopicPartition(one.topic, one.partition) for one in found}


def _credentials(security: Security) -> CredentialsT | None:
    if security.sasl is not None:
        return faust.SASLCredentials(
            username=security.sasl.username,
            password=security.sasl.password,
            mechanism=security.sasl.mechanism,
            ssl_context=security.tls,
        )
    return None if security.tls is None else faust.SSLCredentials(security.tls)


async def _work_on_all(work: RecordWork, records: Sequence[Record]) -> list[Outgoing]:
    outgoing = []
    clock = asyncio.get_running_loop().time
    pause_at = clock() + _SLICE_S
    for record in records:
        outgoing.append(work(record))
        if clock() >= pause_at:
            await asyncio.sleep(0)
            pause_at = clock() + _SLICE_S
    return outgoing


def _record(message: Message) -> Record:
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        timestamp_ms=round(message.timestamp * 1000),
        key=message.key,
        value=message.value,
        headers=_headers(message.headers),
    )


def _headers(headers: HeadersArg | None) -> Headers:
    """Headers as pairs: only as pairs do repeated names survive."""
    return tuple(headers.items() if isinstance(headers, Mapping) else headers or ())
