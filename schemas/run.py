"""A run: a name and the frozen specification of what decides its answers."""

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from schemas.model import Value
from schemas.topics import LEVELS, Level

LIVE = "live"
RunId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
# A tier's name is part of topic names.
TierName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def revised(model: str, revision: str) -> str:
    """A model's name as a specification has it: with its revision behind an @, if it has one."""
    return f"{model}@{revision}" if revision else model


class TierModel(Value):
    """What answers in a tier: an engine and its model, with its revision where one is set."""

    tier: TierName
    engine: str
    model: str

    @property
    def name(self) -> str:
        """The model without its revision: what serves it, whichever revision it has."""
        return self.model.partition("@")[0]

    def is_model(self, model: str, revision: str) -> bool:
        """Whether this is that model; any revision is where none is named here."""
        return self.model in (model, revised(model, revision))


class LevelTier(Value):
    """Which tier answers a level, whatever tier the document has."""

    level: Level
    tier: TierName


class LevelPrompt(Value):
    """A digest of the templates that a level's prompts are rendered from."""

    level: Level
    digest: str


class ProfileOverride(Value):
    """What a run reads for differently: ``changes`` to a profile, as JSON to be laid over it."""

    name: str
    changes: str


class Differing(NamedTuple):
    """A part of two specifications that is not the same."""

    name: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.name} is {self.ours or 'none'}, not {self.theirs or 'none'}"


class Specification(Value):
    """What decides a run's answers: engine and model of its tier, and the prompts' version.

    ``tiers`` are all that are deployed, from small to large, where there are several: a document
    may be sent to another than ``tier`` by its profile, length or language, or because its own
    could not answer; ``levels`` send a level to a tier of its own. ``prompts`` tell versions of
    prompts apart by what they say: empty where the engines have none.
    """

    engine: str
    model: str
    prompt_version: str
    tier: str
    tiers: tuple[TierModel, ...] = Field(default=())
    levels: tuple[LevelTier, ...] = Field(default=())
    prompts: tuple[LevelPrompt, ...] = Field(default=())
    profiles: tuple[ProfileOverride, ...] = Field(default=())

    def tier_of(self, level: Level, usual: str) -> str:
        """The tier that answers a level of a document whose own is ``usual``."""
        return next((one.tier for one in self.levels if one.level == level), usual)

    def override_of(self, profile: str) -> str | None:
        """The changes to a profile, as JSON; None where it is as it is."""
        return next((one.changes for one in self.profiles if one.name == profile), None)

    def differences(
        self, other: "Specification", before: Level | None = None, profile: str | None = None
    ) -> tuple[Differing, ...]:
        """What decides answers and is not the same in both.

        Args:
            other: another specification.
            before: only what decides the levels before this one; of all levels where None.
            profile: only what decides documents of this profile; of all where None.
        """
        ours = dict(self._deciding(before, profile))
        theirs = dict(other._deciding(before, profile))
        if before != LEVELS[0] and self.tier == other.tier:
            # Tiers that only one knows are deployed beside the others: no level is sent there.
            shared = {one.tier for one in self.tiers} & {one.tier for one in other.tiers}
            ours |= self._models(shared)
            theirs |= other._models(shared)
        return tuple(
            Differing(name, ours.get(name, ""), theirs.get(name, ""))
            for name in dict.fromkeys((*ours, *theirs))
            if ours.get(name, "") != theirs.get(name, "")
        )

    def _models(self, tiers: set[str]) -> dict[str, str]:
        return {
            f"tier {one.tier}": f"{one.engine}/{one.model}"
            for one in self.tiers
            if one.tier in tiers and one.tier != self.tier
        }

    def _deciding(self, before: Level | None, profile: str | None) -> Iterator[tuple[str, str]]:
        """The parts, by name, that decide the levels before one in documents of a profile."""
        levels = LEVELS if before is None else LEVELS[: LEVELS.index(before)]
        for one in self.profiles:
            if profile in (None, one.name):
                yield f"profile {one.name}", one.changes
        if not levels:
            return
        yield "tier", self.tier
        yield "engine", self.engine
        yield "model", self.model
        for level in levels:
            yield f"tier of {level}", self.tier_of(level, "")
        if not self.prompts:
            yield "prompt_version", self.prompt_version
        for prompt in self.prompts:
            if prompt.level in levels:
                yield f"prompt of {prompt.level}", prompt.digest

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
