"""``status``: the services, the stages and topics, how far behind, how fast."""

import asyncio
import signal
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from millrace.event_loop import run_to_end
from millrace.settings import Settings, read_settings
from millrace.terminal import TERMINAL
from schemas.errors import MillraceError

if TYPE_CHECKING:
    from streams.broker.progress import Progress, Rates

_SAMPLE_S = 1.0
# What a state of a local service means to whoever did not start it from here.
_STATES = {"foreign": "answers, but was not started from here"}
_SERVICE_COLUMNS = 12


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    with_rates: Annotated[
        bool | None,
        typer.Option(
            "--rates/--no-rates",
            help="Measure records a second, for one second; by default not with --json.",
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on showing it, with the engines, until Ctrl-C.")
    ] = False,
    every: Annotated[
        float, typer.Option(min=0.2, max=3600, help="With --watch: seconds between two looks.")
    ] = 2.0,
) -> None:
    """Show what runs: Kafka, ClickHouse, stages and topics, how far behind, how fast.

    Exit status 3 when Kafka or ClickHouse does not answer, or a topic is missing; with --watch
    that is shown and tried again. Where no terminal is, --watch writes one look below the other.
    """
    settings = read_settings()
    if watch:
        if as_json:
            raise typer.BadParameter("--watch and --json exclude each other")
        _watch(settings, every)
        return
    sample_s = _SAMPLE_S if (not as_json if with_rates is None else with_rates) else None
    found = _status(settings, sample_s)
    if as_json:
        TERMINAL.json(found)
    else:
        _print_services(found)
        _print_stages(found["stages"])
        _print_topics(found)
    if found["problems"]:
        raise typer.Exit(3)


def _watch(settings: Settings, every_s: float) -> None:
    """Show a look every so many seconds; Ctrl-C or SIGTERM is how it ends."""
    with suppress(KeyboardInterrupt, asyncio.CancelledError):
        run_to_end(_watching(settings, every_s))


async def _watching(settings: Settings, every_s: float) -> None:
    from rich.live import Live

    from millrace.rendering.live_status import view
    from millrace.watching import looks

    task = asyncio.current_task()
    if task is not None:
        # Ended without this, it would leave the terminal without a cursor.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    out = TERMINAL.out
    async with aclosing(looks(settings, every_s)) as seen:
        if not out.is_terminal:
            async for now in seen:
                out.print(view(now, every_s, ends_by_key=False), "")
                out.file.flush()
            return
        with Live("looking …", console=out, auto_refresh=False) as live:
            async for now in seen:
                live.update(view(now, every_s, ends_by_key=True), refresh=True)


def _status(settings: Settings, sample_s: float | None) -> dict[str, Any]:
    """Services, stages, topics, groups, and what of these is not there."""
    from dataclasses import asdict

    from infra.local import stack
    from millrace import wiring

    services = stack.status(wiring.local_stack(settings)).services
    flow: dict[str, Any] = {"stages": [], "topics": [], "groups": []}
    problems = []
    try:
        progress, measured = run_to_end(_progress(settings, sample_s))
        flow = _flow(progress, measured)
        problems += [
            f"topic {name} is missing: `millrace up` or `millrace run` creates it"
            for name in progress.missing
        ]
    except MillraceError as error:
        problems.append(str(error))
    try:
        _ask_clickhouse(settings)
    except MillraceError as error:
        problems.append(str(error))
    shown = [asdict(service) | {"log": str(service.log)} for service in services]
    return {"services": shown, **flow, "problems": problems}


def _ask_clickhouse(settings: Settings) -> None:
    from infra.clickhouse.client import Client
    from millrace import wiring

    client = Client(wiring.clickhouse(settings), database="default")
    try:
        client.query("SELECT 1")
    finally:
        client.close()


async def _progress(settings: Settings, sample_s: float | None) -> "tuple[Progress, Rates | None]":
    """All positions, and the rates where they are to be measured.

    Raises:
        UnavailableError: Kafka does not answer.
    """
    from millrace import wiring
    from streams.broker.admin import Positions
    from streams.broker.progress import rates, take
    from streams.topology import topic_names

    stages = wiring.stages(settings)
    names = topic_names(stages)
    async with Positions(wiring.broker(settings)) as positions:
        progress = await take(positions, stages, names)
        if sample_s is None:
            return progress, None
        await asyncio.sleep(sample_s)
        later = await take(positions, stages, names)
    return later, rates(progress, later)


