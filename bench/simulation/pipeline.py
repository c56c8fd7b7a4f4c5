"""Documents on their way through a simulated pipeline: topics, stages, a consumer, an engine."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Final

from bench.simulation.documents import Call, Document
from bench.simulation.engine import Engine, Model
from bench.simulation.feeds import Feed, FirstInFirstOut
from bench.simulation.prefixes import PrefixCache
from schemas.topics import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around the scheduler: polls, and the way over the other stages to the next level.

    Between two levels lie two topics and a stage, whose Faust consumer may keep a record for 1.5 s.
    """

    poll_s: float = 0.05
    shortest_round_s: float = 0.1
    longest_round_s: float = 1.5


_H100 = Model()
_AROUND = Surroundings()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulation gave. Times in simulated seconds; ``computed_share`` of all prompt tokens.

    The first document is the first of those with all levels: one without events, which ends with
    its summary, says nothing about the order.
    """

    makespan_s: float
    first_document_s: float
    half_s: float
    steady_tokens_per_s: float
    computed_share: float
    calls: int

    @property
    def first_document_share(self) -> float:
        """When the first document was finished, as a share of the makespan."""
        return self.first_document_s / self.makespan_s

    @property
    def half_share(self) -> float:
        """When half of the documents were finished, likewise."""
        return self.half_s / self.makespan_s


class Simulation:
    """One run over a backlog. Events are in a heap; nothing waits, nothing depends on the machine.

    Steady is what lies between a tenth and two thirds of the calls: neither the empty start nor
    the end, when the last documents leave the window half empty whatever decides.
    """

    def __init__(
        self,
        work: Sequence[Document],
        feed: Feed,
        model: Model = _H100,
        surroundings: Surroundings = _AROUND,
        at_once: bool = True,
    ) -> None:
        self._feed = feed
        self._engine = Engine(model, PrefixCache(model.cache_tokens, at_once))
        self._around: Final = surroundings
        self._random = Random(7)  # noqa: S311 (no secret: the same delays each time)
        self._levels = {one.name: one.levels for one in work}
        self._calls = {call.call_id: call for one in work for level in one.levels for call in level}
        self._reached = {one.name: 0 for one in work}
        self._unanswered = {one.name: len(one.levels[0]) for one in work}
        self._topics: dict[Level, deque[tuple[Call, ...]]] = {level: deque() for level in LEVELS}
        self._topics["summary"].extend(one.levels[0] for one in work)
        self._events: list[tuple[float, int, str, tuple[Call, ...]]] = []
        self._number = 0
        self._running = False
        self._wake_at: float | None = None
        self._answered: list[tuple[float, int]] = []
        self._finished: list[float] = []
        self._first: float | None = None

    def run(self) -> Outcome:
        """Run until every call is answered.

        Raises:
            RuntimeError: nothing is to happen any more, but calls are left.
        """
        now = 0.0
        self._at(0.0, "poll")
        while len(self._answered) < len(self._calls):
            if not self._events:
                raise RuntimeError(f"stuck with {len(self._calls) - len(self._answered)} calls")
            now, _, what, calls = heappop(self._events)
            if what == "poll":
                self._poll(now)
                self._at(now + self._around.poll_s, "poll")
            elif what == "record":
                self._topics[calls[0].level].append(calls)
            elif what == "stepped":
                self._running = False
                for call in calls:
                    self._finish(call, now)
            self._feed_engine(now)
        return self._outcome(now)

    def _at(self, when: float, what: str, calls: tuple[Call, ...] = ()) -> None:
        self._number += 1
        heappush(self._events, (when, self._number, what, calls))

    def _poll(self, now: float) -> None:
        for level, topic in self._topics.items():
            room = self._feed.room(level)
            while topic and room > 0:
                record = topic.popleft()
                room -= len(record)
                for call in record:
                    self._feed.offer(call, now)

    def _feed_engine(self, now: float) -> None:
        for call_id in self._feed.admit(now):
            self._engine.submit(self._calls[call_id])
        due = self._feed.next_decision_at(now)
        if due is not None and due > now and due != self._wake_at:
            self._wake_at = due
            self._at(due, "wake")
        if self._engine.busy and not self._running:
            self._running = True
            takes, finished = self._engine.step()
            self._at(now + takes, "stepped", tuple(finished))

    def _finish(self, call: Call, now: float) -> None:
        self._feed.finish(call, now)
        self._answered.append((now, self._engine.answered_tokens))
        name = call.document
        self._unanswered[name] -= 1
        if self._unanswered[name]:
            return
        self._reached[name] += 1
        levels = self._levels[name]
        if self._reached[name] == len(levels):
            self._feed.close(name)
            self._finished.append(now)
            if len(levels) == len(LEVELS) and self._first is None:
                self._first = now
            return
        record = levels[self._reached[name]]
        self._unanswered[name] = len(record)
        around = self._around
        delay = self._random.uniform(around.shortest_round_s, around.longest_round_s)
        self._at(now + delay, "record", record)

    def _outcome(self, now: float) -> Outcome:
        count = len(self._answered)
        begin, end = self._answered[count // 10], self._answered[count * 2 // 3]
        prompts = sum(call.prompt_tokens for call in self._calls.values())
        return Outcome(
            makespan_s=now,
            first_document_s=now if self._first is None else self._first,
            half_s=self._finished[len(self._finished) // 2],
            steady_tokens_per_s=(end[1] - begin[1]) / (end[0] - begin[0]),
            computed_share=self._engine.computed_tokens / prompts,
            calls=count,
        )


def limit(work: Sequence[Document], size: int, model: Model = _H100) -> Outcome:
    """What the engine reaches when ``size`` calls are always in flight: no stages, no polls.

    The calls of a document follow each other, so that its prefix is warm for all but the first.
    """
    at_once = [
        Document(one.name, (tuple(call for level in one.levels for call in level),)) for one in work
    ]
    return Simulation(at_once, FirstInFirstOut(size), model, Surroundings(0.001, 0.0, 0.0)).run()
