"""What the stages of one process share."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

from mode import Service

from millrace import wiring
from millrace.settings import Settings
from streams.broker.connection import Broker
from streams.broker.group import Membership
from streams.broker.outbox import Outbox
from streams.letter_limits import LetterLimits
from streams.processing import StageContext
from streams.stage import Stage
from streams.telemetry.readiness import Readiness
from streams.watchdog import Watched


class StageServices(NamedTuple):
    """A stage's services in the order of their start, and what its watchdog looks at."""

    services: list[Service]
    watched: Watched


@dataclass(frozen=True)
class Surroundings:
    """What the stages of one process share.

    Attributes:
        tracing: whether traces are wanted.
    """

    settings: Settings
    broker: Broker
    membership: Membership
    outbox: Outbox
    readiness: Readiness
    tracing: bool

    @cached_property
    def context(self) -> StageContext:
        """See ``wiring.stage_context``."""
        return wiring.stage_context(self.settings)

    def expect_partitions(self, stage: Stage, first: str = "") -> "partial[None]":
        """The process is not ready before what is returned was called."""
        self.readiness.expect(stage.name, f"{first}partitions of its group")
        return partial(self.readiness.ready, stage.name)

    def letter_limits(self, stage: Stage) -> LetterLimits:
        """What stops a stage that dead-letters too much."""
        return LetterLimits(stage.name, wiring.letter_limits(self.settings))
