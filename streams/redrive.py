"""Redriving dead letters: their records go back to the topics that they came from."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from schemas import topics
from schemas.errors import MillraceError
from schemas.letter import LARGEST_ATTEMPT, Letter
from schemas.record import Headers, Outgoing
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.broker.outbox import Outbox
from streams.broker.refusal import answering

MARKED_TOGETHER = 100
# Of slow sending: how much time a batch of it takes.
_BATCH_S = 0.1

Batches = Iterable[Sequence[Letter]]


class RedriveError(MillraceError):
    """Letters cannot be sent back; none was."""


def redriven(letter: Letter) -> Outgoing:
    """The record of a letter as it is sent back to its topic.

    Key, value and headers are those that it had, but for the attempt, which is raised by one. The
    letter's id goes with it, and where and when its record came first: what is made of it takes the
    place that it would have had, and another refusal is another attempt of this letter.
    """
    place = letter.place
    said = {
        topics.HEADER_ATTEMPT: min(letter.attempt + 1, LARGEST_ATTEMPT),
        topics.LETTER_ID: letter.letter_id,
        topics.LETTER_TOPIC: place.topic,
        topics.LETTER_PARTITION: place.partition,
        topics.LETTER_OFFSET: place.offset,
        topics.LETTER_TIMESTAMP: place.timestamp_ms,
    }
    kept = tuple(one for one in letter.headers if one[0] != topics.HEADER_ATTEMPT)
    ours: Headers = tuple((name, str(value).encode()) for name, value in said.items())
    return Outgoing(place.topic, letter.key, letter.value, kept + ours)


def batch_size(rate: float | None) -> int:
    """How many letters are sent at once, at ``rate`` records a second."""
    if rate is None:
        return MARKED_TOGETHER
    return max(1, min(MARKED_TOGETHER, int(rate * _BATCH_S)))


async def check_topics(broker: Broker, names: Iterable[str]) -> None:
    """Make sure that every topic is there to be sent to.

    Raises:
        RedriveError: one is not.
        UnavailableError: Kafka does not answer.
    """
    async with Positions(broker) as positions:
        with answering():
            missing = await positions.missing(sorted(set(names)))
    if missing:
        raise RedriveError(
            f"nothing was sent: topic {missing[0]} is not there any more: deploy the tier that it "
            "belongs to again (setting tiers), or choose letters of other topics with --topic"
        )


async def redrive(
    broker: Broker,
    batches: Batches,
    on_sent: Callable[[Sequence[Letter]], None],
    rate: float | None = None,
) -> int:
    """Send letters back to their topics; give how many were sent.

    In the order of its loop:

    1. take the next batch of letters, with all their bytes;
    2. wait until ``rate`` lets it go;
    3. send it and wait until the brokers have all of it;
    4. tell ``on_sent``, which marks its letters as redriven.

    Killed between 3 and 4, the next redrive sends that batch again: a record that was sent twice
    makes the same row, and fails as the same attempt of the same letter.

    Args:
        broker: the cluster.
        batches: at most ``batch_size`` letters each; taken one at a time, and may block.
        on_sent: may block.
        rate: records a second; as fast as they go where it is None.

    Raises:
        UnavailableError: Kafka does not answer.
    """
    outbox, sent = Outbox(broker), 0
    clock = asyncio.get_running_loop().time
    source = iter(batches)
    async with outbox:
        free_at = clock()
        while batch := await asyncio.to_thread(next, source, None):
            await asyncio.sleep(max(0.0, free_at - clock()))
            if rate is not None:
                free_at = max(free_at, clock()) + len(batch) / rate
            with answering():
                await outbox.send(map(redriven, batch))
            await asyncio.to_thread(on_sent, batch)
            sent += len(batch)
    return sent
