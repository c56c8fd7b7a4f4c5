"""The cache in memory."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from streams.inference.cache.completions import Deletion, Owner, finished
from streams.inference.cache.packing import pack, unpack
from streams.inference.generation import Generation


@dataclass(slots=True)
class _Kept:
    value: bytes
    stored_at: float
    owners: dict[str, int] = field(default_factory=dict)


class MemoryCompletions:
    """Bounded by size and age as the file is, and lost with the process."""

    def __init__(
        self, max_bytes: int, max_age_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._clock = clock
        self._kept: dict[str, _Kept] = {}  # the least recently used first
        self._bytes = 0
        self._deletions: dict[str, int] = {}
        self._positions: dict[int, int] = {}

    async def get(self, key: str, owner: Owner) -> Generation | None:
        """What is kept under ``key``."""
        kept = self._kept.pop(key, None)
        if kept is None:
            return None
        if kept.stored_at < self._clock() - self._max_age_s:
            self._bytes -= len(kept.value)
            return None
        self._kept[key] = kept
        self._own(kept, owner)
        return unpack(kept.value)

    async def put(self, key: str, owner: Owner, generation: Generation) -> None:
        """Keep a finished answer; the least recently used make room."""
        if not finished(generation) or self._deleted(owner):
            return
        former = self._remove(key)
        kept = _Kept(pack(generation), self._clock(), former.owners if former else {})
        self._own(kept, owner)
        self._kept[key] = kept
        self._bytes += len(kept.value)
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._kept)))

    async def drop(self, deletions: Sequence[Deletion], next_offsets: Mapping[int, int]) -> None:
        """Forget what belongs to deleted documents alone."""
        for deletion in deletions:
            document_id, until = deletion.document_id, deletion.deleted_at_ms
            self._deletions[document_id] = max(until, self._deletions.get(document_id, 0))
            for key, kept in list(self._kept.items()):
                if kept.owners.get(document_id, until + 1) <= until:
                    del kept.owners[document_id]
                    if not kept.owners:
                        self._remove(key)
        self._positions |= next_offsets

    async def next_offsets(self) -> dict[int, int]:
        """Where the reader of deletions goes on."""
        return dict(self._positions)

    def _own(self, kept: _Kept, owner: Owner) -> None:
        if not self._deleted(owner):
            before = kept.owners.get(owner.document_id, 0)
            kept.owners[owner.document_id] = max(before, owner.ingested_at_ms)

    def _deleted(self, owner: Owner) -> bool:
        return owner.ingested_at_ms <= self._deletions.get(owner.document_id, -1)

    def _remove(self, key: str) -> _Kept | None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= len(kept.value)
        return kept
