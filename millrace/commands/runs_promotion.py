"""``runs promote`` and ``runs drop``: which run counts, and removing one."""

import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from millrace.errors import UsageError
from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL
from schemas.errors import SetupError

if TYPE_CHECKING:
    from infra.clickhouse.client import Client
    from schemas.run import Specification

# Every `ner` process has asked again by then: it does so at least every 0.2 s.
_HEARD_S = 0.3


def promote(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The run.")] = None,
    back: Annotated[
        bool, typer.Option("--back", help="The run that was promoted before this one.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also a run that lacks documents of the present one.")
    ] = False,
) -> None:
    """Let a run count: the views show it, and newly ingested documents get it.

    One row decides, so every reader sees the one run or the other.
    """
    from infra.clickhouse import runs
    from infra.clickhouse.client import Client
    from millrace.runs.choice import check_name
    from millrace.tables_address import clickhouse

    if (name is None) != back:
        raise UsageError("say either the NAME of a run or --back")
    if name is not None:
        check_name(name)
    settings = read_settings()
    with closing(Client(clickhouse(settings))) as client:
        present = runs.promoted_run(client).run_id
        chosen = name if name is not None else _before(client, present)
        if chosen == present:
            TERMINAL.say(f"run {present} is promoted already")
            return
        lacking = _check(client, chosen, present, may_lack=force or back)
        seq = runs.append_promotion(client, chosen)
        heard_by = time.monotonic() + _HEARD_S
        _note_unserved(settings, client, chosen)
    time.sleep(max(0.0, heard_by - time.monotonic()))
    _say_promoted(chosen, present, seq, lacking)


def _before(client: "Client", present: str) -> str:
    """The newest run promoted before the present one that is still there.

    Raises:
        SetupError: there is none.
    """
    from infra.clickhouse import runs
    from schemas.run import LIVE

    there = {LIVE, *(row.run_id for row in runs.run_rows(client))}
    for one in runs.promotions(client):
        if one.run_id != present and one.run_id in there:
            return one.run_id
    raise SetupError(f"no run was promoted before {present} that is still there: nothing changed")


def _check(client: "Client", chosen: str, present: str, *, may_lack: bool) -> int:
    """Make sure that a run may be promoted; gives how many documents it lacks.

    Raises:
        UsageError: there is no such run.
        SetupError: it cannot be read, has no documents, or lacks some and may not.
    """
    from infra.clickhouse import coverage, run_figures
    from millrace.rendering.run_words import lacking, leveling, number
    from millrace.runs.choice import require_run, run_of

    row = require_run(client, chosen)
    if row is not None:
        run_of(row)
    if not run_figures.count_documents(client, chosen):
        raise SetupError(
            f"run {chosen} has no documents, views would be empty: bring it level with "
            f"`{leveling(present, chosen)}`"
        )
    missing = coverage.count_missing(client, present, chosen)
    if missing and not may_lack:
        raise SetupError(
            f"{lacking(chosen, present, missing)}, or promote it as it is with --force "
            f"({number(missing, 'document')} would not be shown, or with an older text)"
        )
    return missing


def _note_unserved(settings: Settings, client: "Client", chosen: str) -> None:
    """Say it where these settings deploy something else than the run wants."""
    from infra.clickhouse import runs
    from millrace.runs.choice import run_of

    row = runs.find_run(client, chosen)
    if row is None or _is_deployed(settings, run_of(row).specification):
        return
    from millrace.runs.serving import unserved

    if told := "; ".join(map(str, unserved(settings, run_of(row).specification))):
        TERMINAL.note(
            f"the settings here do not fit run {chosen}: {told}: what is to serve its documents "
            "must be deployed as it wants it"
        )


def _is_deployed(settings: Settings, wanted: "Specification") -> bool:
    """Whether engines and models are those of the settings; what tells more takes a second."""
    tiers = wanted.tiers or (wanted.served_by(wanted.tier),)
    for one in tiers:
        if one is None or one.tier not in settings.tiers:
            return False
        chosen = settings.engine_of(one.tier)
        # An engine that is its own model has none in the settings.
        if one.engine != chosen.engine or chosen.model not in ("", one.name):
            return False
    return True


def _say_promoted(chosen: str, before: str, seq: int, missing: int) -> None:
    from millrace.rendering.run_words import lacking, leveling

    TERMINAL.say(f"run {chosen} is promoted in place of {before} (number {seq})")
    if missing:
        TERMINAL.say(lacking(chosen, before, missing))
    else:
        TERMINAL.say(
            f"documents on their way stay in {before}: once they are through, "
            f"`{leveling(before, chosen)}` brings them over"
        )
    TERMINAL.say("`millrace runs promote --back` undoes it")


def drop(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The run.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a run with its documents, calls and dead letters; other runs stay as they are."""
    from infra.clickhouse import run_figures, runs
    from infra.clickhouse.client import Client
    from millrace import wiring
    from millrace.rendering.run_words import counts
    from millrace.runs.choice import check_name, require_run
    from millrace.runs.freezing import unfinished_replays

    check_name(name)
    settings = read_settings()
    with closing(Client(wiring.clickhouse(settings))) as client:
        if runs.promoted_run(client).run_id == name:
            raise SetupError(
                f"run {name} is promoted: promote another one first, then drop this one"
            )
        found = run_figures.figures(client, name).get(name)
        if found is None and require_run(client, name) is None:
            raise UsageError(f"run {name} is not written and has no documents: nothing to drop")
        if unfinished := unfinished_replays(settings, name):
            raise SetupError(
                f"a replay into run {name} is unfinished: end it with `millrace replay --resume`, "
                f"or remove {settings.home / 'replays' / f'{unfinished[-1]}.json'}"
            )
        told = counts(found or run_figures.RunFigures())
        _confirm(name, told, yes)
        runs.drop_run(client, name)
    TERMINAL.say(f"dropped run {name}: {told}")


def _confirm(name: str, told: str, yes: bool) -> None:
    # A script means what it says, and a replay brings a run back.
    if yes or not sys.stdin.isatty():
        return
    typer.confirm(f"Remove run {name} ({told})?", abort=True, err=True)
