"""What is done after a failure, kind by kind: a value that one can read and print.

A failure concerns one task. Each step is taken at most once for a task in a tier; every call that
it makes is an attempt in ``inference_calls``.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from schemas.completion import FailureKind


class Step(StrEnum):
    """One thing to try."""

    AGAIN = "the same call once more"
    REPAIR = "the answer and what was wrong with it, to be mended"
    SPLIT = "both halves of the chunk by themselves"
    NEXT_TIER = "the whole message to the next larger tier"
    LAST_RESORT = "the rules of the local engine; the document is put before a person"


Cascade = Mapping[FailureKind, tuple[Step, ...]]

# A prompt that a model refuses is not sent to others until one takes it: a person looks at it.
CASCADE: Final[Cascade] = {
    "context_overflow": (Step.SPLIT, Step.NEXT_TIER, Step.LAST_RESORT),
    "invalid_output": (Step.REPAIR, Step.NEXT_TIER, Step.LAST_RESORT),
    "timeout": (Step.AGAIN, Step.NEXT_TIER, Step.LAST_RESORT),
    "engine_error": (Step.AGAIN, Step.NEXT_TIER, Step.LAST_RESORT),
    "refusal": (Step.LAST_RESORT,),
    "unserved": (Step.NEXT_TIER, Step.LAST_RESORT),
}


def next_step(
    kind: FailureKind, possible: Collection[Step], taken: Collection[Step], cascade: Cascade
) -> Step | None:
    """The first step of ``kind`` that is possible here and was not taken; None ends the cascade."""
    return next((step for step in cascade[kind] if step in possible and step not in taken), None)
