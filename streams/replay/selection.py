"""Which records are copied: one of each document, and why the others are not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.moments import moment
from schemas.run import Run, Specification
from schemas.version import document_version
from streams.replay.candidate import Candidate, Order
from streams.replay.errors import ReplayError
from streams.replay.source import Source, earlier_topic

# Why records are left out, as reports say it.
OLDER = "older records of the same documents"
DELETED = "of deleted documents"
UNSELECTED = "not selected"
UNREADABLE = "unreadable"
OF_FALLBACK = "sent there because another tier could not answer"
OVER_LIMIT = "over --limit"
SUPERSEDED = "superseded by a newer extraction on the other topic"
# The least version of a text: a deletion of any later one hides it.
_FIRST_REVISION = "0000"

Ranges = dict[int, list[tuple[int, int]]]
# What a record was made by: a specification, and the profile of its document.
_Making = tuple[Specification, str]


@dataclass(slots=True)
class _Seen:
    """A document so far: its newest ingestion, and the newest record of it that may be copied."""

    order: Order
    deleted: bool
    matches: bool
    place: tuple[int, int] | None = None
    generation: int = 0
    # Of records that may not be copied: what they were made with, by its number.
    other: int | None = None
    records: int = 1


@dataclass(frozen=True, slots=True)
class Selected:
    """What is copied: offsets of each partition as ranges, the end exclusive.

    ``left_out`` counts by reason the records that were read and are not copied.
    """

    ranges: Ranges
    records: int
    left_out: dict[str, int]
    absent: int = 0


@dataclass(slots=True)
class Selection:
    """Chooses among the records of a source for a run; takes them in any order.

    It holds about 400 bytes for each document, and none of the records.
    """

    source: Source
    run: Run
    _documents: dict[str, _Seen] = field(default_factory=dict)
    _left_out: Counter[str] = field(default_factory=Counter)
    _differing: list[_Making] = field(default_factory=list)
    _numbers: dict[_Making, int | None] = field(default_factory=dict)
    _elsewhere: dict[str, tuple[Order, int]] = field(default_factory=dict)
    newest_generation: int = 0

    def leave_out(self, reason: str) -> None:
        """Count a record that is no candidate."""
        self._left_out[reason] += 1

    def add(self, candidate: Candidate, partition: int, offset: int) -> None:
        """Take one more record into account."""
        self.newest_generation = max(self.newest_generation, candidate.generation)
        if candidate.by_fallback:
            self._left_out[OF_FALLBACK] += 1
            return
        place = (partition, offset)
        other = self._difference(candidate)
        seen = self._documents.get(candidate.document_id)
        if seen is not None and candidate.order <= seen.order:
            seen.records += 1
            if candidate.order < seen.order:
                return
            if candidate.deletion:
                seen.deleted = True
            elif other is None:
                # Of one ingestion the record that was written last.
                if seen.place is None or place > seen.place:
                    seen.place, seen.generation = place, candidate.generation
            else:
                seen.other = other
            return
        self._documents[candidate.document_id] = _Seen(
            candidate.order,
            candidate.deletion,
            candidate.matches,
            place if other is None and not candidate.deletion else None,
            candidate.generation,
            other,
            1 + (seen.records if seen else 0),
        )

    def add_elsewhere(self, candidate: Candidate) -> None:
        """Take into account what stands on the source's sibling, of which nothing is copied."""
        self.newest_generation = max(self.newest_generation, candidate.generation)
        if candidate.deletion or self._difference(candidate) is not None:
            return
        found = (candidate.order, candidate.generation)
        known = self._elsewhere.get(candidate.document_id, found)
        self._elsewhere[candidate.document_id] = max(known, found)

    def _is_superseded(self, identity: str, seen: _Seen) -> bool:
        newest = self._elsewhere.get(identity)
        return newest is not None and newest > (seen.order, seen.generation)

    def _difference(self, candidate: Candidate) -> int | None:
        """The number of what made the record where that differs in what decided it; else None."""
        if candidate.run is None:
            return None
        made = (candidate.run.specification, candidate.profile)
        if made not in self._numbers:
            number = None
            if self.source.differs(self.run.specification, *made):
                number = len(self._differing)
                self._differing.append(made)
            self._numbers[made] = number
        return self._numbers[made]

    def finish(
        self,
        tombstones: Mapping[str, int],
        asked: frozenset[str] | None = None,
        limit: int | None = None,
    ) -> Selected:
        """What is copied, now that all records are known.

        Args:
            tombstones: by document the highest version of its deletion.
            asked: the only documents to copy; None for all.
            limit: the most to copy: those first ingested.

        Raises:
            ReplayError: documents were made with another specification than the run's, in what
                decides the stages before the topic.
        """
        left_out = Counter(self._left_out)
        chosen: list[_Seen] = []
        differing: Counter[int] = Counter()
        for identity, seen in self._documents.items():
            if not seen.matches or (asked is not None and identity not in asked):
                left_out[UNSELECTED] += seen.records
            elif seen.deleted or _is_deleted(seen.order, tombstones.get(identity)):
                left_out[DELETED] += seen.records
            elif self._is_superseded(identity, seen):
                left_out[SUPERSEDED] += seen.records
            elif seen.place is None:
                differing[seen.other or 0] += 1
            else:
                left_out[OLDER] += seen.records - 1
                chosen.append(seen)
        if differing:
            raise ReplayError(self._refusal(differing))
        if limit is not None and len(chosen) > limit:
            left_out[OVER_LIMIT] += len(chosen) - limit
            chosen = sorted(chosen, key=lambda seen: (seen.order, seen.place))[:limit]
        places = sorted(seen.place for seen in chosen if seen.place is not None)
        return Selected(
            ranges_of(places),
            len(places),
            {reason: count for reason, count in left_out.items() if count},
            absent=len(asked - self._documents.keys()) if asked is not None else 0,
        )

    def _refusal(self, differing: Counter[int]) -> str:
        ours = self.run.specification
        most, _ = differing.most_common(1)[0]
        theirs, profile = self._differing[most]
        count = differing.total()
        why = "; ".join(self.source.differs(ours, theirs, profile))
        topic = earlier_topic(ours, theirs, profile)
        return (
            f"run {self.run.run_id} cannot continue {count:,} document{'s' * (count != 1)} of "
            f"{self.source.topic}: {why}: replay from {topic} instead"
        )


def _is_deleted(order: Order, tombstone: int | None) -> bool:
    if tombstone is None:
        return False
    ingested_at = moment(order.ingested_ms)
    return tombstone > document_version(ingested_at, order.offset, 0, _FIRST_REVISION)


def ranges_of(places: list[tuple[int, int]]) -> Ranges:
    """Sorted pairs of partition and offset as ranges of each partition."""
    found: Ranges = {}
    for partition, offset in places:
        ranges = found.setdefault(partition, [])
        if ranges and ranges[-1][1] == offset:
            ranges[-1] = (ranges[-1][0], offset + 1)
        else:
            ranges.append((offset, offset + 1))
    return found
