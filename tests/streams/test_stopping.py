"""The consumers of their own send no letter beyond the limits, and leave its record open."""

from collections.abc import Iterable

import pytest

from schemas.record import Outgoing, Record
from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.inference.answering import Answering
from streams.inference.consumer import InferenceConsumer
from streams.inference.offsets import OffsetWindow
from streams.letter_limits import LetterLimitError, LetterLimits, Limits
from streams.sink.consumer import SinkConsumer
from streams.sink.delivery import prepare
from streams.sink.tables import MemoryTables
from streams.topology import topology

BROKER = Broker("127.0.0.1:9")
STAGES = {stage.name: stage for stage in topology(("standard",))}
# Written by a millrace to come: each of them is refused for that alone.
NEWER = b'{"schema_version": 999}'


class Sent(Outbox):
    """An outbox that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__(BROKER)
        self.records: list[Outgoing] = []

    async def send(self, records: Iterable[Outgoing]) -> None:
        self.records += records


def newer(topic: str, count: int) -> list[Record]:
    return [Record(topic, 0, at, 1_700_000_000_000, b"a", NEWER) for at in range(count)]


async def test_the_sink() -> None:
    sent = Sent()
    sink = SinkConsumer(
        STAGES["sink"], BROKER, Membership("test"), MemoryTables(), sent,
        limits=LetterLimits("sink", Limits(in_a_row=2)),
    )  # fmt: skip
    few, many = newer("extractions.validated", 2), newer("extractions.validated", 1)

    await sink._write(few, prepare(few))
    with pytest.raises(LetterLimitError, match=r"sink stopped: more than 2 .* \(3 newer_schema\)"):
        await sink._write(many, prepare(many))

    assert len(sent.records) == 2


async def test_the_inference_consumer() -> None:
    sent, window = Sent(), OffsetWindow()
    consumer = InferenceConsumer(
        STAGES["inference"], BROKER, Membership("test"), Answering(lanes={}), sent,
        limits=LetterLimits("inference", Limits(in_a_row=2)),
    )  # fmt: skip
    first, second, third = newer("inference.standard.summary", 3)
    for record in (first, second, third):
        window.begin(record.offset)

    await consumer._answer(window, first)
    await consumer._answer(window, second)
    with pytest.raises(LetterLimitError, match="inference stopped"):
        await consumer._answer(window, third)

    assert len(sent.records) == 2
    assert window.to_commit() == third.offset