async def stage_states(settings: Settings) -> list[dict[str, Any]]:
    """Each stage in the order of flow: how many processes run it, how far it is behind.

    Raises:
        UnavailableError: Kafka does not answer.
    """
    progress, _ = await _progress(settings, None)
    return list(_flow(progress, None)["stages"])


def _flow(progress: "Progress", measured: "Rates | None") -> dict[str, Any]:
    """The stages, topics and groups for scripts; rates in records/s where they were measured."""
    groups = {group.name.rpartition(".")[2]: group for group in progress.groups}
    records = {topic.name: topic.records for topic in progress.topics}
    stages = []
    for name, group in groups.items():
        read = [one for one in progress.readings if one.stage == name]
        stage: dict[str, Any] = {
            "stage": name,
            "processes": group.members,
            "lag": progress.lag(name),
            "topics": [
                {"topic": one.topic, "lag": one.lag, "records": records[one.topic]} for one in read
            ],
        }
        if measured is not None:
            stage |= _speed(stage, measured)
        stages.append(stage)
    topics = [
        {
            "topic": topic.name,
            "partitions": topic.partitions,
            "records": topic.records,
            "held": topic.held,
            "read_by": [one.stage for one in progress.readings if one.topic == topic.name],
        }
        | ({} if measured is None else {"records_per_s": measured.written.get(topic.name, 0.0)})
        for topic in progress.topics
    ]
    shown = [
        {"group": group.name, "members": group.members, "state": group.state}
        for group in progress.groups
    ]
    return {"stages": stages, "topics": topics, "groups": shown}


def _speed(stage: dict[str, Any], measured: "Rates") -> dict[str, Any]:
    from streams.broker.progress import seconds_to_the_end

    done = measured.done.get(stage["stage"], 0.0)
    written = sum(measured.written.get(topic["topic"], 0.0) for topic in stage["topics"])
    return {
        "records_per_s": done,
        "seconds_to_the_end": seconds_to_the_end(stage["lag"], done, written),
    }


def _print_services(found: dict[str, Any]) -> None:
    """Plain lines: a table would cut addresses and paths in a narrow terminal."""
    for service in found["services"]:
        facts = [_STATES.get(service["state"], service["state"]), f"at {service['address']}"]
        if service["pid"]:
            facts.append(f"pid {service['pid']}")
        if service["rss_bytes"]:
            facts.append(f"{service['rss_bytes'] / 1e6:.0f} MB")
        TERMINAL.say(f"{service['name']:<{_SERVICE_COLUMNS}}{', '.join(facts)}")
        if service["pid"]:
            TERMINAL.say(f"{'':<{_SERVICE_COLUMNS}}log: {service['log']}")
    for problem in found["problems"]:
        TERMINAL.say(problem)


def _print_stages(stages: list[dict[str, Any]]) -> None:
    if not stages:
        return
    TERMINAL.say(f"\n{'stage':<14}{'processes':>9}{'lag':>12}{'records/s':>11}  lag gone in")
    for stage in stages:
        line = f"{stage['stage']:<14}{stage['processes']:>9}{stage['lag']:>12,}"
        if "records_per_s" in stage:
            line += f"{stage['records_per_s']:>11,.1f}  {_until_gone(stage)}"
        TERMINAL.say(line.rstrip())


def _until_gone(stage: dict[str, Any]) -> str:
    if not stage["lag"]:
        return ""
    seconds = stage["seconds_to_the_end"]
    if seconds is None:
        return "does not shrink" if stage["processes"] else "no process runs it"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _print_topics(found: dict[str, Any]) -> None:
    """Each topic, as wide as its name, with who reads it and how far behind."""
    if not found["topics"]:
        return
    lags = {
        (topic["topic"], stage["stage"]): topic["lag"]
        for stage in found["stages"]
        for topic in stage["topics"]
    }
    width = max(len(topic["topic"]) for topic in found["topics"])
    TERMINAL.say(
        f"\n{'topic':<{width}}{'part.':>6}{'records':>10}{'records/s':>10}{'lag':>9}  read by"
    )
    for topic in found["topics"]:
        rate = f"{topic['records_per_s']:,.1f}" if "records_per_s" in topic else ""
        lag = sum(lags[topic["topic"], name] for name in topic["read_by"])
        TERMINAL.say(
            f"{topic['topic']:<{width}}{topic['partitions']:>6}{topic['records']:>10,}{rate:>10}"
            f"{lag:>9,}  {', '.join(topic['read_by']) or 'nobody'}"
        )
