"""The one producer of a process: batches by partition, every record acknowledged."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from mode import Service

from schemas.record import Outgoing
from streams.broker.connecting import connect
from streams.broker.connection import MAX_REQUEST_BYTES, Broker

_BATCH_BYTES = 131_072


@dataclass(frozen=True, slots=True)
class _Sending:
    """Records of one caller, and what tells it that all are there."""

    records: Sequence[Outgoing]
    done: asyncio.Future[None]


class Outbox(Service):
    """Sends records and returns once the brokers have them.

    Idempotent, ``acks=all``, zstd; records of one partition keep their order. What callers send
    while a round is under way goes together in the next: whole batches per partition, measured a
    fifth faster than a send per record. Rounds follow one another, for aiokafka's ``send_batch``
    starves callers that wait for the same partition side by side.
    """

    def __init__(self, broker: Broker) -> None:
        super().__init__()
        self._broker = broker
        self._producer: Any = None
        self._partitioner = DefaultPartitioner()
        self._waiting: list[_Sending] = []
        self._wanted = asyncio.Event()

    async def on_start(self) -> None:
        """Connect.

        Raises:
            UnavailableError: no broker answers.
            AccessError: Kafka refuses this client, or its certificate is not trusted.
        """
        self._producer = AIOKafkaProducer(
            **self._broker.client_options(),
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            linger_ms=0,
            max_batch_size=_BATCH_BYTES,
            max_request_size=MAX_REQUEST_BYTES,
        )
        await connect(self._producer, self._broker)

    async def on_stop(self) -> None:
        """Send what is buffered, disconnect; who still waits is told that it was not sent."""
        await self._producer.stop()
        for sending in self._waiting:
            sending.done.cancel()

    async def send(self, records: Iterable[Outgoing]) -> None:
        """Send ``records`` and wait until all are acknowledged.

        Raises:
            aiokafka.errors.KafkaError: a record of this round was refused or could not be
                delivered; others may have been.
        """
        sending = _Sending(list(records), asyncio.get_running_loop().create_future())
        if not sending.records:
            return
        self._waiting.append(sending)
        self._wanted.set()
        await sending.done

    @Service.task
    async def _send_rounds(self) -> None:
        while not self.should_stop:
            await self._wanted.wait()
            self._wanted.clear()
            sendings, self._waiting = self._waiting, []
            try:
                failure = await self._send_round(
                    [record for sending in sendings for record in sending.records]
                )
            except asyncio.CancelledError:  # stopping
                self._waiting = sendings + self._waiting
                raise
            for sending in sendings:
                if sending.done.done():  # its caller has gone
                    continue
                if failure is None:
                    sending.done.set_result(None)
                else:
                    sending.done.set_exception(failure)

    async def _send_round(self, records: Sequence[Outgoing]) -> BaseException | None:
        """Send and wait; give the first failure, None where all are acknowledged."""
        by_partition: dict[tuple[str, int], list[Outgoing]] = defaultdict(list)
        try:
            partitions = {
                topic: sorted(await self._producer.partitions_for(topic))
                for topic in {record.topic for record in records}
            }
            for record in records:
                known = partitions[record.topic]
                chosen = self._partitioner(record.key, known, known)
                by_partition[record.topic, chosen].append(record)
            pending = [
                await self._producer.send_batch(batch, topic, partition=partition)
                for (topic, partition), group in by_partition.items()
                for batch in self._batches(group)
            ]
        except Exception as error:
            return error
        done = await asyncio.gather(*pending, return_exceptions=True)
        return next((result for result in done if isinstance(result, BaseException)), None)

    def _batches(self, records: Sequence[Outgoing]) -> Iterable[BatchBuilder]:
        batch = self._producer.create_batch()
        for record in records:
            if self._append(batch, record):
                continue
            yield batch
            batch = self._producer.create_batch()
            self._append(batch, record)
        yield batch

    @staticmethod
    def _append(batch: BatchBuilder, record: Outgoing) -> bool:
        added = batch.append(
            key=record.key, value=record.value, timestamp=None, headers=list(record.headers)
        )
        return added is not None
