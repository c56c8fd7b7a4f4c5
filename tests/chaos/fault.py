"""A fault: how it begins, how long it lasts, how it ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import ClassVar

from tests.chaos.flow import Flow


class FaultNotPossibleError(Exception):
    """This machine does not let the fault be injected; the message says why."""


class Fault:
    """One kind of fault, to be injected again and again.

    ``lasts_s`` bounds how long it lasts, in seconds, from its beginning to when it is ended;
    ``keeps_kafka_away`` says that Kafka answers nobody meanwhile.
    """

    name: ClassVar[str]
    lasts_s: ClassVar[tuple[float, float]] = (0.0, 0.0)
    keeps_kafka_away: ClassVar[bool] = False

    def require(self, flow: Flow) -> None:
        """Look whether it can be injected.

        Raises:
            FaultNotPossibleError: it cannot be injected here.
        """

    @contextmanager
    def arranged(self, flow: Flow) -> Iterator[None]:
        """What must be there for it, from before the first injection to after the last."""
        yield

    def holds_s(self, flow: Flow, random: Random) -> float:
        """How long this one lasts."""
        return random.uniform(*self.lasts_s)

    def begin(self, flow: Flow, random: Random) -> None:
        """Inject it."""
        raise NotImplementedError

    def end(self, flow: Flow) -> None:
        """Take it away; what was killed from outside the flow is started again."""


class NoFault(Fault):
    """Nothing happens: what is compared with must be what the flow itself gives."""

    name = "none"

    def begin(self, flow: Flow, random: Random) -> None:
        pass
