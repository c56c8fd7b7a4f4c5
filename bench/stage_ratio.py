"""``stage_ratio``: one stage's runner on Faust against a bare aiokafka loop, one process each.

The bare loop is what a careful user would write: getmany, send all, wait for all, commit. Both
read the same preloaded topic in groups of their own and write to topics of their own; timed is the
span from the first to the last record that appears in the output.
"""

import asyncio
import subprocess
import sys
import time
from statistics import median

from bench.results import Measure
from bench.stack import own_stack
from schemas.record import Outgoing
from streams.broker.admin import Positions, TopicSettings, create_topics
from streams.broker.connection import Broker
from streams.broker.outbox import Outbox

MESSAGES = {"bytes": 30_000, "work": 8_000}
PAIRS = 5
TIMEOUT_S = 120.0


def stage_ratio() -> list[Measure]:
    with own_stack() as settings:
        broker = Broker(settings.kafka_bootstrap)
        asyncio.run(_preload(broker))
        plain = [_pair(broker, "bytes", turn) for turn in range(PAIRS)]
        work = [_pair(broker, "work", turn) for turn in range(PAIRS)]
    return [
        _measure("stage_ratio", plain, 0.7, "1 KB messages, no decoding"),
        _measure("stage_ratio_work", work, 0.9, "10 KB Work decoded, planned and encoded"),
    ]


def _measure(name: str, pairs: list[tuple[float, float]], goal: float, what: str) -> Measure:
    ratios = [faust / bare for faust, bare in pairs]
    faust, bare = median(one[0] for one in pairs), median(one[1] for one in pairs)
    note = (
        f"{what}: {faust:,.0f} against {bare:,.0f} messages/s, median of {len(pairs)} pairs, "
        f"{min(ratios):.2f}–{max(ratios):.2f}"
    )
    return Measure(name, median(ratios), "", goal, "higher", note)


async def _preload(broker: Broker) -> None:
    from bench.stage_work import annotated_work

    names = [f"bench.{kind}" for kind in MESSAGES]
    await create_topics(broker, names, TopicSettings())
    value = {"bytes": b"x" * 1024, "work": annotated_work()}
    outbox = Outbox(broker)
    async with outbox:
        for kind, count in MESSAGES.items():
            for start in range(0, count, 1000):
                await outbox.send(
                    Outgoing(f"bench.{kind}", str(start + number).encode(), value[kind])
                    for number in range(1000)
                )


def _pair(broker: Broker, kind: str, turn: int) -> tuple[float, float]:
    """Messages a second of both runners, in alternating order."""
    runners = ("faust", "bare") if turn % 2 else ("bare", "faust")
    rates = {runner: _rate(broker, kind, runner, turn) for runner in runners}
    return rates["faust"], rates["bare"]


def _rate(broker: Broker, kind: str, runner: str, turn: int) -> float:
    output = f"bench.{kind}.{runner}.{turn}"
    asyncio.run(create_topics(broker, [output], TopicSettings()))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.stage_work", broker.bootstrap, kind, runner, output]
    )
    try:
        return asyncio.run(_observe(broker, output, MESSAGES[kind]))
    finally:
        process.terminate()
        process.wait(30)


async def _observe(broker: Broker, output: str, count: int) -> float:
    began, first = 0.0, 0
    deadline = time.monotonic() + TIMEOUT_S
    async with Positions(broker) as positions:
        while time.monotonic() < deadline:
            there = sum((await positions.ends([output])).values())
            if there and not began:
                began, first = time.monotonic(), there
            if there >= count:
                return (there - first) / (time.monotonic() - began)
            await asyncio.sleep(0.01)
    raise TimeoutError(f"{output} has not reached {count} records")
