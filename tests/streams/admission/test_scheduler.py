"""Which waiting task goes to the engine, and when."""

import pytest

from streams.inference.admission.scheduler import Scheduler
from streams.inference.admission.ticket import Limits, Ticket
from tests.streams.admission.tickets import ids, ticket


def scheduler(**limits: float) -> Scheduler:
    return Scheduler(Limits(**({"linger_s": 0.0} | limits)))  # type: ignore[arg-type]


def offer(to: Scheduler, *tickets: Ticket, now: float = 0.0) -> None:
    for one in tickets:
        to.offer(one, now)


def test_tasks_are_admitted_in_the_order_of_their_arrival() -> None:
    one = scheduler()
    offer(one, ticket("a"), ticket("b"), ticket("c"))
    assert ids(one.admit(0.0)) == ["a", "b", "c"]
    assert (one.in_flight, one.tokens_in_flight, one.waiting) == (3, 300, 0)


def test_no_more_than_the_batch_size_is_in_flight_and_what_finishes_makes_room() -> None:
    one = scheduler(max_batch_size=2)
    offer(one, ticket("a"), ticket("b"), ticket("c"))
    assert ids(one.admit(0.0)) == ["a", "b"]
    one.finish("b", 1.0)
    assert ids(one.admit(1.0)) == ["c"]


def test_no_more_than_the_batch_tokens_are_in_flight() -> None:
    one = scheduler(max_batch_tokens=250)
    offer(one, ticket("a"), ticket("b"), ticket("c"))
    assert ids(one.admit(0.0)) == ["a", "b"]


def test_a_task_heavier_than_the_window_runs_alone() -> None:
    one = scheduler(max_batch_tokens=250)
    offer(one, ticket("heavy", tokens=1_000), ticket("b"))
    assert ids(one.admit(0.0)) == ["heavy"]
    one.finish("heavy", 1.0)
    assert ids(one.admit(1.0)) == ["b"]


def test_lighter_tasks_pass_a_heavy_one_that_does_not_fit() -> None:
    one = scheduler(max_batch_tokens=250)
    offer(one, ticket("a"), ticket("heavy", tokens=200), ticket("c"))
    assert ids(one.admit(0.0)) == ["a", "c"]


def test_a_heavy_task_passed_over_too_long_gets_the_window_kept_free() -> None:
    one = scheduler(max_batch_tokens=250, max_wait_s=10.0)
    offer(one, ticket("a"), ticket("b"), ticket("heavy", tokens=250))
    one.admit(0.0)
    offer(one, ticket("c"), now=10.0)
    one.finish("a", 10.0)
    assert ids(one.admit(10.0)) == []
    one.finish("b", 11.0)
    assert ids(one.admit(11.0)) == ["heavy"]


def test_the_deepest_level_of_open_documents_goes_first() -> None:
    one = scheduler(max_batch_size=3)
    offer(one, ticket("a/1"), ticket("b/1"), ticket("c/1"))
    one.admit(0.0)
    offer(
        one,
        ticket("new"),
        ticket("a/2"),
        ticket("b/2", "detail"),
        ticket("c/2", "relationship"),
        now=1.0,
    )
    for done in ("a/1", "b/1", "c/1"):
        one.finish(done, 1.0)
    assert ids(one.admit(1.0)) == ["c/2", "b/2", "a/2"]


def test_tasks_of_one_prefix_go_next_to_each_other() -> None:
    one = scheduler()
    offer(
        one,
        ticket("a/1", "detail", prefix="x"),
        ticket("a/2", "detail", prefix="y"),
        ticket("a/3", "detail", prefix="x"),
    )
    assert ids(one.admit(0.0)) == ["a/1", "a/3", "a/2"]


def test_no_more_documents_are_begun_than_may_be_open() -> None:
    one = scheduler(max_open_documents=2)
    offer(one, ticket("a"), ticket("b"), ticket("c"))
    assert ids(one.admit(0.0)) == ["a", "b"]
    one.finish("a", 1.0)
    one.close("a")
    assert ids(one.admit(1.0)) == ["c"]


def test_a_document_between_two_levels_stays_open() -> None:
    one = scheduler(max_open_documents=2)
    offer(one, ticket("a/1"), ticket("b"), ticket("c"))
    one.admit(0.0)
    one.finish("a/1", 1.0)
    assert ids(one.admit(1.0)) == []
    offer(one, ticket("a/2", "detail"), now=2.0)
    assert ids(one.admit(2.0)) == ["a/2"]


def test_a_document_that_does_not_come_back_no_longer_counts_after_a_time() -> None:
    one = scheduler(max_open_documents=2, open_timeout_s=10.0)
    offer(one, ticket("a"), ticket("b"), ticket("c"))
    one.admit(0.0)
    one.finish("a", 1.0)
    assert one.next_decision_at(1.0) == 11.0
    assert ids(one.admit(10.9)) == []
    assert ids(one.admit(11.0)) == ["c"]
    assert one.open_documents == 2


def test_an_idle_engine_does_not_wait_for_documents_that_are_away() -> None:
    one = scheduler(max_open_documents=2)
    offer(one, ticket("a"), ticket("b"), ticket("c"), ticket("d"), ticket("e"))
    one.admit(0.0)
    one.finish("a", 1.0)
    assert ids(one.admit(1.0)) == []
    one.finish("b", 1.0)
    assert ids(one.admit(1.0)) == ["c", "d"]


def test_a_document_is_begun_after_a_time_whatever_is_open() -> None:
    one = scheduler(max_open_documents=1, max_wait_s=30.0)
    offer(one, ticket("a"), ticket("b"))
    assert ids(one.admit(0.0)) == ["a"]
    assert one.next_decision_at(0.0) == 30.0
    assert ids(one.admit(29.9)) == []
    assert ids(one.admit(30.0)) == ["b"]


