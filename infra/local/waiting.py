"""Waiting for a condition, with a bound."""

import time
from collections.abc import Callable


def wait_until(
    condition: Callable[[], bool], timeout_seconds: float, interval_seconds: float = 0.05
) -> bool:
    """Ask `condition` until it holds or the time is over; say whether it held."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(interval_seconds)
    return True
