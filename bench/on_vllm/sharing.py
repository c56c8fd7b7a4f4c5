"""``prompt_share`` and ``cache_speedup``: documents through all levels, real prompts computed.

A random model extracts nothing: it computes each prompt and writes an answer, and what goes on is
the answer of the rules, in the words of that prompt.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.on_vllm.documents import PROFILES, works
from bench.on_vllm.model import TINY, random_model, renderer
from bench.results import Measure
from processors.detail import plan_detail
from processors.lexical.answering import answer
from processors.outcome import Outcome
from processors.prompting.answer_writing import as_answer
from processors.relationship import plan_relationship
from processors.summary import plan_summary
from schemas.completion import Attempt
from schemas.record import Record
from schemas.task import Task
from schemas.topics import extraction_topic
from schemas.work import Work
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering, answer_record
from streams.inference.cache.completions import CacheSettings
from streams.inference.cache.disk import DiskCompletions
from streams.inference.cache.single_flight import SingleFlight
from streams.inference.generation import Generation, GenerationRequest
from streams.inference.in_process_model import InProcessModel
from streams.inference.lane import Lane
from streams.inference.prompted_engine import PromptedEngine

BLOCK = 128  # tokens of the processor's backend
OPEN = 16
STAGE_S = 0.1  # what the stages between two levels take


@dataclass(slots=True)
class AnsweredByRules:
    """A model that computes every prompt; its words are replaced by those of the rules."""

    model: InProcessModel
    asked: dict[str, tuple[Task, Work]] = field(default_factory=dict)

    @property
    def identity(self) -> Any:
        """The random model's."""
        return self.model.identity

    async def start(self) -> None:
        """Started already."""

    async def close(self) -> None:
        """Closed later."""

    async def generate(self, request: GenerationRequest) -> Generation:
        """A real call, cut short: what it writes is of no use."""
        short = replace(request, prompt=replace(request.prompt, max_tokens=64))
        generation = await self.model.generate(short)
        task, work = self.asked[request.request_id.rpartition("-")[0]]
        output = answer(task, work, PROFILES[work.profile])
        text = json.dumps(as_answer(request.prompt, output))
        return replace(generation, text=text, finish_reason="stop")


class Remembering(PromptedEngine):
    """Tells the model which task a prompt was made from."""

    def __init__(self, model: AnsweredByRules, answers: SingleFlight) -> None:
        super().__init__(model, renderer(), answers)
        self._rules = model

    async def complete(self, task: Task, work: Work) -> Any:
        """As any prompted engine does."""
        self._rules.asked[task.task_id] = (task, work)
        return await super().complete(task, work)


async def flow(answering: Answering, documents: Sequence[Work]) -> list[Attempt]:
    """All documents through all levels, as they come back from the stages between; their calls."""
    done = await asyncio.gather(*(_document(answering, work) for work in documents))
    return [attempt for work in done for one in work.completions for attempt in one.attempts]


async def _document(answering: Answering, work: Work) -> Work:
    for plan in (plan_summary, plan_detail, plan_relationship):
        outcome: Outcome = plan(work, PROFILES)
        assert isinstance(outcome.message, Work)
        work = outcome.message
        if outcome.topic == extraction_topic("relationship"):
            break
        key = work.document.document_id.encode()
        record = Record(outcome.topic, 0, work.origin.source_offset, 0, key, work.to_json(), ())
        *_, forward = await answer_record(record, answering)
        work = Work.from_json(forward.value or b"")
        await asyncio.sleep(STAGE_S)
    return work


def _answering(engine: PromptedEngine, in_flight: int, tokens: int) -> Answering:
    limits = Limits(max_batch_size=in_flight, max_batch_tokens=tokens, max_open_documents=OPEN)
    return Answering({"standard": Lane("standard", engine, limits)})


async def prompt_share(folder: Path) -> list[Measure]:
    """Prompt tokens computed, of those of all prompts, with a cache for fewer than are open."""
    shares = {}
    for chunks, characters in ((1, 5_000), (2, 40_000)):
        count = 120 if chunks == 1 else 12
        blocks = 24_576 // BLOCK if chunks == 1 else 98_304 // BLOCK
        model = random_model(folder, TINY, 16, blocks)
        await model.start()
        try:
            documents = list(works("vllm", model.identity.model, count, characters))
            cache = DiskCompletions(CacheSettings(folder / f"share-{chunks}.sqlite"))
            await cache.start()
            engine = Remembering(AnsweredByRules(model), SingleFlight(cache))
            attempts = await flow(_answering(engine, 16, 20_000 * chunks), documents)
            await cache.close()
        finally:
            await model.close()
        prompt = sum(one.prompt_tokens or 0 for one in attempts)
        cached = sum(one.cached_tokens or 0 for one in attempts)
        shares[chunks] = ((prompt - cached) / prompt, len(attempts) / count, prompt / len(attempts))
    share, calls, tokens = shares[1]
    note = (
        f"on vLLM, 120 documents of one chunk, {calls:.1f} calls of {tokens:.0f} tokens each, "
        f"{OPEN} open, a cache of 24,576 tokens; two chunks: {shares[2][0]:.2f} of "
        f"{shares[2][1]:.1f} calls of {shares[2][2]:.0f} tokens"
    )
    return [Measure("prompt_share", share, "", 0.28, "lower", note)]


async def cache_speedup(folder: Path) -> list[Measure]:
    """The same documents once more: what is kept is not asked again."""
    count = 1_000
    model = random_model(folder, TINY, 64)
    await model.start()
    try:
        documents = list(works("vllm", model.identity.model, count, 2_600))
        cache = DiskCompletions(CacheSettings(folder / "speedup.sqlite"))
        await cache.start()
        engine = Remembering(AnsweredByRules(model), SingleFlight(cache))
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            attempts = await flow(_answering(engine, 64, 393_216), documents)
            seconds.append(time.perf_counter() - began)
        await cache.close()
    finally:
        await model.close()
    hits = sum(one.from_cache for one in attempts)
    note = (
        f"{count:,} documents, {len(attempts):,} calls: {seconds[0]:.0f} s, then "
        f"{seconds[1]:.1f} s with {hits:,} answers from the cache"
    )
    return [Measure("cache_speedup", seconds[0] / seconds[1], "times", 10, "higher", note)]


def measure(name: str) -> list[Measure]:
    """Measure one of the two."""
    measured = {"prompt_share": prompt_share, "cache_speedup": cache_speedup}[name]
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measured(Path(folder)))
