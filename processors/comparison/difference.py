"""How two readings of one document differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from processors.comparison.matching import Pair, match
from processors.comparison.reading import ReadEvent, Reading, ReadRelationship

# What of an event is compared.
EVENT_PARTS: Final = ("kind", "span", "arguments", "time", "place", "polarity")


@dataclass(frozen=True, slots=True)
class ChangedEvent:
    """One event that both have; ``what`` names how they differ, in ``EVENT_PARTS``."""

    before: ReadEvent
    after: ReadEvent
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangedRelationship:
    """Two events that both link, differently."""

    before: ReadRelationship
    after: ReadRelationship


@dataclass(frozen=True, slots=True)
class Difference:
    """From the first reading to the second: what came, what went, what changed, what stayed.

    ``same`` are those of the second reading.
    """

    added: tuple[ReadEvent, ...] = ()
    removed: tuple[ReadEvent, ...] = ()
    changed: tuple[ChangedEvent, ...] = ()
    same: tuple[ReadEvent, ...] = ()
    links_added: tuple[ReadRelationship, ...] = ()
    links_removed: tuple[ReadRelationship, ...] = ()
    links_changed: tuple[ChangedRelationship, ...] = ()
    links_unchanged: int = 0

    @property
    def unchanged(self) -> int:
        """How many events both tell alike."""
        return len(self.same)

    @property
    def is_none(self) -> bool:
        """Whether both say the same."""
        return not (
            self.added or self.removed or self.changed
            or self.links_added or self.links_removed or self.links_changed
        )  # fmt: skip


def difference(before: Reading, after: Reading) -> Difference:
    """Compare two readings of one text."""
    pairs, removed, added = match(before.events, after.events)
    compared = [(one, other, _what(one, other)) for one, other in pairs]
    links = _links(before.relationships, after.relationships, pairs)
    return Difference(
        added=tuple(added),
        removed=tuple(removed),
        changed=tuple(ChangedEvent(*one) for one in compared if one[2]),
        same=tuple(after for _, after, what in compared if not what),
        links_added=tuple(links.added),
        links_removed=tuple(links.removed),
        links_changed=tuple(links.changed),
        links_unchanged=links.unchanged,
    )


def _what(one: ReadEvent, other: ReadEvent) -> tuple[str, ...]:
    is_same = (
        one.kind == other.kind,
        (one.start, one.end) == (other.start, other.end),
        one.participants == other.participants,
        (one.time_start, one.time_end, one.time_text)
        == (other.time_start, other.time_end, other.time_text),
        one.place == other.place,
        one.polarity == other.polarity,
    )
    return tuple(part for part, same in zip(EVENT_PARTS, is_same, strict=True) if not same)


@dataclass(frozen=True, slots=True)
class _Links:
    added: list[ReadRelationship]
    removed: list[ReadRelationship]
    changed: list[ChangedRelationship]
    unchanged: int


def _links(
    before: Sequence[ReadRelationship], after: Sequence[ReadRelationship], pairs: Sequence[Pair]
) -> _Links:
    """Links by the events that they join, which have other ids in the other reading."""
    partner = {one.event_id: other.event_id for one, other in pairs}

    def ends(link: ReadRelationship) -> tuple[str | None, str | None]:
        return partner.get(link.source_event_id), partner.get(link.target_event_id)

    there = Counter((one.source_event_id, one.target_event_id, one.kind) for one in after)
    removed, unchanged = [], 0
    for link in before:
        source, target = ends(link)
        key = (source or "", target or "", link.kind)
        if there[key]:
            there[key] -= 1
            unchanged += 1
        else:
            removed.append(link)
    added = []
    for link in after:
        key = (link.source_event_id, link.target_event_id, link.kind)
        if there[key]:
            there[key] -= 1
            added.append(link)
    changed = []
    for link in tuple(removed):
        source, target = ends(link)
        joined = (one for one in added if _ends(one) == (source, target))
        now = next(joined, None)
        if now is not None:
            changed.append(ChangedRelationship(link, now))
            removed.remove(link)
            added.remove(now)
    return _Links(added, removed, changed, unchanged)


def _ends(link: ReadRelationship) -> tuple[str, str]:
    return link.source_event_id, link.target_event_id
