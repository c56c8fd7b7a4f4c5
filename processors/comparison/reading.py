"""What one run says of a document, as far as it is compared."""

from dataclasses import dataclass
from datetime import datetime

# Role, words, first character and the one after the last.
Participant = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event; ``start`` and ``end`` are its trigger's, both 0 where it is nowhere in the text."""

    event_id: str
    kind: str
    trigger: str
    start: int
    end: int
    time_text: str = ""
    time_start: datetime | None = None
    time_end: datetime | None = None
    place: str = ""
    polarity: str = "positive"
    participants: frozenset[Participant] = frozenset()

    @property
    def is_grounded(self) -> bool:
        """Whether it has a place in the text."""
        return self.end > self.start


@dataclass(frozen=True, slots=True)
class ReadRelationship:
    """A link between two events, by their ids."""

    kind: str
    source_event_id: str
    target_event_id: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run says of a document."""

    events: tuple[ReadEvent, ...] = ()
    relationships: tuple[ReadRelationship, ...] = ()
