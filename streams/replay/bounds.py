"""Where a replay begins and ends: ``--from`` and ``--to`` as offsets of each partition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiokafka import TopicPartition

from schemas import moments
from streams.broker.admin import Positions
from streams.broker.connection import Broker
from streams.broker.oldest import OldestRecords
from streams.broker.reading import TopicReader
from streams.replay.errors import RequestError

_AGO = re.compile(r"(\d{1,9})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# Eight digits are a date in ISO 8601.
_OFFSET = re.compile(r"(?!\d{8}$)\d{1,18}")
_OFFSETS = re.compile(r"\d{1,9}:\d{1,18}(,\d{1,9}:\d{1,18})*")
_FORMS = (
    "a time (2024-03-03T09:30Z, 2024-03-03), a time ago (90m, 12h, 7d), offsets "
    "(PARTITION:OFFSET,…, or one for every partition)"
)

# An edge of the topic (None), a moment, offsets by partition, or one offset for all.
Bound = datetime | Mapping[int, int] | int | None
Ranges = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is read: per partition the first offset and the one after the last.

    ``removed`` counts the records that retention had removed before it.
    """

    ranges: Ranges
    removed: int

    @property
    def records(self) -> int:
        """How many records it holds at most."""
        return sum(end - first for first, end in self.ranges.values())


def parse_bound(text: str, option: str, now: datetime) -> Bound:
    """What ``--from`` or ``--to`` says.

    Args:
        text: as the user gave it; a time without a zone is in UTC.
        option: its name, ``--from`` or ``--to``.
        now: what a time ago counts from.

    Raises:
        RequestError: it is none of the forms, or a partition is named twice.
    """
    edge = "beginning" if option == "--from" else "end"
    if text == edge:
        return None
    if _OFFSETS.fullmatch(text):
        return _parse_offsets(text, option)
    if _OFFSET.fullmatch(text):
        return int(text)
    moment = _parse_moment(text, now)
    if moment is None or moment < moments.EPOCH:
        raise RequestError(f"{option} {text!r}: should be {_FORMS} or {edge}")
    return moment


def _parse_offsets(text: str, option: str) -> dict[int, int]:
    offsets: dict[int, int] = {}
    for pair in text.split(","):
        partition, offset = map(int, pair.split(":"))
        if partition in offsets:
            raise RequestError(f"{option} {text}: partition {partition} is named twice")
        offsets[partition] = offset
    return offsets


def _parse_moment(text: str, now: datetime) -> datetime | None:
    """A time or a time ago; None where it is neither."""
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None


async def stretch(
    broker: Broker, reader: TopicReader, topic: str, since: Bound, until: Bound
) -> Stretch:
    """The offsets between two bounds, as the topic stands now.

    Raises:
        RequestError: there is nothing at a bound, or nothing between them; the message says what
            the topic holds.
        UnavailableError: Kafka does not answer, or the topic is not there.
    """
    async with Positions(broker) as positions:
        ends = await positions.ends([topic])
        begins = await positions.begins(list(ends))
    held = {one.partition: (begins[one], ends[one]) for one in ends}
    first = dict(
        await _offsets_of(since, "--from", broker, reader, topic, held)
        if since is not None
        else ((partition, begin) for partition, (begin, _) in held.items())
    )
    last = dict(
        await _offsets_of(until, "--to", broker, reader, topic, held)
        if until is not None
        else ((partition, end) for partition, (_, end) in held.items())
    )
    ranges = {one: (first[one], last[one]) for one in sorted(first) if one in last}
    some = any(begin < end for begin, end in held.values())
    asked = since is not None or until is not None
    if asked and some and not any(begin < end for begin, end in ranges.values()):
        raise RequestError(f"nothing lies between --from and --to: {_holds(topic, held)}")
    removed = 0
    if not isinstance(since, Mapping | int):
        removed = sum(held[one][0] for one, (at, _) in ranges.items() if at == held[one][0])
    return Stretch({one: (at, max(at, end)) for one, (at, end) in ranges.items()}, removed)


async def _offsets_of(
    bound: datetime | Mapping[int, int] | int,
    option: str,
    broker: Broker,
    reader: TopicReader,
    topic: str,
    held: Ranges,
) -> Mapping[int, int]:
    if isinstance(bound, int):
        # Partitions are of different lengths: a shorter one has nothing there.
        bound = {partition: min(bound, end) for partition, (_, end) in held.items()}
    if isinstance(bound, Mapping):
        _check_offsets(bound, option, topic, held)
        return bound
    partitions = [TopicPartition(topic, one) for one in held]
    found = await reader.offsets_at(partitions, moments.milliseconds(bound))
    if option == "--from" and all(at is None for at in found.values()):
        newest = await _newest(broker, partitions, held)
        last = f"its last record is of {newest:%Y-%m-%dT%H:%M:%SZ}" if newest else "it is empty"
        raise RequestError(
            f"--from {bound.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} is after the end of {topic}: {last}"
        )
    return {
        one.partition: held[one.partition][1] if at is None else at for one, at in found.items()
    }


def _check_offsets(offsets: Mapping[int, int], option: str, topic: str, held: Ranges) -> None:
    for partition, offset in offsets.items():
        if partition not in held:
            there = f"{min(held)} to {max(held)}"
            raise RequestError(
                f"{option} {partition}:{offset}: {topic} has no partition {partition}; "
                f"there are {there}"
            )
        begin, end = held[partition]
        if not begin <= offset <= end:
            why = "was removed by retention" if offset < begin else "is beyond the end"
            raise RequestError(
                f"{option} {partition}:{offset}: offset {offset} {why}; {_holds(topic, held)}"
            )


def _holds(topic: str, held: Ranges) -> str:
    """What there is, for errors."""
    parts = [
        f"{partition}:{first} to {partition}:{end - 1}" if first < end else f"{partition}: nothing"
        for partition, (first, end) in sorted(held.items())
    ]
    return f"{topic} holds {', '.join(parts)}"


async def _newest(
    broker: Broker, partitions: Sequence[TopicPartition], held: Ranges
) -> datetime | None:
    """When the newest record was written; None of an empty topic."""
    last = {
        one: held[one.partition][1] - 1
        for one in partitions
        if held[one.partition][0] < held[one.partition][1]
    }
    async with OldestRecords(broker) as records:
        found = await records.timestamps(last)
    newest = max(found.values(), default=None)
    return None if newest is None else moments.moment(newest)
