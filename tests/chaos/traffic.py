"""Documents that are produced all the time, whatever happens to the flow."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from aiokafka.errors import KafkaError

from schemas.errors import MillraceError
from streams.broker.connection import Broker
from streams.broker.outbox import Outbox
from tests.chaos.documents import Documents

_ROUND_S = 0.05
_RETRY_S = 0.2


def no_matter(_: Sequence[int]) -> None:
    """Documents need no preparation."""


class Traffic:
    """Sends documents in order, ``rate`` a second, until it is told to end.

    What Kafka does not take is sent again until it does, so a document may lie on its topic twice.
    ``last`` is how many there are at most; ``before_sent`` is told the numbers that come next.
    """

    def __init__(
        self,
        broker: Broker,
        documents: Documents,
        rate: float,
        last: int | None = None,
        before_sent: Callable[[Sequence[int]], None] = no_matter,
    ) -> None:
        self.documents = documents
        self.acknowledged = 0
        """How many Kafka has: the numbers below."""
        self.begun = 0
        """How many were tried to send at least."""
        self.failure: Exception | None = None
        self._broker = broker
        self._rate = rate
        self._last = last
        self._before_sent = before_sent
        self._stop = threading.Event()

    @contextmanager
    def flowing(self) -> Iterator["Traffic"]:
        """Send from now on; with the end of the context all that was begun is acknowledged."""
        thread = threading.Thread(target=self._run, name="traffic")
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        try:
            asyncio.run(self._send_all())
        except Exception as error:
            self.failure = error

    async def _send_all(self) -> None:
        while not self._stop.is_set() or self.begun > self.acknowledged:
            outbox = Outbox(self._broker)
            try:
                async with outbox:
                    await self._send_with(outbox)
            except (KafkaError, MillraceError, OSError):
                await asyncio.sleep(_RETRY_S)
            else:
                return

    async def _send_with(self, outbox: Outbox) -> None:
        due = float(self.begun - self.acknowledged)
        at = time.monotonic()
        while True:
            done = self._stop.is_set() or self.acknowledged == self._last
            if done and self.begun == self.acknowledged:
                return
            now = time.monotonic()
            if not done:
                # What an outage has held up is not made up for: the rate stays.
                due, at = due + min(now - at, 2 * _ROUND_S) * self._rate, now
            until = max(self.begun, self.acknowledged + int(due))
            if self._last is not None:
                until = min(until, self._last)
            if until > self.acknowledged:
                if until > self.begun:
                    await asyncio.to_thread(self._before_sent, range(self.begun, until))
                    self.begun = until
                records = [self.documents.record(one) for one in range(self.acknowledged, until)]
                await outbox.send(records)
                due -= until - self.acknowledged
                self.acknowledged = until
            await asyncio.sleep(_ROUND_S)
