"""What a check found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How good or bad it is, best first."""

    OK = "ok"
    WARNING = "warning"
    """It works, and may not for long or not as meant."""
    ABSENT = "absent"
    """Something needed does not run or was not made yet."""
    PROBLEM = "problem"
    """Something is wrong, and does not mend by starting it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report: what was looked at and seen, and what to do if not ok."""

    name: str
    state: State
    seen: str
    advice: str = ""


def ok(name: str, seen: str) -> Finding:
    """It is as it should be."""
    return Finding(name, State.OK, seen)


def warning(name: str, seen: str, advice: str) -> Finding:
    """It works, and may not for long or not as meant."""
    return Finding(name, State.WARNING, seen, advice)


def absent(name: str, seen: str, advice: str) -> Finding:
    """Something needed does not run or was not made yet."""
    return Finding(name, State.ABSENT, seen, advice)


def problem(name: str, seen: str, advice: str) -> Finding:
    """Something is wrong."""
    return Finding(name, State.PROBLEM, seen, advice)


def of_error(name: str, state: State, error: Exception) -> Finding:
    """An error of ours, which says what is wrong and after a colon what to do."""
    seen, _, advice = str(error).rpartition(": ")
    return Finding(name, state, seen or advice, advice if seen else "")
