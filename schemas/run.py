"""A run: a name and the frozen specification of what decides its answers."""

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.model import Value

LIVE = "live"
RunId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
# A tier's name is part of topic names.
TierName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class TierModel(Value):
    """What answers in a tier: an engine and its model."""

    tier: TierName
    engine: str
    model: str


class Specification(Value):
    """What decides a run's answers: engine and model of its tier, and the prompts' version.

    ``tiers`` are all that are deployed, from small to large, where there are several: a document
    may be sent to another than ``tier`` by its profile, length or language, or because its own
    could not answer.
    """

    engine: str
    model: str
    prompt_version: str
    tier: str
    tiers: tuple[TierModel, ...] = Field(default=())

    def served_by(self, tier: str) -> TierModel | None:
        """What this run wants to answer in ``tier``; None where it does not know that tier."""
        if tier == self.tier:
            return TierModel(tier=tier, engine=self.engine, model=self.model)
        return next((one for one in self.tiers if one.tier == tier), None)

    def next_tier(self, tier: str) -> str | None:
        """The tier after ``tier``, which is tried when that one cannot answer."""
        names = [one.tier for one in self.tiers]
        later = names[names.index(tier) + 1 :] if tier in names else []
        return later[0] if later else None


class Run(Value):
    """A run as it travels in each message, so that no stage needs a registry."""

    run_id: RunId
    specification: Specification
