"""The specification of a new run: that of the settings, with what was chosen otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from millrace import wiring
from millrace.errors import UsageError
from millrace.runs.choice import present_specification, prompt_digests
from millrace.settings import Settings
from processors.profile_overrides import load_override
from schemas.profile import Profile
from schemas.run import LevelTier, ProfileOverride, Specification, TierModel
from schemas.topics import DOCUMENTS_ANNOTATED, DOCUMENTS_INGEST, LEVELS, Level, extraction_topic

# From late to early: a topic, and the level that comes after it; all levels before the last one.
_TOPICS: Final[tuple[tuple[str, Level | None], ...]] = (
    (extraction_topic("relationship"), None),
    (extraction_topic("detail"), "relationship"),
    (extraction_topic("summary"), "detail"),
    (DOCUMENTS_ANNOTATED, "summary"),
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a run is to do otherwise; ``tiers`` are LEVEL=TIER as they were given."""

    overrides: Sequence[Path] = ()
    engine: str = ""
    model: str = ""
    tiers: Sequence[str] = ()
    prompt_version: str = ""


def specification(settings: Settings, choices: Choices) -> Specification:
    """The specification of a new run.

    Raises:
        UsageError: a choice names what is not deployed, or the same thing twice.
        ProfileError: a file of a profile's changes cannot be used.
        PromptTemplateError: there are no prompts of the chosen version.
    """
    present = present_specification(settings)
    changes: dict[str, object] = {
        "levels": _levels(settings, choices),
        "profiles": _overrides(choices.overrides, wiring.profiles(settings)),
    }
    if choices.prompt_version:
        # Rules have no prompts: of them it is only a label.
        changes["prompts"] = prompt_digests(settings, choices.prompt_version)
        changes["prompt_version"] = choices.prompt_version
    return present.model_copy(update=changes)


def latest_topic(wanted: Specification, base: Specification) -> str:
    """The last topic from which a replay gives what ``wanted`` says of documents of ``base``."""
    for topic, before in _TOPICS:
        if not wanted.differences(base, before):
            return topic
    return DOCUMENTS_INGEST


def _overrides(
    files: Sequence[Path], profiles: Mapping[str, Profile]
) -> tuple[ProfileOverride, ...]:
    found: dict[str, tuple[Path, ProfileOverride]] = {}
    for file in files:
        override = load_override(file, profiles)
        if override.name in found:
            raise UsageError(
                f"--profile-override {file}: {found[override.name][0]} changes the profile "
                f"{override.name} already: put both into one file"
            )
        found[override.name] = (file, override)
    return tuple(found[name][1] for name in sorted(found))


def _levels(settings: Settings, choices: Choices) -> tuple[LevelTier, ...]:
    """Which levels a tier of their own answers: that of engine and model, else those named."""
    chosen: dict[str, str] = {}
    if choices.engine or choices.model:
        tier = _tier_of(settings, choices.engine, choices.model)
        # Documents go to the first tier anyway, unless a route sends them to another.
        if tier != settings.tiers[0] or settings.routes:
            chosen = dict.fromkeys(LEVELS, tier)
    named: set[str] = set()
    for given in choices.tiers:
        level, _, tier = given.partition("=")
        if level not in LEVELS or not tier:
            raise UsageError(
                f"--tier {given}: should be LEVEL=TIER with LEVEL one of {', '.join(LEVELS)}"
            )
        if level in named:
            raise UsageError(f"--tier {given}: the level {level} has a tier already")
        if tier not in settings.tiers:
            raise UsageError(
                f"--tier {given}: no tier {tier!r} is deployed; there are "
                f"{', '.join(settings.tiers)}"
            )
        named.add(level)
        chosen[level] = tier
    return tuple(LevelTier(level=level, tier=chosen[level]) for level in LEVELS if level in chosen)


def _tier_of(settings: Settings, engine: str, model: str) -> str:
    """The deployed tier of an engine and a model, each of them any where empty."""
    deployed = [wiring.tier_model(settings, tier) for tier in settings.tiers]
    fitting = [one for one in deployed if engine in ("", one.engine) and model in ("", one.model)]
    asked = " ".join(
        part for part in (engine and f"--engine {engine}", model and f"--model {model}") if part
    )
    if not fitting:
        raise UsageError(
            f"{asked}: no tier has it; deployed are {_told(deployed)}: deploy it as a tier first, "
            "by the setting tiers"
        )
    if len({(one.engine, one.model) for one in fitting}) > 1:
        raise UsageError(f"{asked}: that may be {_told(fitting)}: say --engine and --model")
    return fitting[0].tier


def _told(tiers: Sequence[TierModel]) -> str:
    return ", ".join(f"{one.tier} ({one.engine}/{one.model})" for one in tiers)
