"""``up``, ``down`` and ``status``: the local stack, the stages and their lag."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL
from schemas.errors import MillraceError

if TYPE_CHECKING:
    from streams.broker.admin import Lag

# What a state of a local service means to whoever did not start it from here.
_STATES = {"foreign": "answers, but was not started from here"}


def up() -> None:
    """Start Kafka and ClickHouse on this machine, with all topics and tables.

    What runs already is left alone. State and logs live under MILLRACE_HOME.
    """
    settings = read_settings()
    start(settings)
    TERMINAL.say(
        f"Kafka is at {settings.kafka_bootstrap}, ClickHouse at {settings.clickhouse_url}.\n"
        "Next: `millrace run` in another terminal, then `millrace produce FILE… --wait`."
    )


def start(settings: Settings) -> None:
    """Start the local stack, create what is missing in it."""
    from infra.local import stack
    from millrace import wiring

    stack.up(wiring.local_stack(settings), TERMINAL.note)
    prepare(settings)


def prepare(settings: Settings) -> None:
    """Create the topics and tables that are missing, wherever the settings point."""
    from infra.clickhouse.migrations import migrate
    from millrace import wiring
    from streams.broker.admin import create_topics
    from streams.topology import topic_names

    names = topic_names(wiring.stages(settings))
    created = asyncio.run(
        create_topics(wiring.broker(settings), names, wiring.topic_settings(settings))
    )
    if created:
        TERMINAL.note(f"created {len(created)} topics")
    migrate(wiring.clickhouse(settings), lambda name: TERMINAL.note(f"applied {name}"))


def down() -> None:
    """Stop the local Kafka and ClickHouse; what they hold stays."""
    from infra.local import stack
    from millrace import wiring

    stack.down(wiring.local_stack(read_settings()), TERMINAL.note)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Show what runs: Kafka, ClickHouse, the stages and how far each is behind.

    Exit status 3 when Kafka or ClickHouse does not answer.
    """
    settings = read_settings()
    found = _status(settings)
    if as_json:
        TERMINAL.json(found)
    else:
        _print_status(found)
    if found["problems"]:
        raise typer.Exit(3)


def _status(settings: Settings) -> dict[str, Any]:
    """Services, stages, and what of these does not answer, wherever the settings point."""
    from dataclasses import asdict

    from infra.local import stack
    from millrace import wiring

    services = stack.status(wiring.local_stack(settings)).services
    stages: list[dict[str, Any]] = []
    problems = []
    try:
        stages = asyncio.run(stage_states(settings))
    except MillraceError as error:
        problems.append(str(error))
    try:
        _ask_clickhouse(settings)
    except MillraceError as error:
        problems.append(str(error))
    shown = [asdict(service) | {"log": str(service.log)} for service in services]
    return {"services": shown, "stages": stages, "problems": problems}


def _ask_clickhouse(settings: Settings) -> None:
    from infra.clickhouse.client import Client
    from millrace import wiring

    client = Client(wiring.clickhouse(settings))
    try:
        client.query("SELECT 1")
    finally:
        client.close()


async def stage_states(settings: Settings) -> list[dict[str, Any]]:
    """Each stage in the order of flow: how many processes run it, how far it is behind.

    Raises:
        UnavailableError: Kafka does not answer, or a topic is missing.
    """
    from millrace import wiring
    from streams.broker.admin import Positions

    topology = wiring.stages(settings)
    async with Positions(wiring.broker(settings)) as positions:
        lags = await positions.lags(topology)
        members = await positions.members([stage.group for stage in topology])
    return [
        {
            "stage": stage.name,
            "processes": members[stage.group],
            "lag": sum(lag.lag for lag in lags if lag.stage == stage.name),
            "topics": [_topic(lag) for lag in lags if lag.stage == stage.name],
        }
        for stage in topology
    ]


def _topic(lag: "Lag") -> dict[str, Any]:
    return {"topic": lag.topic, "lag": lag.lag, "records": lag.end}


def _print_status(found: dict[str, Any]) -> None:
    """Plain lines: a table would cut addresses and paths in a narrow terminal."""
    for service in found["services"]:
        facts = [_STATES.get(service["state"], service["state"]), f"at {service['address']}"]
        if service["pid"]:
            facts.append(f"pid {service['pid']}")
        if service["rss_bytes"]:
            facts.append(f"{service['rss_bytes'] / 1e6:.0f} MB")
        TERMINAL.say(f"{service['name']:<12}{', '.join(facts)}")
        if service["pid"]:
            TERMINAL.say(f"{'':<12}log: {service['log']}")
    for problem in found["problems"]:
        TERMINAL.say(problem)
    if not found["stages"]:
        return
    TERMINAL.say(f"\n{'stage':<14}{'processes':>9}  {'lag':>9}  {'records':>9}  topic")
    for stage in found["stages"]:
        names = (stage["stage"], str(stage["processes"]))
        for topic in stage["topics"]:
            TERMINAL.say(
                f"{names[0]:<14}{names[1]:>9}  {topic['lag']:>9,}  {topic['records']:>9,}  "
                f"{topic['topic']}"
            )
            names = ("", "")
