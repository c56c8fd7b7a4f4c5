"""Which partitions are read on, and which are paused."""

from streams.inference.admission.reading import to_read
from streams.inference.admission.scheduler import Scheduler
from streams.inference.admission.ticket import Limits
from tests.streams.admission.tickets import ticket


def test_a_full_level_is_paused_and_the_deeper_ones_are_read_on() -> None:
    scheduler = Scheduler(Limits(max_waiting=1))
    scheduler.offer(ticket("a"), 0.0)
    read = to_read({"s0": "summary", "d0": "detail"}, {}, scheduler.room, max_span=100)
    assert read == {"d0"}


def test_a_partition_whose_lowest_offset_lags_is_paused_alone() -> None:
    scheduler = Scheduler(Limits())
    read = to_read(
        {"s0": "summary", "s1": "summary"}, {"s0": 100, "s1": 99}, scheduler.room, max_span=100
    )
    assert read == {"s1"}


def test_a_paused_level_is_read_again_once_its_tasks_are_admitted() -> None:
    scheduler = Scheduler(Limits(max_waiting=1, linger_s=0.0))
    scheduler.offer(ticket("a"), 0.0)
    scheduler.admit(0.0)
    assert to_read({"s0": "summary"}, {}, scheduler.room, max_span=100) == {"s0"}
