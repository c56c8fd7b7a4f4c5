"""What the differences of many documents add up to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from processors.comparison.difference import Difference


@dataclass(slots=True)
class Totals:
    """Counts over the documents that both runs have; ``changes`` by what of an event differs."""

    documents: int = 0
    documents_that_differ: int = 0
    events_before: int = 0
    events_after: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    links_added: int = 0
    links_removed: int = 0
    links_changed: int = 0
    links_unchanged: int = 0
    changes: Counter[str] = field(default_factory=Counter)

    def add(self, found: Difference) -> None:
        """Count one document."""
        kept = found.unchanged + len(found.changed)
        self.documents += 1
        self.documents_that_differ += not found.is_none
        self.events_before += kept + len(found.removed)
        self.events_after += kept + len(found.added)
        self.added += len(found.added)
        self.removed += len(found.removed)
        self.changed += len(found.changed)
        self.links_added += len(found.links_added)
        self.links_removed += len(found.links_removed)
        self.links_changed += len(found.links_changed)
        self.links_unchanged += found.links_unchanged
        self.changes.update(what for one in found.changed for what in one.what)

    def add_same(self, documents: int, events: int, links: int) -> None:
        """Count documents that both runs read alike, with what they tell."""
        self.documents += documents
        self.events_before += events
        self.events_after += events
        self.links_unchanged += links

    @property
    def unchanged(self) -> int:
        """The events that both runs tell alike."""
        return self.events_before - self.removed - self.changed

    @property
    def agreement(self) -> float | None:
        """F1 of the two runs' events, those that changed not counted as the same; None of none."""
        whole = self.events_before + self.events_after
        same = whole - self.added - self.removed - 2 * self.changed
        return same / whole if whole else None


def total(differences: Iterable[Difference]) -> Totals:
    """Add up."""
    found = Totals()
    for one in differences:
        found.add(one)
    return found
