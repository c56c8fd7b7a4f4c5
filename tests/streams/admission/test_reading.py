"""Which partitions are read on, and which are paused."""

from schemas.topics import Level
from streams.inference.admission.reading import to_read
from streams.inference.admission.scheduler import Scheduler
from streams.inference.admission.ticket import Limits
from tests.streams.admission.tickets import ticket


def test_a_full_level_is_paused_and_the_deeper_ones_are_read_on() -> None:
    rooms: dict[Level, int] = {"summary": 0, "detail": 1}
    read = to_read({"s0": "summary", "d0": "detail"}, {}, rooms, max_span=100)
    assert read == {"d0"}


def test_a_partition_whose_lowest_offset_lags_is_paused_alone() -> None:
    read = to_read(
        {"s0": "summary", "s1": "summary"}, {"s0": 100, "s1": 99}, {"summary": 1}, max_span=100
    )
    assert read == {"s1"}


def test_what_waits_takes_the_room_of_its_level_until_it_is_admitted() -> None:
    scheduler = Scheduler(Limits(max_waiting=1, linger_s=0.0))
    scheduler.offer(ticket("a"), 0.0)
    assert (scheduler.room("summary"), scheduler.room("detail")) == (0, 1)
    scheduler.admit(0.0)
    assert scheduler.room("summary") == 1


def test_what_was_read_takes_room_before_it_is_offered() -> None:
    scheduler = Scheduler(Limits(max_waiting=5))
    scheduler.offer(ticket("a"), 0.0)
    assert scheduler.room("summary", coming=3) == 2
    assert scheduler.room("summary", coming=9) == 0
