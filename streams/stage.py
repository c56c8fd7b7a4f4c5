"""A stage: one line of the topology."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from processors.annotation import AnnotationSettings
from processors.outcome import Outcome
from schemas.record import Record

Processor = Callable[[Record, AnnotationSettings], Outcome]
Kind = Literal["faust", "inference", "sink"]
GROUP_PREFIX = "millrace."


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: ``process`` takes one record of ``reads`` and gives one message of ``writes``."""

    name: str
    kind: Kind
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    process: Processor | None = None

    @property
    def group(self) -> str:
        """The consumer group that the stage's processes share."""
        return GROUP_PREFIX + self.name
