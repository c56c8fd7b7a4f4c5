"""The scheduler: decides which tasks go to the engine, and when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from schemas.topics import LEVELS, Level
from streams.inference.admission.documents import Documents
from streams.inference.admission.line import Line, Waiting
from streams.inference.admission.shares import RunShares
from streams.inference.admission.ticket import Limits, Ticket
from streams.inference.admission.window import AdaptiveWindow

_LOOK_AHEAD = 16  # how many too heavy ones are passed over in search of one that fits


@dataclass(frozen=True, slots=True)
class _InFlight:
    ticket: Ticket
    admitted_at: float


class Scheduler:
    """Admits tasks into a window, without a barrier: what finishes makes room at once.

    1. In flight are at most ``max_batch_size`` tasks (fewer while a server refuses calls: see
       ``AdaptiveWindow``) of ``max_batch_tokens``; a task heavier than that runs alone.
    2. Tasks of open documents go before those of new ones, in the order of ``Line``: the deepest
       level, then by arrival, tickets of one prefix together. Which prefix is still warm need not
       be known: an engine that serves several at once computes what they share once.
    3. A new document is begun while fewer than ``max_open_documents`` are open. Those away at
       another stage count for ``open_timeout_s``, and not at all while the engine is idle.
    4. Of several runs the least served begins the next document.
    5. Nothing starves. In a line the longest waiting has every fourth turn once it has waited
       ``max_wait_s``; where no document was begun for as long, one is, whatever is open; and a task
       too heavy to fit is passed over for as long, then the window is kept free for it.
    6. A task that comes to an idle engine waits ``linger_s`` for company.

    Times are seconds of any clock that does not run backwards; the scheduler has none. The same
    calls give the same decisions. A decision takes constant time, whatever waits.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._window = AdaptiveWindow(limits.max_batch_size)
        self._documents = Documents(limits.open_timeout_s)
        self._open = Line(limits.max_wait_s)
        self._new: dict[str, Line] = {}
        self._shares = RunShares()
        self._in_flight: dict[str, _InFlight] = {}
        self._waiting: dict[str, Waiting] = {}
        self._waiting_of: dict[Level, int] = dict.fromkeys(LEVELS, 0)
        self._tokens = 0
        self._linger_until = 0.0
        self._begun_at = 0.0  # when a document was last begun, or could have been
        self._reserved: Waiting | None = None

    def offer(self, ticket: Ticket, now: float) -> None:
        """Let a task wait for its admission.

        Raises:
            ValueError: a ticket of this id is here already.
        """
        if ticket.ticket_id in self._waiting or ticket.ticket_id in self._in_flight:
            raise ValueError(f"ticket {ticket.ticket_id} is offered twice")
        if not self._waiting and not self._in_flight:
            self._linger_until = now + self._limits.linger_s
        waiting = Waiting(ticket, now)
        document = self._documents.came(ticket.document)
        document.waiting[ticket.ticket_id] = waiting
        self._waiting[ticket.ticket_id] = waiting
        self._waiting_of[ticket.level] += 1
        if document.is_open:
            self._open.add(waiting)
            return
        if not self._new:
            self._begun_at = now
        if ticket.run_id not in self._new:
            self._new[ticket.run_id] = Line(self._limits.max_wait_s)
            self._shares.join(ticket.run_id)
        self._new[ticket.run_id].add(waiting)

    def admit(self, now: float) -> list[Ticket]:
        """The tasks that go to the engine now, in this order; they count as in flight."""
        if now < self._window.held_until or self._lingers(now):
            return []
        self._documents.expire(now)
        idle = not self._in_flight
        admitted: list[Ticket] = []
        while (waiting := self._next(now, idle)) is not None:
            self._start(waiting, now)
            admitted.append(waiting.ticket)
        return admitted

    def finish(self, ticket_id: str, now: float) -> None:
        """A task was answered, well or not. One that was withdrawn meanwhile is ignored."""
        flight = self._release(ticket_id)
        if flight is not None:
            self._window.answered(flight.admitted_at)
            self._documents.left(flight.ticket.document, now)

    def close(self, document: str) -> None:
        """No further task of this document is to come. Ignored while some of them are here."""
        self._documents.close(document)

    def refuse(self, began: float, now: float, retry_after_s: float | None = None) -> None:
        """A server answered 429 or 503 to a call sent at ``began``: the window shrinks.

        The task stays in flight: who called tries it again.
        """
        self._window.refused(began, now, retry_after_s)

    def withdraw(self, ticket_ids: Iterable[str]) -> None:
        """Forget tickets, waiting or in flight: their partitions were taken away."""
        for ticket_id in ticket_ids:
            flight = self._release(ticket_id)
            if flight is not None:
                self._documents.close(flight.ticket.document)
            elif (waiting := self._waiting.get(ticket_id)) is not None:
                self._line_of(waiting.ticket).remove(waiting.ticket)
                self._gone(waiting)
                self._documents.close(waiting.ticket.document)

    def next_decision_at(self, now: float) -> float | None:
        """When ``admit`` is to be asked again though nothing was offered or finished before.

        None where only an offer or an answer can change anything.
        """
        if not self._waiting:
            return None
        if now < self._window.held_until:
            return self._window.held_until
        if self._lingers(now):
            return self._linger_until
        if not self._new or len(self._in_flight) >= self._window.size:
            return None
        due = self._begun_at + self._limits.max_wait_s
        expiry = self._documents.next_expiry
        due = due if expiry is None else min(due, expiry)
        return due if due > now else None

    @property
    def in_flight(self) -> int:
        """Tasks at the engine."""
        return len(self._in_flight)

    @property
    def tokens_in_flight(self) -> int:
        """What they weigh."""
        return self._tokens

    @property
    def waiting(self) -> int:
        """Tasks offered and not admitted."""
        return len(self._waiting)

    @property
    def waiting_of(self) -> dict[Level, int]:
        """The same by level."""
        return dict(self._waiting_of)

    @property
    def open_documents(self) -> int:
        """Documents begun and not finished."""
        return self._documents.open_count

    @property
    def window_size(self) -> int:
        """How many tasks may be at the engine now."""
        return self._window.size

    def room(self, level: Level, coming: int = 0) -> int:
        """How many tasks of a level may still be read ahead.

        Each level has room of its own: a backlog of summaries must not keep the details of begun
        documents in their topic. ``coming`` are those that were read and not asked: some of them
        may not have been offered yet.
        """
        return max(0, self._limits.max_waiting - max(self._waiting_of[level], coming))

    def _lingers(self, now: float) -> bool:
        return (
            not self._in_flight
            and now < self._linger_until
            and len(self._waiting) < self._window.size
        )

    def _next(self, now: float, idle: bool) -> Waiting | None:
        if len(self._in_flight) >= self._window.size:
            return None
        if self._reserved is not None:
            return self._reserved if self._fits(self._reserved.ticket) else None
        for waiting in islice(self._candidates(now, idle), _LOOK_AHEAD):
            if self._fits(waiting.ticket):
                return waiting
            if waiting.passed_over_at is None:
                waiting.passed_over_at = now
            elif now - waiting.passed_over_at >= self._limits.max_wait_s:
                self._reserved = waiting
                return None
        return None

    def _fits(self, ticket: Ticket) -> bool:
        return not self._in_flight or self._tokens + ticket.tokens <= self._limits.max_batch_tokens

    def _candidates(self, now: float, idle: bool) -> Iterator[Waiting]:
        overdue = now - self._begun_at >= self._limits.max_wait_s
        if overdue:
            yield from self._beginnings(now)
        yield from self._open.in_order(now)
        counted = self._documents.open_count - (self._documents.away_count if idle else 0)
        if not overdue and counted < self._limits.max_open_documents:
            yield from self._beginnings(now)

    def _beginnings(self, now: float) -> Iterator[Waiting]:
        for run_id in self._shares.in_order(self._new):
            yield from self._new[run_id].in_order(now)

    def _start(self, waiting: Waiting, now: float) -> None:
        ticket = waiting.ticket
        self._line_of(ticket).take(ticket)
        self._gone(waiting)
        document = self._documents[ticket.document]
        document.in_flight += 1
        self._in_flight[ticket.ticket_id] = _InFlight(ticket, now)
        self._tokens += ticket.tokens
        if not document.is_open:
            self._shares.choose(ticket.run_id)
            siblings = document.waiting.values()
            # Those of the same prefix first, so that they follow the one just admitted.
            for sibling in sorted(siblings, key=lambda one: one.ticket.prefix != ticket.prefix):
                self._line_of(sibling.ticket).remove(sibling.ticket)
                self._open.add(sibling)
                self._drop_empty_lines(sibling.ticket.run_id)
            self._documents.open(ticket.document)
            self._begun_at = now
        self._shares.serve(ticket.run_id, ticket.tokens)

    def _line_of(self, ticket: Ticket) -> Line:
        return self._open if self._documents[ticket.document].is_open else self._new[ticket.run_id]

    def _gone(self, waiting: Waiting) -> None:
        """Strike a ticket that waits no longer from all but its line."""
        ticket = waiting.ticket
        del self._waiting[ticket.ticket_id]
        del self._documents[ticket.document].waiting[ticket.ticket_id]
        self._waiting_of[ticket.level] -= 1
        if self._reserved is waiting:
            self._reserved = None
        self._drop_empty_lines(ticket.run_id)

    def _drop_empty_lines(self, run_id: str) -> None:
        if run_id in self._new and not self._new[run_id]:
            del self._new[run_id]

    def _release(self, ticket_id: str) -> _InFlight | None:
        flight = self._in_flight.pop(ticket_id, None)
        if flight is not None:
            self._tokens -= flight.ticket.tokens
            self._documents[flight.ticket.document].in_flight -= 1
        return flight
