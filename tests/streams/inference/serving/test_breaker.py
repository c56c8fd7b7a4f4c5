"""A server that keeps failing gets no calls until a probe of it succeeds."""

import pytest

from streams.inference.serving.breaker import Breaker


@pytest.fixture
def breaker() -> Breaker:
    breaker = Breaker(failures_to_open=3, first_wait_s=1.0, longest_wait_s=4.0)
    assert breaker.begin_probe(0.0)
    breaker.probe_succeeded()
    breaker.succeeded()
    return breaker


def test_it_begins_open_with_a_probe_due_at_once() -> None:
    breaker = Breaker(3, 1.0, 4.0)

    assert breaker.begin_probe(0.0)
    assert breaker.state == "half_open"


def test_it_opens_after_three_failures_in_a_row(breaker: Breaker) -> None:
    states = []
    for moment in (10.0, 10.1, 10.2):
        breaker.failed(moment)
        states.append(breaker.state)

    assert states == ["closed", "closed", "open"]


def test_a_success_between_failures_keeps_it_closed(breaker: Breaker) -> None:
    for moment in range(10):
        breaker.failed(moment)
        breaker.failed(moment)
        breaker.succeeded()

    assert breaker.state == "closed"


def test_one_probe_is_made_when_the_wait_is_over(breaker: Breaker) -> None:
    _open(breaker, at=10.0)

    assert not breaker.begin_probe(10.9)
    assert breaker.begin_probe(11.0)
    assert not breaker.begin_probe(99.0)


def test_waits_double_up_to_the_longest(breaker: Breaker) -> None:
    _open(breaker, at=0.0)
    waits = []
    for _ in range(4):
        waits.append(breaker.due)
        assert breaker.begin_probe(breaker.due)
        breaker.probe_failed(breaker.due)

    assert [b - a for a, b in zip([0.0, *waits], [*waits, breaker.due], strict=True)] == [
        1.0, 2.0, 4.0, 4.0, 4.0,
    ]  # fmt: skip


def test_jitter_makes_a_wait_longer_by_up_to_a_quarter(breaker: Breaker) -> None:
    for _ in range(3):
        breaker.failed(10.0, jitter=1.0)

    assert breaker.due == 11.25


def test_late_failures_of_earlier_calls_make_no_wait_longer(breaker: Breaker) -> None:
    _open(breaker, at=10.0)
    breaker.failed(10.5)

    assert breaker.due == 11.0


def test_after_a_probe_the_first_failure_opens_it_for_longer(breaker: Breaker) -> None:
    _open(breaker, at=10.0)
    assert breaker.begin_probe(11.0)
    breaker.probe_succeeded()

    breaker.failed(12.0)

    assert breaker.state == "open"
    assert breaker.due == 14.0


def test_a_success_makes_waits_short_again(breaker: Breaker) -> None:
    _open(breaker, at=10.0)
    assert breaker.begin_probe(11.0)
    breaker.probe_succeeded()
    breaker.succeeded()

    _open(breaker, at=20.0)

    assert breaker.due == 21.0


def test_a_late_success_does_not_close_it(breaker: Breaker) -> None:
    _open(breaker, at=10.0)
    breaker.succeeded()

    assert breaker.state == "open"


def _open(breaker: Breaker, at: float) -> None:
    for _ in range(3):
        breaker.failed(at)
    assert breaker.state == "open"
