"""A target: what is made up for it, and what must hold of everything that is."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True)
class Target:
    """``check`` raises where something does not hold of a value.

    Values are text, bytes and tuples of them, so that ``cases`` can keep them.
    """

    name: str
    strategy: SearchStrategy[Any]
    check: Callable[[Any], None]


class TooSlowError(Exception):
    """It took more of the processor's time than it may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Break off what takes more of this process's processor time, which load beside it is not.

    Raises:
        TooSlowError: at once, or where one call into a library took the time, behind that.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlowError(f"over {seconds:g} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
