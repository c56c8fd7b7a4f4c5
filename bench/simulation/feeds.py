"""What decides the order of calls in a simulation: the scheduler, or one of two to compare with."""

from collections import deque
from time import perf_counter_ns
from typing import Protocol

from bench.simulation.documents import Call
from schemas.topics import Level
from streams.inference.admission.scheduler import Scheduler
from streams.inference.admission.ticket import Limits, Ticket


class Feed(Protocol):
    """Chooses what goes to the engine next."""

    def room(self, level: Level) -> int:
        """How many calls of a level may be read."""
        ...

    def offer(self, call: Call, now: float) -> None:
        """A call was read."""
        ...

    def admit(self, now: float) -> list[str]:
        """The calls that go to the engine now."""
        ...

    def finish(self, call: Call, now: float) -> None:
        """A call has ended."""
        ...

    def close(self, document: str) -> None:
        """A document has ended."""
        ...

    def next_decision_at(self, now: float) -> float | None:
        """When to ask again by itself."""
        ...


class Scheduled:
    """The scheduler: ``spent_ns`` went into its decisions, ``most_open`` documents were open."""

    def __init__(self, limits: Limits) -> None:
        self._scheduler = Scheduler(limits)
        self.spent_ns = 0
        self.most_open = 0

    def room(self, level: Level) -> int:
        """How many calls of a level may be read."""
        return self._scheduler.room(level)

    def offer(self, call: Call, now: float) -> None:
        """A call was read; all are of one run."""
        began = perf_counter_ns()
        tokens = call.prompt_tokens + call.answer_tokens
        self._scheduler.offer(
            Ticket(call.call_id, call.document, "live", call.level, tokens, call.prefix), now
        )
        self.spent_ns += perf_counter_ns() - began

    def admit(self, now: float) -> list[str]:
        """The calls that go to the engine now."""
        began = perf_counter_ns()
        admitted = [ticket.ticket_id for ticket in self._scheduler.admit(now)]
        self.spent_ns += perf_counter_ns() - began
        self.most_open = max(self.most_open, self._scheduler.open_documents)
        return admitted

    def finish(self, call: Call, now: float) -> None:
        """A call has ended."""
        began = perf_counter_ns()
        self._scheduler.finish(call.call_id, now)
        self.spent_ns += perf_counter_ns() - began

    def close(self, document: str) -> None:
        """A document has ended."""
        began = perf_counter_ns()
        self._scheduler.close(document)
        self.spent_ns += perf_counter_ns() - began

    def next_decision_at(self, now: float) -> float | None:
        """When to ask again by itself."""
        began = perf_counter_ns()
        due = self._scheduler.next_decision_at(now)
        self.spent_ns += perf_counter_ns() - began
        return due


class FirstInFirstOut:
    """A window of ``size`` calls, filled in the order of arrival; reads all that there is."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._in_flight = 0
        self._waiting: deque[str] = deque()

    def room(self, level: Level) -> int:  # noqa: ARG002
        """No bound."""
        return 1_000_000

    def offer(self, call: Call, now: float) -> None:  # noqa: ARG002
        """A call was read."""
        self._waiting.append(call.call_id)

    def admit(self, now: float) -> list[str]:  # noqa: ARG002
        """The calls that go to the engine now."""
        admitted = []
        while self._waiting and self._in_flight < self._size:
            admitted.append(self._waiting.popleft())
            self._in_flight += 1
        return admitted

    def finish(self, call: Call, now: float) -> None:  # noqa: ARG002
        """A call has ended."""
        self._in_flight -= 1

    def close(self, document: str) -> None:
        """Nothing to do."""

    def next_decision_at(self, now: float) -> float | None:  # noqa: ARG002
        """Never by itself."""
        return None
