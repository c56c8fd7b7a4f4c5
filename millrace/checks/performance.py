"""How fast it goes: what the processes tell over some seconds, and the calls of the last hour."""

import asyncio
from collections.abc import Sequence

from infra.clickhouse import recent_calls
from infra.clickhouse.client import Client
from millrace import targets, wiring
from millrace.checks.finding import Finding, State, of_error
from millrace.event_loop import run_to_end
from millrace.performance.analysis import analyse
from millrace.performance.figures import Calls, Figures
from millrace.performance.measuring import measure
from millrace.performance.spending import spending
from millrace.settings import Settings
from schemas.errors import MillraceError
from streams.telemetry.reading import Reading, read

_LOOK_EVERY_S = 1.0
_MINUTES = 60


def performance(settings: Settings, seconds: float) -> list[Finding]:
    """What holds the pipeline up, how its engines are used, what documents cost.

    Takes ``seconds`` where processes of stages run from this home.
    """
    import psutil

    known = targets.targets(settings.home.absolute())
    addresses = sorted({one.address for one in known})
    figures = Figures(seconds=0.0, processes=0)
    if addresses:
        psutil.cpu_percent()  # from here on
        readings = run_to_end(_watch(addresses, seconds))
        machine = psutil.cpu_percent() / 100
        engines = {tier: settings.engine_of(tier) for tier in settings.tiers}
        figures = measure(
            readings,
            [stage.name for stage in wiring.stages(settings)],
            {tier: engine.engine for tier, engine in engines.items()},
            {tier: engine.max_open_documents for tier, engine in engines.items()},
            machine,
        )
    return [*analyse(figures), *_spending(settings)]


def _spending(settings: Settings) -> list[Finding]:
    try:
        return spending(calls(settings))
    except MillraceError as error:
        return [of_error("cost", State.WARNING, error)]


async def _watch(addresses: Sequence[str], seconds: float) -> list[Reading]:
    """A reading every second and one at the end; only one where nobody answers."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    readings = [await read(addresses)]
    while readings[0].samples and (left := end - loop.time()) > 0:
        await asyncio.sleep(min(_LOOK_EVERY_S, left))
        readings.append(await read(addresses))
    return readings


def calls(settings: Settings) -> Calls:
    """The calls of the last hour.

    Raises:
        UnavailableError: ClickHouse does not answer.
        StoreRefusedError: it refuses; most likely there are no tables yet.
    """
    client = Client(wiring.clickhouse(settings))
    try:
        totals = recent_calls.totals(client, _MINUTES)
        levels = recent_calls.levels(client, _MINUTES)
    finally:
        client.close()
    by_cost = 0 if totals["dollars"] else 1
    return Calls(
        hours=_MINUTES / 60,
        documents=int(totals["documents"]),
        calls=int(totals["calls"]),
        from_cache=int(totals["cache_hits"]),
        prompt_tokens=int(totals["prompt"]),
        completion_tokens=int(totals["completion"]),
        known_prompt=int(totals["known_prompt"]),
        cached=int(totals["cached"]),
        cost_usd=float(totals["dollars"]),
        engine_s=float(totals["engine_s"]),
        levels={level: spent[by_cost] for level, spent in levels.items()},
    )
