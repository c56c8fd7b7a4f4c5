"""What holds of the scheduler whatever comes, in whatever order."""

from random import Random

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from schemas.topics import LEVELS, Level
from streams.inference.admission.scheduler import Scheduler
from streams.inference.admission.ticket import Limits, Ticket

SIZE, TOKENS, OPEN, WAIT_S = 4, 100, 3, 5.0
LIMITS = Limits(SIZE, TOKENS, OPEN, linger_s=0.5, max_wait_s=WAIT_S, open_timeout_s=7.0)


class Admission(RuleBasedStateMachine):
    """Offers, answers, closes, withdraws and lets time pass; admits after each."""

    @initialize()
    def begin(self) -> None:
        self.now = 0.0
        self.one, self.twin = Scheduler(LIMITS), Scheduler(LIMITS)
        self.number = 0
        self.waiting: dict[str, Ticket] = {}
        self.flying: dict[str, Ticket] = {}

    @rule(
        document=st.integers(0, 9),
        level=st.sampled_from(LEVELS),
        tokens=st.sampled_from([1, 20, 50, 90, 100, 130]),
        run=st.sampled_from(["live", "replay"]),
        prefix=st.sampled_from(["", "x"]),
    )
    def offer(self, document: int, level: Level, tokens: int, run: str, prefix: str) -> None:
        self.number += 1
        one = Ticket(f"t{self.number}", f"d{document}", run, level, tokens, prefix)
        self.waiting[one.ticket_id] = one
        for scheduler in (self.one, self.twin):
            scheduler.offer(one, self.now)
        self.admit()

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), close=st.booleans())
    def finish(self, data: st.DataObject, close: bool) -> None:
        done = self.flying.pop(data.draw(st.sampled_from(sorted(self.flying))))
        for scheduler in (self.one, self.twin):
            scheduler.finish(done.ticket_id, self.now)
            if close:
                scheduler.close(done.document)
        self.admit()

    @precondition(lambda self: self.flying or self.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(sorted(self.flying | self.waiting)))
        self.flying.pop(gone, None)
        self.waiting.pop(gone, None)
        for scheduler in (self.one, self.twin):
            scheduler.withdraw([gone])
        self.admit()

    @rule(seconds=st.sampled_from([0.1, 1.0, 6.0]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.admit()

    def admit(self) -> None:
        admitted = self.one.admit(self.now)
        assert self.twin.admit(self.now) == admitted, "the same calls, the same decisions"
        for one in admitted:
            # Nothing is admitted that was not offered, was withdrawn, or was admitted before.
            self.flying[one.ticket_id] = self.waiting.pop(one.ticket_id)

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "one"):
            assert self.one.waiting == len(self.waiting)
            assert self.one.in_flight == len(self.flying)
            assert self.one.tokens_in_flight == sum(one.tokens for one in self.flying.values())

    @invariant()
    def the_window_is_kept(self) -> None:
        if hasattr(self, "one"):
            assert self.one.in_flight <= SIZE
            assert self.one.tokens_in_flight <= TOKENS or self.one.in_flight == 1

    @invariant()
    def an_idle_engine_has_nothing_to_do_or_lingers(self) -> None:
        if hasattr(self, "one") and self.waiting and not self.flying:
            due = self.one.next_decision_at(self.now)
            assert due is not None
            assert due <= self.now + LIMITS.linger_s

    def teardown(self) -> None:
        """Everything offered is admitted once answers come."""
        if not hasattr(self, "one"):
            return
        for _ in range(10 * (len(self.waiting) + len(self.flying)) + 10):
            for ticket_id in list(self.flying):
                del self.flying[ticket_id]
                for scheduler in (self.one, self.twin):
                    scheduler.finish(ticket_id, self.now)
            self.now += 1.0
            self.admit()
        assert not self.waiting


Admission.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAdmission = Admission.TestCase


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_under_unending_load_no_task_waits_for_ever(seed: int) -> None:
    """Every turn brings one of a deeper level, lighter or hotter than what waits; all get in."""
    random = Random(seed)  # noqa: S311 (no secret: a load that can be repeated)
    scheduler = Scheduler(LIMITS)
    early = [
        Ticket("heavy", "heavy", "live", "summary", TOKENS, ""),
        Ticket("cold", "cold", "live", "summary", 20, "cold"),
        Ticket("many/1", "many", "live", "summary", 20, "a"),
        Ticket("many/2", "many", "live", "summary", 20, "b"),
    ]
    for one in early:
        scheduler.offer(one, 0.0)
    left = {one.ticket_id for one in early}
    now, flying, number = 0.0, list[Ticket](), 0
    while left and now < 40 * WAIT_S:
        for _ in range(2):
            number += 1
            document = random.choice(["hot", f"d{number}"])
            run = random.choice(["live", "replay"])
            level = random.choice(LEVELS[1:])
            scheduler.offer(Ticket(f"t{number}", document, run, level, 30, "hot"), now)
        admitted = scheduler.admit(now)
        left -= {one.ticket_id for one in admitted}
        flying += admitted
        if flying:
            done = flying.pop(random.randrange(len(flying)))
            scheduler.finish(done.ticket_id, now)
        now += 0.5
    assert not left


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(1, 90), min_size=40, max_size=40),
    st.lists(st.integers(1, 90), min_size=40, max_size=40),
)
def test_two_runs_with_a_backlog_are_served_alike(ours: list[int], theirs: list[int]) -> None:
    scheduler = Scheduler(Limits(1, 100, 1, linger_s=0.0))
    for run, weights in (("ours", ours), ("theirs", theirs)):
        for number, tokens in enumerate(weights):
            document = f"{run}{number}"
            scheduler.offer(Ticket(document, document, run, "summary", tokens), 0.0)
    served = {"ours": 0, "theirs": 0}
    left = {"ours": 40, "theirs": 40}
    while all(left.values()):
        (admitted,) = scheduler.admit(0.0)
        served[admitted.run_id] += admitted.tokens
        left[admitted.run_id] -= 1
        assert abs(served["ours"] - served["theirs"]) <= 90
        scheduler.finish(admitted.ticket_id, 0.0)
        scheduler.close(admitted.document)


@given(st.permutations(list(LEVELS) * 3))
def test_of_open_documents_no_task_goes_before_a_deeper_one(levels: list[Level]) -> None:
    scheduler = Scheduler(Limits(max_batch_size=9, linger_s=0.0))
    scheduler.offer(Ticket("open", "d", "live", "summary", 1), 0.0)
    scheduler.admit(0.0)
    for number, level in enumerate(levels):
        scheduler.offer(Ticket(f"t{number}", "d", "live", level, 1), 0.0)
    scheduler.finish("open", 1.0)
    depths = [LEVELS.index(one.level) for one in scheduler.admit(1.0)]
    assert depths == sorted(depths, reverse=True)
    assert len(depths) == 9
