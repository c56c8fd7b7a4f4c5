"""How old the first record is that a stage has still to read."""

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.broker.connecting import connect, disconnect
from streams.broker.connection import Broker

_FETCH_S = 2.0


class OldestRecords:
    """Reads the timestamps of single records; keeps its connection."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        # A batch comes whole, however large: more than the first is not wanted.
        self._consumer = AIOKafkaConsumer(
            **broker.client_options(), max_partition_fetch_bytes=1, fetch_max_bytes=1
        )

    async def __aenter__(self) -> "OldestRecords":
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

    async def timestamps(self, offsets: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """When the record at each offset was written, in milliseconds since 1970.

        A partition is left out where retention took the record meanwhile, or it did not come in
        time.
        """
        found: dict[TopicPartition, int] = {}
        if not offsets:
            return found
        # A consumer that is left without an assignment stops fetching for good (aiokafka 0.14): it
        # keeps the one of the last time, paused.
        self._consumer.assign(list(offsets))
        for partition, offset in offsets.items():
            self._consumer.seek(partition, offset)
        deadline = asyncio.get_running_loop().time() + _FETCH_S
        try:
            while missing := [one for one in offsets if one not in found]:
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                # All that was fetched is taken: a batch that is left half read keeps its memory for
                # good (aiokafka 0.14), which were 3 MB a minute where a stage was behind.
                fetched = await self._consumer.getmany(*missing, timeout_ms=int(left * 1000) + 1)
                for partition, records in fetched.items():
                    found[partition] = records[0].timestamp
                    self._consumer.pause(partition)
        finally:
            self._consumer.pause(*offsets)
        return found