def test_a_task_waiting_long_has_every_fourth_turn_before_deeper_levels() -> None:
    one = scheduler(max_batch_size=1, max_wait_s=10.0)
    offer(one, ticket("a/0"))
    one.admit(0.0)
    offer(one, ticket("a/old"), *(ticket(f"a/{n}", "detail") for n in range(1, 9)))
    one.finish("a/0", 10.0)
    order = []
    for _ in range(9):
        (admitted,) = one.admit(10.0)
        order.append(admitted.ticket_id)
        one.finish(admitted.ticket_id, 10.0)
    assert order[:4] == ["a/1", "a/2", "a/3", "a/old"]


def test_the_run_that_was_served_least_begins_the_next_document() -> None:
    one = scheduler(max_batch_size=1)
    offer(one, *(ticket(f"big{n}", tokens=300, run_id="replay") for n in range(3)))
    offer(one, *(ticket(f"small{n}", run_id="live") for n in range(6)))
    order = []
    for _ in range(8):
        (admitted,) = one.admit(0.0)
        order.append(admitted.run_id)
        one.finish(admitted.ticket_id, 0.0)
        one.close(admitted.document)
    assert order == ["replay", "live", "live", "live", "replay", "live", "live", "live"]


def test_a_run_that_joins_late_is_owed_nothing() -> None:
    one = scheduler(max_batch_size=1)
    offer(one, *(ticket(f"a{n}", run_id="a") for n in range(10)))
    served = []
    for number in range(10):
        if number == 4:
            offer(one, *(ticket(f"b{n}", run_id="b") for n in range(10)))
        (admitted,) = one.admit(0.0)
        served.append(admitted.run_id)
        one.finish(admitted.ticket_id, 0.0)
        one.close(admitted.document)
    assert served[4:].count("a") == 3


def test_a_task_that_comes_to_an_idle_engine_waits_for_company() -> None:
    one = scheduler(linger_s=0.005)
    offer(one, ticket("a"), now=1.0)
    assert one.admit(1.0) == []
    assert one.next_decision_at(1.0) == 1.005
    offer(one, ticket("b"), now=1.004)
    assert ids(one.admit(1.005)) == ["a", "b"]


def test_nothing_waits_for_company_while_the_engine_works() -> None:
    one = scheduler(linger_s=0.005)
    offer(one, ticket("a"), now=1.0)
    one.admit(1.005)
    offer(one, ticket("b"), now=2.0)
    assert ids(one.admit(2.0)) == ["b"]


def test_a_full_batch_does_not_wait_for_company() -> None:
    one = scheduler(linger_s=0.005, max_batch_size=2)
    offer(one, ticket("a"), ticket("b"), now=1.0)
    assert ids(one.admit(1.0)) == ["a", "b"]


def test_a_refusing_server_halves_the_window_and_is_left_alone_as_long_as_it_asks() -> None:
    one = scheduler(max_batch_size=4)
    offer(one, *(ticket(f"d{n}") for n in range(8)))
    one.admit(0.0)
    one.refuse(began=0.0, now=1.0, retry_after_s=5.0)
    assert one.window_size == 2
    for number in range(4):
        one.finish(f"d{number}", 2.0)
    assert one.admit(2.0) == []
    assert one.next_decision_at(2.0) == 6.0
    assert ids(one.admit(6.0)) == ["d4", "d5"]


def test_what_is_withdrawn_leaves_the_line_and_the_window() -> None:
    one = scheduler(max_batch_size=2)
    offer(one, ticket("a"), ticket("b"), ticket("c"), ticket("d"))
    one.admit(0.0)
    one.withdraw(["a", "c", "unknown"])
    assert (one.in_flight, one.tokens_in_flight, one.waiting) == (1, 100, 1)
    assert one.open_documents == 1
    one.finish("a", 1.0)
    assert ids(one.admit(1.0)) == ["d"]


def test_a_withdrawn_heavy_task_keeps_nothing_free() -> None:
    one = scheduler(max_batch_tokens=250, max_wait_s=10.0)
    offer(one, ticket("a"), ticket("heavy", tokens=250))
    one.admit(0.0)
    offer(one, ticket("d"), now=10.0)
    assert one.admit(10.0) == []
    one.withdraw(["heavy"])
    assert ids(one.admit(10.0)) == ["d"]


def test_a_withdrawn_task_may_be_offered_again() -> None:
    one = scheduler()
    offer(one, ticket("a"))
    one.withdraw(["a"])
    offer(one, ticket("a"))
    assert ids(one.admit(0.0)) == ["a"]


def test_a_task_cannot_be_offered_twice() -> None:
    one = scheduler()
    offer(one, ticket("a"))
    with pytest.raises(ValueError, match="ticket a is offered twice"):
        offer(one, ticket("a"))


def test_each_level_has_room_of_its_own() -> None:
    one = scheduler(max_waiting=3)
    offer(one, *(ticket(f"d{n}") for n in range(5)))
    assert (one.room("summary"), one.room("detail")) == (0, 3)
    one.admit(0.0)
    assert one.room("summary") == 3


def test_nothing_waiting_needs_no_timer() -> None:
    one = scheduler()
    offer(one, ticket("a"))
    one.admit(0.0)
    assert one.next_decision_at(0.0) is None


@pytest.mark.parametrize("wrong", [{"max_batch_size": 0}, {"linger_s": -1.0}])
def test_limits_under_which_nothing_could_be_admitted_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        scheduler(**wrong)
