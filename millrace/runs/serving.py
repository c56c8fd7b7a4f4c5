"""Whether what is deployed here can do what a run wants."""

from collections.abc import Iterator

from infra.clickhouse import runs
from infra.clickhouse.client import Client
from millrace import wiring
from millrace.runs.choice import prompt_digests, specification_of
from millrace.settings import Settings
from schemas.errors import SetupError
from schemas.run import LIVE, Differing, Specification, TierModel
from schemas.topics import LEVELS


def require_served(settings: Settings, client: Client) -> str:
    """Make sure that stages of these settings may serve the promoted run; gives a remark or "".

    ``live`` is the run of the settings, so its prompts' version must be theirs. Any other run has
    chosen its own.

    Raises:
        SetupError: something differs; the message names it and the way out.
    """
    found = runs.promoted_run(client)
    if found.specification is None:
        return ""
    wanted = specification_of(found.run_id, found.specification)
    differing = [*unserved(settings, wanted)]
    version = Differing("prompt_version", settings.prompt_version, wanted.prompt_version)
    if found.run_id == LIVE and version.ours != version.theirs:
        differing.append(version)
    if differing:
        raise SetupError(
            f"the settings do not fit the promoted run {found.run_id}, whose specification is "
            f"frozen: {'; '.join(map(str, differing))}: put the settings back; what new documents "
            "get is changed by a run: deploy another model as a further tier (setting tiers), put "
            "other prompts into a version of their own, then `millrace runs create`, "
            "`millrace replay` and `millrace runs promote`; with room for one model alone, leave "
            "out the stage ner until then (docs/replay.md)"
        )
    if version.ours != version.theirs:
        return (
            f"new documents get the promoted run {found.run_id} with prompts of version "
            f"{version.theirs}, not of the setting prompt_version, {version.ours}"
        )
    return ""


def unserved(settings: Settings, wanted: Specification) -> Iterator[Differing]:
    """What is deployed otherwise than a run wants it, or not at all.

    Tiers that the run does not know may be deployed beside its own. Another revision of its model
    serves it: a new version of millrace has other rules, and the old ones are not there any more.
    """
    for tier in _used_tiers(wanted):
        asked = wanted.served_by(tier)
        deployed = wiring.tier_model(settings, tier) if tier in settings.tiers else None
        if asked is None or deployed is None or not _serves(deployed, asked):
            ours = "" if deployed is None else f"{deployed.engine}/{deployed.model}"
            theirs = "" if asked is None else f"{asked.engine}/{asked.model}"
            yield Differing(f"tier {tier}", ours, theirs)
    known = {wanted.tier, *(one.tier for one in wanted.tiers)}
    for route in settings.routes:
        if route.tier not in known and len(wanted.levels) < len(LEVELS):
            yield Differing("tier of a route", route.tier, " or ".join(sorted(known)))
    # A version of millrace before the digests wrote none, nor has a run without models any.
    said = {one.level: one.digest for one in wanted.prompts}
    present = prompt_digests(settings, wanted.prompt_version) if said else ()
    for prompt in present:
        theirs = said.get(prompt.level, "")
        if prompt.digest != theirs:
            name = f"prompt of {prompt.level} in version {wanted.prompt_version}"
            yield Differing(name, prompt.digest, theirs)


def _serves(deployed: TierModel, asked: TierModel) -> bool:
    return (deployed.engine, deployed.name) == (asked.engine, asked.name)


def _used_tiers(specification: Specification) -> list[str]:
    """The tiers that may answer for a run: those of its levels and what comes after them."""
    names = [one.tier for one in specification.tiers] or [specification.tier]
    chosen = {one.tier for one in specification.levels}
    if len(specification.levels) < len(LEVELS):
        return names
    first = min((names.index(one) for one in chosen if one in names), default=0)
    return names[first:]
