"""Which event of one reading is which of the other.

Those of the same kind at the same place are the same. The rest are matched so that together they
overlap the most: an optimal assignment, weighted by overlap and kind.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import networkx

from processors.comparison.reading import ReadEvent

Pair = tuple[ReadEvent, ReadEvent]
# A reading, 0 or 1, and the index of an event in it.
_Node = tuple[int, int]
# The weight of one kind against a full overlap: two places that overlap by half and have one kind
# are rather the same event than two places of different kinds that are the same.
_SAME_KIND = 1.0


def match(
    ours: Sequence[ReadEvent], theirs: Sequence[ReadEvent]
) -> tuple[list[Pair], list[ReadEvent], list[ReadEvent]]:
    """Pairs of events that are the same one.

    Returns:
        The pairs in the order of ``ours``, and of each reading the events that have none, in order.
    """
    partner = _identical(ours, theirs)
    taken = set(partner.values())
    partner |= _most_overlap(
        [(index, one) for index, one in enumerate(ours) if index not in partner],
        [(index, one) for index, one in enumerate(theirs) if index not in taken],
    )
    taken = set(partner.values())
    return (
        [(one, theirs[partner[index]]) for index, one in enumerate(ours) if index in partner],
        [one for index, one in enumerate(ours) if index not in partner],
        [one for index, one in enumerate(theirs) if index not in taken],
    )


def _identical(ours: Sequence[ReadEvent], theirs: Sequence[ReadEvent]) -> dict[int, int]:
    """Events of one kind at one place; of several there, those that agree in all else first."""
    found: dict[int, int] = {}
    free: defaultdict[object, list[int]] = defaultdict(list)
    for key_of in (_content, _place):
        taken = set(found.values())
        free.clear()
        for index in reversed(range(len(theirs))):
            if index not in taken:
                free[key_of(theirs[index])].append(index)
        for index, one in enumerate(ours):
            if index not in found and free[key_of(one)]:
                found[index] = free[key_of(one)].pop()
    return found


def _place(event: ReadEvent) -> object:
    # An event without a place is known by its words.
    words = "" if event.is_grounded else event.trigger
    return event.kind, event.start, event.end, words


def _content(event: ReadEvent) -> object:
    return (
        _place(event), event.time_start, event.time_end, event.time_text, event.place,
        event.polarity, event.participants,
    )  # fmt: skip


def _most_overlap(
    ours: Sequence[tuple[int, ReadEvent]], theirs: Sequence[tuple[int, ReadEvent]]
) -> dict[int, int]:
    graph: networkx.Graph[_Node] = networkx.Graph()
    for index, one in ours:
        for other_index, other in theirs:
            overlap = _overlap(one, other)
            if overlap:
                weight = overlap + (_SAME_KIND if one.kind == other.kind else 0.0)
                graph.add_edge((0, index), (1, other_index), weight=weight)
    return dict(_assigned(graph))


def _assigned(graph: "networkx.Graph[_Node]") -> Iterable[tuple[int, int]]:
    # Each cluster of events that overlap each other alone: they are small.
    for nodes in networkx.connected_components(graph):
        # Mostly two events that are alone with each other.
        two = len(nodes) == 2
        pairs = [tuple(nodes)] if two else networkx.max_weight_matching(graph.subgraph(nodes))
        for left, right in pairs:
            (_, index), (_, other_index) = sorted((left, right))
            yield index, other_index


def _overlap(one: ReadEvent, other: ReadEvent) -> float:
    """The characters that both have, of those that either has; of words without a place all."""
    if not one.is_grounded or not other.is_grounded:
        return float(one.trigger.casefold() == other.trigger.casefold())
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / (max(one.end, other.end) - min(one.start, other.start))
