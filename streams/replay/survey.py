"""The first pass: all that was asked for is read, and it is decided what is copied."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from schemas.errors import RefusedError
from schemas.record import Record
from schemas.run import Run
from streams.broker.connection import Broker
from streams.broker.reading import TopicReader
from streams.broker.refusal import answering
from streams.processing import unexpected
from streams.replay.bounds import Bound, stretch
from streams.replay.candidate import Candidate, Reading
from streams.replay.errors import ReplayError
from streams.replay.selection import UNREADABLE, UNSELECTED, Selected, Selection


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be replayed, and into which run.

    ``asked`` are the only documents wanted, None for all; ``tombstones`` are the highest versions
    of deletions by document; ``limit`` is the most documents to copy.
    """

    reading: Reading
    run: Run
    since: Bound = None
    until: Bound = None
    asked: frozenset[str] | None = None
    tombstones: Mapping[str, int] | None = None
    limit: int | None = None
    skip_unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What is copied; ``removed`` counts what retention had removed before it.

    ``newest_generation`` is the highest of a record that was read.
    """

    selected: Selected
    removed: int
    newest_generation: int


async def survey(
    broker: Broker, request: Request, on_read: Callable[[int, int], None] = lambda *_: None
) -> Surveyed:
    """Read the topic as it stands now, from bound to bound, and choose. Writes nothing.

    Args:
        broker: the cluster.
        request: what is wanted.
        on_read: told how many records have been read, and of how many.

    Raises:
        ReplayError: a bound, a record or a specification stands against it; the message says which.
        UnavailableError: Kafka does not answer, or the topic is not there.
    """
    topic = request.reading.source.topic
    reviewing = Review(request)
    async with TopicReader(broker) as reader:
        with answering():
            found = await stretch(broker, reader, topic, request.since, request.until)
        read = 0
        async for records in reader.records(topic, found.ranges):
            for record in records:
                reviewing.add(record)
            read += len(records)
            on_read(read, found.records)
        if sibling := request.reading.source.sibling:
            with answering():
                beside = await stretch(broker, reader, sibling, None, None)
            async for records in reader.records(sibling, beside.ranges):
                for record in records:
                    reviewing.add_elsewhere(record)
    return Surveyed(reviewing.finish(), found.removed, reviewing.newest_generation)


class Review:
    """Takes the records of a survey one by one, and tells in the end which are copied."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._selection = Selection(request.reading.source, request.run)
        self._asked_keys = (
            None
            if request.asked is None
            else frozenset(identity.encode() for identity in request.asked)
        )
        # An ingested document may say its id itself, whatever its key.
        self._keys = None if request.reading.source.carries == "documents" else self._asked_keys
        self._unreadable = 0
        self._first: tuple[int, int, str] | None = None

    @property
    def newest_generation(self) -> int:
        """The highest generation of a record that was read."""
        return self._selection.newest_generation

    def add(self, record: Record) -> None:
        """Take one more record into account."""
        if self._is_of_others(record):
            self._selection.leave_out(UNSELECTED)
            return
        candidate = self._candidate(record)
        if candidate is not None:
            self._selection.add(candidate, record.partition, record.offset)

    def add_elsewhere(self, record: Record) -> None:
        """Take a record of the source's sibling into account; one that cannot be read is none."""
        if not self._is_of_others(record):
            with suppress(RefusedError):
                self._selection.add_elsewhere(self._request.reading.candidate(record))

    def _is_of_others(self, record: Record) -> bool:
        """Whether nobody asked for its document, by its key.

        The key of what a stage wrote is the document's id: to read the rest takes long.
        """
        return self._keys is not None and record.key is not None and record.key not in self._keys

    def _candidate(self, record: Record) -> Candidate | None:
        try:
            return self._request.reading.candidate(record)
        except RefusedError as error:
            refusal = error
        except Exception as error:
            refusal = unexpected(error)
        self._selection.leave_out(UNREADABLE)
        if self._asked_keys is not None and record.key not in self._asked_keys:
            return None  # as far as can be known it is of a document that nobody asked for
        self._unreadable += 1
        found = (record.partition, record.offset, refusal.message)
        self._first = min(self._first or found, found)
        return None

    def finish(self) -> Selected:
        """What is copied.

        Raises:
            ReplayError: records cannot be read, or were made with another specification.
        """
        request = self._request
        if self._first is not None and not request.skip_unreadable:
            partition, offset, reason = self._first
            count = self._unreadable
            raise ReplayError(
                f"{count:,} record{'s' * (count != 1)} of {request.reading.source.topic} cannot be "
                f"read, the first {request.reading.source.topic}@{partition}/{offset}: {reason} "
                "(--skip-unreadable leaves them out)"
            )
        return self._selection.finish(request.tombstones or {}, request.asked, request.limit)
