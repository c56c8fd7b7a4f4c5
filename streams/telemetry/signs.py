"""Signs that a stage of this process gets on, or knows what it waits for.

A sign is a record or a call that came to its end, or a try that met an outage. They are only
counted: the watchdog compares what it sees now with what it saw before.
"""

from collections import Counter

_SIGNS: Counter[str] = Counter()


def sign(stage: str) -> None:
    """A stage got on, or met an outage that it waits for."""
    _SIGNS[stage] += 1


def signs(stage: str) -> int:
    """How many signs a stage has given since this process began."""
    return _SIGNS[stage]
