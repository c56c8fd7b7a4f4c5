"""Which run is meant: what the settings would make of one, and those that are written.

What takes its time to be imported is imported where it is used: `runs promote` needs none of it.
"""

import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from millrace.errors import UsageError
from millrace.settings import Settings
from schemas.errors import SetupError
from schemas.model import describe_invalid
from schemas.run import LIVE, LevelPrompt, Run, RunId, Specification

if TYPE_CHECKING:
    from infra.clickhouse.client import Client
    from infra.clickhouse.runs import RunRow

_RUN_ID: TypeAdapter[str] = TypeAdapter(RunId)


def present_specification(settings: Settings) -> Specification:
    """What the settings would decide the answers of a new run by.

    Raises:
        PromptTemplateError: a deployed engine takes prompts, and those of the settings' version
            are not there or not valid.
    """
    from millrace import wiring

    deployed = [wiring.tier_model(settings, tier) for tier in settings.tiers]
    return Specification(
        engine=deployed[0].engine,
        model=deployed[0].model,
        prompt_version=settings.prompt_version,
        tier=deployed[0].tier,
        tiers=tuple(deployed) if len(deployed) > 1 else (),
        prompts=prompt_digests(settings, settings.prompt_version),
    )


def prompt_digests(settings: Settings, version: str) -> tuple[LevelPrompt, ...]:
    """Of each level what its prompts say in a version; empty where no deployed engine takes any.

    Raises:
        PromptTemplateError: there is no such version, or a template is not valid.
    """
    from millrace import wiring

    engines = (settings.engine_of(tier).engine for tier in settings.tiers)
    if all(engine in wiring.OWN_MODELS for engine in engines):
        return ()
    from processors.prompting.versions import load_templates

    templates = load_templates(*([settings.prompts] if settings.prompts else []))
    return tuple(
        LevelPrompt(level=level, digest=digest)
        for level, digest in templates.digests(version).items()
    )


def check_name(name: str) -> str:
    """The name of a run, as it was given.

    Raises:
        UsageError: it is none that a run may have.
    """
    try:
        return _RUN_ID.validate_python(name)
    except ValidationError:
        raise UsageError(
            f"not a name of a run: {name[:80]!r}: use up to 63 of a-z, 0-9, '.', '_' and '-', "
            "a letter or digit first"
        ) from None


def find(settings: Settings, client: "Client", name: str) -> Run:
    """A run by its name; ``live`` is that of the settings as long as it is not written.

    Raises:
        UsageError: it is no name of a run, or there is no such run.
        SetupError: the specification that is written of it cannot be read.
    """
    row = require_run(client, name)
    if row is not None:
        return run_of(row)
    return Run(run_id=LIVE, specification=present_specification(settings))


def require_run(client: "Client", name: str) -> "RunRow | None":
    """The row of a run; None for ``live`` as long as it is not written.

    Raises:
        UsageError: it is no name of a run, or there is no such run.
    """
    from infra.clickhouse import runs

    row = runs.find_run(client, check_name(name))
    if row is None and name != LIVE:
        there = sorted({LIVE, *(one.run_id for one in runs.run_rows(client))})
        raise UsageError(
            f"no run {name!r}: there are {', '.join(there)}; make it with "
            f"`millrace runs create {name}`"
        )
    return row


def promoted(settings: Settings, client: "Client") -> Run:
    """The run that newly ingested documents get.

    Raises:
        SetupError: its specification cannot be read, or is not there.
    """
    from infra.clickhouse import runs

    found = runs.promoted_run(client)
    if found.specification is not None:
        return _run(found.run_id, found.specification)
    if found.run_id == LIVE:
        return Run(run_id=LIVE, specification=present_specification(settings))
    raise SetupError(
        f"the promoted run {found.run_id} is not in the table runs: write it with `millrace runs "
        f"create {found.run_id}`, or promote another"
    )


def run_of(row: "RunRow") -> Run:
    """A run from its row.

    Raises:
        SetupError: its specification cannot be read, or its name is none.
    """
    return _run(row.run_id, row.specification)


def _run(run_id: str, text: str) -> Run:
    specification = specification_of(run_id, text)
    try:
        return Run(run_id=run_id, specification=specification)
    except ValidationError:
        raise SetupError(
            f"the table runs has a run {run_id[:80]!r}, which is no name of a run: drop it by hand"
        ) from None


def specification_of(run_id: str, text: str) -> Specification:
    """A specification from the JSON that the table ``runs`` holds.

    Raises:
        SetupError: it cannot be read: a newer version wrote it, or somebody by hand.
    """
    try:
        return Specification.model_validate_json(text)
    except ValidationError as error:
        raise SetupError(
            f"run {run_id} in the table runs: {describe_invalid('specification', error)}: use the "
            "version of millrace that wrote it, or another run"
        ) from None


def as_text(specification: Specification) -> str:
    """A specification as the JSON that the table ``runs`` holds."""
    return json.dumps(specification.model_dump(), sort_keys=True)
