"""The port of a response cache, and the values that cross it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from schemas.work import Work
from streams.inference.generation import Generation

GIBIBYTE = 1024**3
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """Where the cache lies and how much it keeps: bytes of the file, age in seconds."""

    path: Path
    max_bytes: int = 2 * GIBIBYTE
    max_age_s: float = 90 * DAY_S


@dataclass(frozen=True, slots=True)
class Owner:
    """The document that an answer was asked for; ``ingested_at_ms`` tells its texts apart."""

    document_id: str
    ingested_at_ms: int

    @classmethod
    def of(cls, work: Work) -> Self:
        """The document of ``work``."""
        # Rounded as in a version: the record's own timestamp comes back.
        ingested_at_ms = int(work.origin.ingested_at.timestamp() * 1000 + 0.5)
        return cls(work.document.document_id, ingested_at_ms)


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document that was deleted, with all texts that were ingested until then."""

    document_id: str
    deleted_at_ms: int


class CompletionCache(Protocol):
    """Keeps answers. It never raises: without it, documents take longer, and that is all."""

    async def get(self, key: str, owner: Owner) -> Generation | None:
        """The answer as it was at first, which now belongs to ``owner`` too; None if none is kept.

        Counts and times are those of the call that made it.
        """
        ...

    async def put(self, key: str, owner: Owner, generation: Generation) -> None:
        """Keep an answer, in place of what was kept under ``key``; it lasts when this returns.

        What is not ``finished``, or belongs to a text that was deleted since, is not kept.
        """
        ...


def finished(generation: Generation) -> bool:
    """Whether the model came to an end by itself: neither truncated nor failed."""
    return generation.finish_reason == "stop"
