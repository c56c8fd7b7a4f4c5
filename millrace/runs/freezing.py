"""Writing runs: a specification is frozen once anything was made by it."""

from datetime import UTC, datetime
from enum import StrEnum

from infra.clickhouse import runs
from infra.clickhouse.client import Client
from infra.clickhouse.runs import RunRow
from millrace.runs.choice import as_text, present_specification, run_of
from millrace.settings import Settings
from schemas.errors import SetupError
from schemas.run import LIVE, Differing, Run, Specification
from streams.replay.checkpoint import Checkpoints


class Written(StrEnum):
    """What became of the row of a run."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"


def write(settings: Settings, client: Client, run: Run) -> Written:
    """Write a run, unless it is there already.

    Raises:
        SetupError: it is there with another specification and was used; nothing was written.
    """
    row = runs.find_run(client, run.run_id)
    if row is None:
        runs.write_run(client, run.run_id, as_text(run.specification))
        return Written.NEW
    if row.specification == as_text(run.specification):
        return Written.SAME
    if is_frozen(settings, client, row):
        told = "; ".join(map(str, changes(run_of(row).specification, run.specification)))
        raise SetupError(
            f"run {run.run_id} is frozen, for it was used: its {told}: create a run of another "
            f"name, or remove this one with `millrace runs drop {run.run_id}`"
        )
    runs.write_run(client, run.run_id, as_text(run.specification))
    return Written.CHANGED


def changes(there: Specification, wanted: Specification) -> tuple[Differing, ...]:
    """What is not the same in two specifications, the name of the prompts' version included."""
    found = there.differences(wanted)
    if there.prompt_version != wanted.prompt_version and all(
        one.name != "prompt_version" for one in found
    ):
        named = Differing("prompt_version", there.prompt_version, wanted.prompt_version)
        return (*found, named)
    return found


def is_frozen(settings: Settings, client: Client, row: RunRow) -> bool:
    """Whether a run was used: by a document, a call, a letter, a replay, or by its promotion."""
    promoted = runs.promoted_run(client).run_id
    return (
        (row.run_id == promoted and row.run_id != LIVE)
        or runs.is_used(client, row.run_id)
        or _was_replayed(settings, row)
    )


def _was_replayed(settings: Settings, row: RunRow) -> bool:
    """Whether a replay into this run is kept; one of a run that was dropped since does not count.

    A replay's generation is not below the time of its start in seconds.
    """
    kept = _replays(settings, row.run_id)
    return any(
        datetime.fromtimestamp(one, UTC) >= row.created_at.replace(microsecond=0) for one in kept
    )


def unfinished_replays(settings: Settings, run_id: str) -> list[int]:
    """The replays into a run that are kept under the home and not finished, by generation."""
    checkpoints = Checkpoints(settings.home.absolute())
    kept = _replays(settings, run_id)
    return [one for one in kept if not checkpoints.progress(one).finished]


def _replays(settings: Settings, run_id: str) -> list[int]:
    checkpoints = Checkpoints(settings.home.absolute())
    kept = checkpoints.generations()
    return [one for one in kept if checkpoints.plan(one).run.run_id == run_id]


def settle_live(settings: Settings, client: Client) -> None:
    """Write ``live`` as the settings have it while it is promoted and nothing was made by it."""
    if runs.promoted_run(client).run_id != LIVE:
        return
    row = runs.find_run(client, LIVE)
    wanted = present_specification(settings)
    if row is None or (
        row.specification != as_text(wanted) and not is_frozen(settings, client, row)
    ):
        runs.write_run(client, LIVE, as_text(wanted))
