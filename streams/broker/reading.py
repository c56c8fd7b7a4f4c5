"""Reading a stretch of a topic from offset to offset, outside of any group."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from schemas.errors import MillraceError
from schemas.record import Record
from streams.broker.connecting import connect, disconnect
from streams.broker.connection import Broker
from streams.broker.records import to_record
from streams.broker.refusal import answering, silence

_POLL_MS = 1_000
_SILENT_POLLS = 30
# What is at its end must not hold up the rest.
_FETCH_WAIT_MS = 100


class RemovedError(MillraceError):
    """Records were removed by retention while they were to be read."""


class TopicReader:
    """Reads records by offset; commits nothing and belongs to no group."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._consumer = AIOKafkaConsumer(
            **broker.client_options(),
            enable_auto_commit=False,
            # Offsets that are gone must be an error, not a jump to others.
            auto_offset_reset="none",
            fetch_max_wait_ms=_FETCH_WAIT_MS,
        )

    async def __aenter__(self) -> "TopicReader":
        """Connect.

        Raises:
            UnavailableError: Kafka does not answer.
            AccessError: Kafka refuses this client, or its certificate is not trusted.
        """
        await connect(self._consumer, self._broker)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        await disconnect(self._consumer)

    async def offsets_at(
        self, partitions: Sequence[TopicPartition], timestamp_ms: int
    ) -> dict[TopicPartition, int | None]:
        """The offset of the first record written at or after a time; None where there is none.

        Raises:
            UnavailableError: Kafka does not answer.
        """
        with answering():
            found = await self._consumer.offsets_for_times(dict.fromkeys(partitions, timestamp_ms))
        return {one: at and at.offset for one, at in found.items()}

    async def records(
        self, topic: str, ranges: Mapping[int, tuple[int, int]]
    ) -> AsyncGenerator[list[Record]]:
        """The records of ``ranges``, per partition the first offset and the one after the last.

        They come in lists of one partition, in the order of its offsets; between partitions there
        is no order. Only what was fetched is in memory.

        Raises:
            RemovedError: retention removed what was still to be read.
            UnavailableError: Kafka has stopped answering.
        """
        left = {TopicPartition(topic, one): end for one, (at, end) in ranges.items() if at < end}
        if not left:
            return
        self._consumer.assign(list(left))
        for partition in left:
            self._consumer.seek(partition, ranges[partition.partition][0])
        silent = 0
        while left:
            fetched = await self._fetched(topic, left)
            silent = 0 if fetched else silent + 1
            if silent == _SILENT_POLLS:
                raise silence(None)
            for partition, records in fetched.items():
                within = [to_record(one) for one in records if one.offset < left[partition]]
                if within:
                    yield within
            # Not the offsets of records: what a compaction has removed is passed over.
            for partition, end in list(left.items()):
                if await self._consumer.position(partition) >= end:
                    del left[partition]
                    self._consumer.pause(partition)

    async def _fetched(
        self, topic: str, partitions: Iterable[TopicPartition]
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        try:
            return dict(await self._consumer.getmany(*partitions, timeout_ms=_POLL_MS))
        except OffsetOutOfRangeError as error:
            raise RemovedError(
                f"retention removed records of {topic} while they were read"
            ) from error
        except KafkaError as error:
            raise silence(error) from error
