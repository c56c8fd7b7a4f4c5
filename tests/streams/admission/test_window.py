"""How many calls a server is given."""

from streams.inference.admission.window import AdaptiveWindow


def test_a_window_that_is_never_refused_stays_full() -> None:
    window = AdaptiveWindow(64)
    window.answered(1.0)
    assert window.size == 64


def test_a_refusal_halves_it() -> None:
    window = AdaptiveWindow(64)
    window.refused(began=0.0, now=1.0)
    assert window.size == 32


def test_refusals_of_calls_that_were_already_under_way_count_once() -> None:
    window = AdaptiveWindow(64)
    for _ in range(10):
        window.refused(began=0.0, now=1.0)
    assert window.size == 32
    window.refused(began=1.5, now=2.0)
    assert window.size == 16


def test_it_never_falls_below_one() -> None:
    window = AdaptiveWindow(4)
    for second in range(10):
        window.refused(began=second, now=second + 0.5)
    assert window.size == 1


def test_a_window_of_answers_makes_it_larger_by_one() -> None:
    window = AdaptiveWindow(64)
    window.refused(began=0.0, now=1.0)
    for _ in range(33):
        window.answered(began=2.0)
    assert window.size == 33


def test_answers_to_calls_from_before_the_decrease_do_not_widen_it() -> None:
    window = AdaptiveWindow(64)
    window.refused(began=0.0, now=1.0)
    for _ in range(100):
        window.answered(began=0.5)
    assert window.size == 32


def test_it_grows_back_to_its_maximum_and_no_further() -> None:
    window = AdaptiveWindow(8)
    window.refused(began=0.0, now=1.0)
    for _ in range(200):
        window.answered(began=2.0)
    assert window.size == 8


def test_the_longest_retry_after_holds() -> None:
    window = AdaptiveWindow(8)
    window.refused(began=0.0, now=1.0, retry_after_s=10.0)
    window.refused(began=0.0, now=2.0, retry_after_s=3.0)
    assert window.held_until == 11.0


def test_an_absurd_retry_after_holds_five_minutes() -> None:
    window = AdaptiveWindow(8)
    window.refused(began=0.0, now=1.0, retry_after_s=1e9)
    assert window.held_until == 301.0
