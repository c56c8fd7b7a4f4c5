"""What of a corpus is comparable with what millrace finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# The kinds of entities that all corpora of names agree on.
NAMED = frozenset({"person", "organization", "place"})
# A word of the corpus -> those of ours that are right for it.
Naming = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is scored of a corpus, and how its words translate.

    Attributes:
        entity_kinds: those that its entities are exhaustive in; entities of others are left out on
            both sides.
        relation_kinds: the same of relations; of links that no reader of the corpus looked for
            none is wrong.
        event_kinds: events of kinds that are not in it are neither right nor wrong for the score
            of kinds.
        roles: the same for the score of participants with roles.
    """

    entity_kinds: frozenset[str] = NAMED
    relation_kinds: frozenset[str] = frozenset()
    event_kinds: Naming = field(default_factory=dict)
    roles: Naming = field(default_factory=dict)
