"""``up``, ``down`` and ``status``: the local stack, the stages and their lag."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from streams.broker.admin import Lag


def up() -> None:
    """Start Kafka and ClickHouse on this machine, with all topics and tables.

    What runs already is left alone. State and logs live under MILLRACE_HOME.
    """
    settings = read_settings()
    start(settings)
    TERMINAL.out.print(
        f"Kafka is at {settings.kafka_bootstrap}, ClickHouse at {settings.clickhouse_url}.\n"
        "Next: `millrace run` in another terminal, then `millrace produce FILE… --wait`.",
        highlight=False,
        soft_wrap=True,
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

    Exit status 3 when Kafka or ClickHouse does not run.
    """
    settings = read_settings()
    found = _status(settings)
    if as_json:
        TERMINAL.out.print_json(json.dumps(found))
    else:
        _print_status(found)
    if any(service["state"] != "running" for service in found["services"]):
        raise typer.Exit(3)


def _status(settings: Settings) -> dict[str, Any]:
    from dataclasses import asdict

    from infra.local import stack
    from millrace import wiring

    services = stack.status(wiring.local_stack(settings)).services
    shown = [asdict(service) | {"log": str(service.log)} for service in services]
    try:
        stages = asyncio.run(_stages(settings))
    except UnavailableError as error:
        return {"services": shown, "stages": [], "problem": str(error)}
    return {"services": shown, "stages": stages}


async def _stages(settings: Settings) -> list[dict[str, Any]]:
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
    from rich.table import Table

    services = Table("service", "state", "address", "pid", "memory", "log", title="Local stack")
    for service in found["services"]:
        memory = f"{service['rss_bytes'] / 1e6:.0f} MB" if service["rss_bytes"] else ""
        services.add_row(
            service["name"], service["state"], service["address"],
            str(service["pid"] or ""), memory, service["log"],
        )  # fmt: skip
    TERMINAL.out.print(services)
    if problem := found.get("problem"):
        TERMINAL.out.print(problem, highlight=False, soft_wrap=True)
        return
    stages = Table("stage", "processes", "reads", "records", "lag", title="Stages")
    for stage in found["stages"]:
        for index, topic in enumerate(stage["topics"]):
            name = (stage["stage"], str(stage["processes"])) if index == 0 else ("", "")
            stages.add_row(*name, topic["topic"], f"{topic['records']:,}", f"{topic['lag']:,}")
    TERMINAL.out.print(stages)
