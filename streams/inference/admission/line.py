"""Waiting tickets in the order in which they are to be admitted."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from schemas.topics import LEVELS, Level
from streams.inference.admission.ticket import Ticket

_AGED_TURN = 4  # every fourth is enough to bound a wait, and leaves the order to the levels


@dataclass(slots=True)
class Waiting:
    """A waiting ticket. ``passed_over_at`` is when it first was next but too heavy to fit."""

    ticket: Ticket
    since: float
    passed_over_at: float | None = None


class Line:
    """The deepest level first, in it by arrival, tickets of one prefix next to each other.

    Every fourth taken is the one that has waited longest, once it has waited ``max_wait_s``: so
    neither a deeper level nor a prefix that goes on and on can starve another. Adding, removing
    and finding the next take constant time.
    """

    def __init__(self, max_wait_s: float) -> None:
        self._max_wait_s = max_wait_s
        self._taken = 0
        # Ordered dicts, not dicts: their first key is found in constant time after removals.
        self._arrived: OrderedDict[str, Waiting] = OrderedDict()
        self._levels: dict[Level, OrderedDict[str, OrderedDict[str, Waiting]]] = {
            level: OrderedDict() for level in reversed(LEVELS)
        }

    def __len__(self) -> int:
        return len(self._arrived)

    def add(self, waiting: Waiting) -> None:
        """Let a ticket wait, behind all that came before it on its level."""
        ticket = waiting.ticket
        self._arrived[ticket.ticket_id] = waiting
        groups = self._levels[ticket.level]
        groups.setdefault(_group(ticket), OrderedDict())[ticket.ticket_id] = waiting

    def remove(self, ticket: Ticket) -> Waiting:
        """Take a ticket out, admitted or withdrawn.

        Raises:
            KeyError: it does not wait here.
        """
        waiting = self._arrived.pop(ticket.ticket_id)
        groups = self._levels[ticket.level]
        group = groups[_group(ticket)]
        del group[ticket.ticket_id]
        if not group:
            del groups[_group(ticket)]
        return waiting

    def take(self, ticket: Ticket) -> Waiting:
        """Take a ticket out for admission: this is what counts turns."""
        self._taken += 1
        return self.remove(ticket)

    def in_order(self, now: float) -> Iterator[Waiting]:
        """Who is next, who if that one does not fit, and so on: one of each prefix."""
        if self._arrived and (self._taken + 1) % _AGED_TURN == 0:
            oldest = next(iter(self._arrived.values()))
            if now - oldest.since >= self._max_wait_s:
                yield oldest
        for groups in self._levels.values():
            for group in groups.values():
                yield next(iter(group.values()))


def _group(ticket: Ticket) -> str:
    return ticket.prefix or ticket.document
