"""``inference_ratio``, ``naive_ratio`` and ``batching_curve``: tokens a second, side by side."""

import asyncio
import statistics
import tempfile
from pathlib import Path
from random import Random

from bench.on_vllm.documents import works
from bench.on_vllm.load import FixedLengths, straight, summary_tasks
from bench.on_vllm.model import LIKE_A_GPU, random_model, renderer
from bench.on_vllm.through_kafka import through_kafka
from bench.results import Measure
from bench.stack import own_stack
from millrace import wiring
from millrace.settings import Settings
from schemas.work import Work
from streams.inference.in_process_model import InProcessModel

IN_FLIGHT = 64
PAIRS = 6
TASKS = 128
CHARACTERS = 2_600  # with the instructions, 1,000 to 1,500 tokens


async def _measured(name: str, settings: Settings, folder: Path) -> Measure:
    model = random_model(folder, LIKE_A_GPU, IN_FLIGHT)
    await model.start()
    try:
        asked = [
            summary_tasks(work) for work in works("vllm", model.identity.model, TASKS, CHARACTERS)
        ]
        return await _MEASURES[name](settings, model, asked)
    finally:
        await model.close()


async def _ratio(settings: Settings, model: InProcessModel, asked: list[Work]) -> Measure:
    lengths = FixedLengths(renderer(), 50, 200)
    broker, tokens = wiring.broker(settings), 0.0
    found: list[float] = []
    fill: list[float] = []
    for pair in range(PAIRS + 1):
        spans = {}
        # The last calls run almost alone: which these are must not be the same in every pair.
        Random(pair).shuffle(asked)  # noqa: S311 - an order
        prompts = [lengths.render(work.tasks[0], work) for work in asked]
        # Turn and turn about, so that neither has the machine's better moments.
        for side in ("straight", "kafka") if pair % 2 else ("kafka", "straight"):
            await model._engine.reset_prefix_cache()
            if side == "kafka":
                span = await through_kafka(broker, model, lengths, asked, IN_FLIGHT)
            else:
                span = await straight(model, prompts, IN_FLIGHT)
            spans[side] = span
            tokens = span.tokens / len(asked)
        if pair:  # the first warms up
            found.append(spans["kafka"].rate / spans["straight"].rate)
            fill.append(spans["kafka"].in_flight / spans["straight"].in_flight)
            print(f"  pair {pair}: {found[-1]:.3f}, in flight {fill[-1]:.3f}", flush=True)
    ordered = sorted(found)
    note = (
        f"median of {PAIRS} interleaved pairs, {ordered[1]:.2f} to {ordered[-2]:.2f} without the "
        f"outermost; {len(asked)} tasks, {IN_FLIGHT} in flight, {tokens:.0f} tokens an answer; "
        f"random model of {LIKE_A_GPU.layers} layers on two cores, which Kafka shares; last "
        f"{spans['straight'].rate:.0f} tokens/s straight. Calls in flight on average against "
        f"straight: {statistics.median(fill):.3f}"
    )
    return Measure("inference_ratio", statistics.median(found), "", 0.97, "higher", note)


async def _naive(settings: Settings, model: InProcessModel, asked: list[Work]) -> Measure:
    lengths = FixedLengths(renderer(), 20, 400)
    prompts = [lengths.render(work.tasks[0], work) for work in asked]
    broker, found = wiring.broker(settings), []
    for _ in range(3):
        await model._engine.reset_prefix_cache()
        ours = await through_kafka(broker, model, lengths, asked, IN_FLIGHT)
        await model._engine.reset_prefix_cache()
        naive = await straight(model, prompts, 32, barrier=True)
        found.append(ours.rate / naive.rate)
    note = (
        f"through Kafka with {IN_FLIGHT} in flight against batches of 32 with a barrier, on the "
        f"same engine; 20 to 400 tokens an answer; {', '.join(f'{one:.2f}' for one in found)}"
    )
    return Measure("naive_ratio", statistics.median(found), "", 1.3, "higher", note)


async def _curve(_: Settings, model: InProcessModel, asked: list[Work]) -> Measure:
    lengths = FixedLengths(renderer(), 50, 200)
    prompts = [lengths.render(work.tasks[0], work) for work in asked]
    rate = {}
    for in_flight, count in ((1, 12), (4, 24), (16, 64), (64, 128)):
        await model._engine.reset_prefix_cache()
        rate[in_flight] = (await straight(model, prompts[:count], in_flight)).rate
    curve = ", ".join(f"{n} in flight {rate[n] / rate[1]:.2f}" for n in rate)
    note = f"of one at a time: {curve}"
    return Measure("batching_curve", rate[64] / rate[1], "", None, "higher", note)


_MEASURES = {"inference_ratio": _ratio, "naive_ratio": _naive, "batching_curve": _curve}


def measure(name: str) -> list[Measure]:
    """One of the three, on a model that is loaded for it."""
    with own_stack() as settings, tempfile.TemporaryDirectory() as folder:
        return [asyncio.run(_measured(name, settings, Path(folder)))]
