"""What ``status --watch`` looks at: positions in Kafka, and what the processes tell."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from millrace import targets, wiring
from millrace.settings import Settings
from schemas import metrics
from schemas.errors import MillraceError
from streams.broker.admin import Positions
from streams.broker.progress import Progress, rates, seconds_to_the_end, take
from streams.stage import Stage
from streams.telemetry.reading import Reading, growth, read
from streams.topology import topic_names

# Rates are of the last seconds: long enough to be calm, short enough to see a change.
_RATES_OVER_S = 10.0

Seen = TypeVar("Seen", Progress, Reading)


@dataclass(frozen=True, slots=True)
class StageNow:
    """A stage at this moment; None is not known. Rates in records/s, times in seconds."""

    name: str
    processes: int | None = None
    lag: int | None = None
    oldest_s: float | None = None
    rate: float | None = None
    lag_gone_in_s: float | None = None
    refused: int | None = None


@dataclass(frozen=True, slots=True)
class TierNow:
    """A tier's engine at this moment; rates in a second, ``fill`` a share."""

    name: str
    in_flight: float | None
    waiting: float | None
    fill: float | None
    prompt_rate: float | None
    completion_rate: float | None
    from_cache: float | None
    cost_rate: float | None


@dataclass(frozen=True, slots=True)
class Now:
    """All of it at one moment. ``failures`` are counted since the processes began."""

    at: datetime
    stages: tuple[StageNow, ...]
    tiers: tuple[TierNow, ...]
    row_rate: float | None
    failures: tuple[tuple[str, int], ...]
    problems: tuple[str, ...]
    processes: int


async def looks(settings: Settings, every_s: float) -> AsyncGenerator[Now]:
    """Look every so many seconds, for ever. What is away becomes a problem, and is tried again.

    Raises:
        SetupError: a setting is wrong.
    """
    stages = wiring.stages(settings)
    broker = wiring.broker(settings)
    loop = asyncio.get_running_loop()
    positions_seen: deque[Progress] = deque()
    readings: deque[Reading] = deque()
    async with AsyncExitStack() as connected:
        positions: Positions | None = None
        while True:
            began = loop.time()
            problems = []
            progress = None
            try:
                if positions is None:
                    positions = await connected.enter_async_context(Positions(broker))
                progress = await take(positions, stages, topic_names(stages))
                problems += [f"topic {name} is missing" for name in progress.missing]
            except (MillraceError, OSError) as error:
                await connected.aclose()
                positions = None
                problems.append(str(error))
                positions_seen.clear()
            if progress is not None:
                _keep(positions_seen, progress)
            known = targets.targets(settings.home.absolute())
            reading = await read(sorted({one.address for one in known}))
            _keep(readings, reading)
            problems += [f"no metrics from {address}" for address in reading.silent]
            yield summarise(stages, list(positions_seen), list(readings), problems)
            await asyncio.sleep(max(0.0, every_s - (loop.time() - began)))


def _keep(seen: deque[Seen], one: Seen) -> None:
    """Keep what rates are measured over: always at least the one before."""
    seen.append(one)
    while len(seen) > 2 and one.taken_at - seen[1].taken_at >= _RATES_OVER_S:
        seen.popleft()


def summarise(
    stages: Sequence[Stage],
    positions: Sequence[Progress],
    readings: Sequence[Reading],
    problems: Sequence[str] = (),
) -> Now:
    """What the last positions and readings say, with rates since the first of each."""
    before, after = readings[0], readings[-1]
    measured = before if len(readings) > 1 else None
    return Now(
        at=datetime.now(UTC),
        stages=tuple(_stage(stage, positions, after) for stage in stages),
        tiers=tuple(
            _tier(name, measured, after) for name in after.values(metrics.IN_FLIGHT, "tier")
        ),
        row_rate=_growth(measured, after, metrics.SINK_ROWS),
        failures=_failures(after),
        problems=tuple(problems),
        processes=len({one.instance for one in after.samples}),
    )


def _stage(stage: Stage, positions: Sequence[Progress], reading: Reading) -> StageNow:
    refused = reading.total(metrics.DEAD_LETTERS, stage=stage.name)
    if refused is None and reading.samples:
        refused = 0  # of what never happened a process tells nothing
    oldest = reading.greatest(metrics.OLDEST_SECONDS, stage=stage.name)
    if not positions:
        return StageNow(stage.name, oldest_s=oldest, refused=_whole(refused))
    last = positions[-1]
    lag = last.lag(stage.name)
    processes = next((one.members for one in last.groups if one.name == stage.group), None)
    done = written = gone = None
    if len(positions) > 1:
        flow = rates(positions[0], last)
        done = flow.done.get(stage.name, 0.0)
        written = sum(flow.written.get(topic, 0.0) for topic in stage.reads)
        gone = seconds_to_the_end(lag, done, written)
    return StageNow(stage.name, processes, lag, oldest, done, gone, _whole(refused))


def _tier(name: str, before: Reading | None, after: Reading) -> TierNow:
    def rate(metric: metrics.Counter, **labels: str) -> float | None:
        return _growth(before, after, metric, tier=name, **labels)

    calls, cached = rate(metrics.CALLS), rate(metrics.CALLS, answered_by="cache")
    return TierNow(
        name,
        in_flight=after.total(metrics.IN_FLIGHT, tier=name),
        waiting=after.total(metrics.WAITING, tier=name),
        fill=after.greatest(metrics.BATCH_FILL, tier=name),
        prompt_rate=rate(metrics.TOKENS, kind="prompt"),
        completion_rate=rate(metrics.TOKENS, kind="completion"),
        from_cache=(cached or 0.0) / calls if calls else None,
        cost_rate=rate(metrics.COST),
    )


def _failures(reading: Reading) -> tuple[tuple[str, int], ...]:
    """What failed since the processes began, in words, with how often."""
    found: dict[str, float] = {}
    for one in reading.of(metrics.DEAD_LETTERS):
        words = f"{one.labels['stage']} refused: {one.labels['kind']}"
        found[words] = found.get(words, 0) + one.value
    for one in reading.of(metrics.ENGINE_FAILURES):
        words = f"{one.labels['tier']} engine: {one.labels['kind']}"
        found[words] = found.get(words, 0) + one.value
    for one in reading.of(metrics.SINK_FAILURES):
        words = f"insert into {one.labels['table']}: {one.labels['kind']}"
        found[words] = found.get(words, 0) + one.value
    for one in reading.of(metrics.BREAKER_OPEN):
        if one.value:
            found[f"{one.labels['tier']} held back: {one.labels['server']}"] = 1
    return tuple((words, round(times)) for words, times in sorted(found.items()) if times)


def _growth(
    before: Reading | None, after: Reading, metric: metrics.Counter, **labels: str
) -> float | None:
    return None if before is None else growth(before, after, metric, **labels)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
