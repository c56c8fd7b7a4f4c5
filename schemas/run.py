"""A run: a name and the frozen specification of what decides its answers."""

from typing import Annotated

from pydantic import StringConstraints

from schemas.model import Value

LIVE = "live"
RunId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]


class Specification(Value):
    """What decides a run's answers: the engine, its model, the prompts' version, the tier."""

    engine: str
    model: str
    prompt_version: str
    tier: str


class Run(Value):
    """A run as it travels in each message, so that no stage needs a registry."""

    run_id: RunId
    specification: Specification
