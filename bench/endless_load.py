"""E-mails without end, with bad input among them, sent so that the stages are always busy."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, cycle

from bench.mail import emails
from schemas.record import Outgoing
from schemas.topics import (
    DEAD_LETTERS,
    DOCUMENTS_INGEST,
    EXTRACTIONS_REVIEW,
    EXTRACTIONS_VALIDATED,
)
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.broker.outbox import Outbox
from streams.production import outgoing
from tests.bad_input import corpus, generated

MAILS = 8_000
BAD_EVERY = 100
# Enough that no stage waits for the next, few enough that the end comes soon after the last.
_WAITING = 4_000
_BATCH = 500
_LOOK_S = 0.5
# Where a document has gone all the way but for the sink, which never is behind.
_ENDS = (EXTRACTIONS_VALIDATED, EXTRACTIONS_REVIEW, DEAD_LETTERS)


def records() -> Iterator[Outgoing]:
    """All e-mails again and again, each time under other ids; one in ``BAD_EVERY`` is bad input."""
    mails = list(emails(MAILS))
    bad = cycle([*generated.generated(), *corpus.file_records(), *corpus.string_records()])
    for number in count():
        if number % BAD_EVERY == BAD_EVERY - 1:
            one = next(bad)
            # The number keeps those of another turn apart, wherever the key decides.
            key = one.key and one.key + f"-{number}".encode()
            yield replace(one, key=key)
        else:
            mail = mails[number % MAILS]
            yield outgoing(mail.model_copy(update={"id": f"mail-{number}"}))


class EndlessLoad:
    """Sends records for as long as it is told to, never more than some thousands ahead.

    ``sent`` and ``good`` count them, ``done`` those that have gone all the way.
    """

    def __init__(self, broker: Broker) -> None:
        self.sent = 0
        self.good = 0
        self.done = 0
        self._broker = broker

    async def run(self, until: asyncio.Event) -> None:
        """Send until ``until`` is set; what was sent is acknowledged then."""
        source = records()
        outbox = Outbox(self._broker)
        async with Positions(self._broker) as positions, outbox:
            while not until.is_set():
                ends = await positions.ends(_ENDS)
                self.done = sum(ends.values())
                if self.sent - self.done > _WAITING - _BATCH:
                    await asyncio.sleep(_LOOK_S)
                    continue
                batch = [next(source) for _ in range(_BATCH)]
                await outbox.send(batch)
                self.sent += len(batch)
                self.good += sum((one.key or b"").startswith(b"mail-") for one in batch)

    async def offsets(self) -> dict[int, tuple[int, int]]:
        """All that lies on the first topic."""
        async with Positions(self._broker) as positions:
            ends = await positions.ends([DOCUMENTS_INGEST])
        return {at.partition: (0, end) for at, end in ends.items()}
