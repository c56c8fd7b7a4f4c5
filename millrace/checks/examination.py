"""Runs checks side by side: none can fail the others, and none can hang the command."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from millrace.checks.finding import Finding, State, of_error, problem
from schemas.errors import MillraceError, UnavailableError


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at; ``look`` gives its findings and may raise."""

    name: str
    look: Callable[[], Sequence[Finding]]


def examine(checks: Sequence[Check], timeout_s: float) -> list[Finding]:
    """The findings of all checks in their order.

    A check that has not come to its end after ``timeout_s`` seconds is left behind: its thread ends
    with the process.
    """
    found: dict[str, Sequence[Finding]] = {}

    def look(check: Check) -> None:
        found[check.name] = _findings(check)

    threads = [threading.Thread(target=look, args=(check,), daemon=True) for check in checks]
    deadline = time.monotonic() + timeout_s
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(deadline - time.monotonic(), 0.0))
    return [
        finding
        for check in checks
        for finding in found.get(check.name, (_unanswered(check, timeout_s),))
    ]


def _findings(check: Check) -> Sequence[Finding]:
    try:
        return check.look()
    except UnavailableError as error:
        return [of_error(check.name, State.ABSENT, error)]
    except MillraceError as error:
        return [of_error(check.name, State.PROBLEM, error)]
    except ImportError as error:
        seen = f"a package cannot be imported: {error}"
        return [problem(check.name, seen, "install millrace anew, with `make` in a checkout")]
    except Exception as error:  # whatever it is, the other checks still count
        seen = f"this check itself failed: {type(error).__name__}: {error}"
        return [problem(check.name, " ".join(seen.split())[:300], "report it as a bug of millrace")]


def _unanswered(check: Check, timeout_s: float) -> Finding:
    return problem(
        check.name,
        f"no answer within {timeout_s:.0f} s",
        "see whether something hangs: its process, the network on the way, a slow disk",
    )
