"""Stages that get further processes under load, and lose them again."""

from random import Random

from millrace.supervisor import Supervisor
from tests.chaos.fault import Fault
from tests.chaos.flow import Flow
from tests.command import eventually

_FURTHER = 2


class Scale(Fault):
    """From one process of each stage to three and back."""

    name = "scale"
    lasts_s = (2.0, 6.0)

    def __init__(self) -> None:
        self._further: list[Supervisor] = []

    def begin(self, flow: Flow, random: Random) -> None:
        before = {names[0]: flow.members(names[0]) for names in flow.groups}
        self._further = [flow.crew.start(flow.groups) for _ in range(_FURTHER)]
        for stage, members in before.items():
            eventually(
                lambda stage=stage, members=members: (  # type: ignore[misc]
                    flow.members(stage) >= members + _FURTHER
                ),
                f"{_FURTHER} further processes of {stage} have joined",
            )

    def end(self, flow: Flow) -> None:
        for supervisor in self._further:
            flow.crew.end(supervisor)
        self._further = []
