"""``runs``: named specifications, and which one is promoted."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.commands import runs_diff, runs_promotion
from millrace.errors import UsageError
from millrace.settings import read_settings
from millrace.terminal import TERMINAL

if TYPE_CHECKING:
    from infra.clickhouse.client import Client
    from schemas.run import Run, Specification

app = typer.Typer(name="runs", help="Named ways to read documents: make, compare, promote them.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The run.")]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts.")]


@app.command()
def create(
    name: Name,
    profile_override: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="TOML with the name of a profile and the keys of it that are to differ.",
        ),
    ] = None,
    engine: Annotated[str, typer.Option(help="Engine of the deployed tier that answers.")] = "",
    model: Annotated[str, typer.Option(help="Model of the deployed tier that answers.")] = "",
    tier: Annotated[
        list[str] | None,
        typer.Option(metavar="LEVEL=TIER", help="Deployed tier that answers a level."),
    ] = None,
    prompt_version: Annotated[str, typer.Option(help="Version of the prompts.")] = "",
) -> None:
    """Make a run: what the settings say, with what is chosen here.

    It may be made anew with other choices until it is used; then its specification is frozen.
    """
    from infra.clickhouse import runs
    from infra.clickhouse.client import Client
    from millrace import wiring
    from millrace.runs.choice import check_name, promoted
    from millrace.runs.creation import Choices, specification
    from millrace.runs.freezing import write
    from schemas.run import LIVE, Run

    if check_name(name) == LIVE:
        raise UsageError(f"{LIVE} is the run of the settings: give the new one another name")
    choices = Choices(profile_override or (), engine, model, tier or (), prompt_version)
    settings = read_settings()
    run = Run(run_id=name, specification=specification(settings, choices))
    with closing(Client(wiring.clickhouse(settings))) as client:
        # What is wrong with the promoted run is said before anything is written.
        is_promoted = runs.promoted_run(client).run_id == name
        base = run if is_promoted else promoted(settings, client)
        written = write(settings, client, run)
    TERMINAL.say(f"run {name} {_WRITTEN[written]}")
    if not is_promoted:
        _say_next(run, base)


_WRITTEN = {
    "new": "is made",
    "same": "is there already, the same",
    "changed": "is changed: it was not used yet",
}


def _say_next(run: "Run", base: "Run") -> None:
    """What a new run does otherwise than the promoted one, and how it gets documents."""
    from millrace.rendering.run_words import leveling
    from millrace.runs.creation import latest_topic

    _say_differences(run.specification, base)
    topic = latest_topic(run.specification, base.specification)
    TERMINAL.say(f"Next: `millrace replay {topic} --run {run.run_id}`")
    if topic.startswith("extraction."):
        TERMINAL.say(
            "documents that never came to that topic follow with "
            f"`{leveling(base.run_id, run.run_id)}`"
        )


def _say_differences(specification: "Specification", base: "Run") -> None:
    from millrace.runs.freezing import changes

    differing = changes(specification, base.specification)
    if not differing:
        TERMINAL.say(f"nothing differs from the promoted run {base.run_id}")
        return
    TERMINAL.say(f"differs from the promoted run {base.run_id}:")
    for one in differing:
        TERMINAL.say(f"  {one}")


@app.command("list")
def list_runs(as_json: AsJson = False) -> None:
    """Show all runs: documents, events, calls, cost, and which is promoted."""
    from infra.clickhouse.client import Client
    from millrace import wiring
    from millrace.rendering.run_words import dollars, moment, table

    with closing(Client(wiring.clickhouse(read_settings()))) as client:
        found = _listed(client)
    if as_json:
        TERMINAL.json(found)
        return
    rows = [
        {
            "run": one["run_id"] + (" (promoted)" if one["promoted"] else ""),
            "created": moment(one["created_at"]),
            "documents": f"{one['documents']:,}",
            "review": f"{one['review']:,}",
            "events": f"{one['events']:,}",
            "letters": f"{one['dead_letters']:,}",
            "calls": f"{one['calls']:,}",
            "cost": dollars(one["cost_usd"]),
            "answered by": one["answered_by"],
        }
        for one in found
    ]
    for line in table(rows, left=("run", "created", "answered by")):
        TERMINAL.say(line)


def _listed(client: "Client") -> list[dict[str, Any]]:
    """Every run that is written, has rows or is promoted, the oldest first."""
    from dataclasses import asdict

    from infra.clickhouse import runs
    from infra.clickhouse.run_figures import RunFigures, figures
    from millrace.rendering.run_words import answering
    from millrace.runs.choice import run_of
    from schemas.errors import SetupError

    promoted = runs.promoted_run(client).run_id
    rows = {row.run_id: row for row in runs.run_rows(client)}
    counted = figures(client)
    found = []
    for name in dict.fromkeys((*rows, *sorted(counted), promoted)):
        row = rows.get(name)
        try:
            answered_by = answering(run_of(row).specification) if row else ""
        except SetupError:  # `show` says what is wrong with it
            answered_by = "specification cannot be read"
        found.append(
            {
                "run_id": name,
                "promoted": name == promoted,
                "created_at": row.created_at if row else None,
                **asdict(counted.get(name, RunFigures())),
                "answered_by": answered_by,
            }
        )
    return found


@app.command()
def show(name: Name, as_json: AsJson = False) -> None:
    """Show a run: what decides its answers, what differs from the promoted one, what it took."""
    from infra.clickhouse import coverage, run_figures, runs
    from infra.clickhouse.client import Client
    from millrace import wiring
    from millrace.rendering import run_words
    from millrace.runs.choice import find, promoted

    settings = read_settings()
    with closing(Client(wiring.clickhouse(settings))) as client:
        run = find(settings, client, name)
        base = promoted(settings, client)
        row = runs.find_run(client, name)
        counted = run_figures.figures(client, name).get(name, run_figures.RunFigures())
        levels = run_figures.level_figures(client, name)
        promotions = [one for one in runs.promotions(client) if one.run_id == name]
        missing = coverage.count_missing(client, base.run_id, name) if run != base else 0
    if as_json:
        from dataclasses import asdict

        from millrace.runs.freezing import changes

        differing = changes(run.specification, base.specification)
        TERMINAL.json(
            {
                "run_id": name,
                "promoted": base.run_id == name,
                "promoted_run": base.run_id,
                "created_at": row.created_at if row else None,
                "specification": run.specification.model_dump(),
                "differences": [one._asdict() for one in differing],
                **asdict(counted),
                "levels": [asdict(one) for one in levels],
                "promotions": [asdict(one) for one in promotions],
                "missing": missing,
            }
        )
        return
    made = f"made {run_words.moment(row.created_at)}" if row else "not written yet"
    TERMINAL.say(f"run {name}, {made}{', promoted' if base.run_id == name else ''}")
    for line in run_words.in_words(run.specification):
        TERMINAL.say(f"  {line}")
    if base.run_id != name:
        _say_differences(run.specification, base)
    TERMINAL.say(run_words.counts(counted))
    for line in run_words.levels(levels):
        TERMINAL.say(f"  {line}")
    for one in promotions:
        TERMINAL.say(f"promoted {run_words.moment(one.promoted_at)} (number {one.seq})")
    if missing:
        TERMINAL.say(run_words.lacking(name, base.run_id, missing))


app.command("diff")(runs_diff.diff)
app.command("promote")(runs_promotion.promote)
app.command("drop")(runs_promotion.drop)
