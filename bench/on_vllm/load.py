"""The same tasks given to one engine in different ways, and how many tokens a second come of it."""

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from time import perf_counter
from typing import Any

from bench.on_vllm.documents import PROFILES
from processors.prompting.prompt import Prompt
from processors.prompting.rendering import PromptRenderer
from processors.summary import plan_summary
from schemas.task import Task
from schemas.work import Work
from streams.inference.cascade import Cascade
from streams.inference.generation import Generation, GenerationRequest
from streams.inference.in_process_model import InProcessModel

# Nothing is tried again: an answer of random words is worth as much as another.
ONCE: Cascade = {
    "context_overflow": (), "engine_error": (), "invalid_output": (), "refusal": (),
    "timeout": (), "unserved": (),
}  # fmt: skip


@dataclass(slots=True)
class Span:
    """The time from the first call to the last answer, what was written and was in flight in it."""

    began: float = 0.0
    ended: float = 0.0
    tokens: int = 0
    busy_s: float = 0.0

    @property
    def rate(self) -> float:
        """Written tokens per second."""
        return self.tokens / (self.ended - self.began)

    @property
    def in_flight(self) -> float:
        """Calls in flight at a time, on average from the first call to the last answer."""
        return self.busy_s / (self.ended - self.began)

    @asynccontextmanager
    async def call(self):  # type: ignore[no-untyped-def]
        """One call; it adds to ``tokens`` itself."""
        began = perf_counter()
        self.began = self.began or began
        yield
        self.ended = perf_counter()
        self.busy_s += self.ended - began


# No answer ends before it is cut off at its length.
_ENDLESS: dict[str, Any] = {"type": "string", "minLength": 4_000}


@dataclass(slots=True)
class FixedLengths:
    """The product's prompts with answers of given lengths: a random model would stop anywhere.

    Serves as a ``PromptRenderer``. Lengths follow from the task's id.
    """

    renderer: PromptRenderer
    shortest: int
    longest: int

    def render(self, task: Task, work: Work) -> Prompt:
        """The product's prompt of a task, to be answered at its length."""
        tokens = Random(task.task_id).randint(self.shortest, self.longest)  # noqa: S311 - a load
        prompt = self.renderer.render(task, work)
        return replace(prompt, schema=_ENDLESS, max_tokens=tokens)


@dataclass(slots=True)
class Timed:
    """A model whose calls are timed; it lives longer than those who use it.

    ``answered`` is set when so many calls as were ``expected`` are: to ask Kafka for its offsets
    all the while would take from the two cores that the model computes on.
    """

    model: InProcessModel
    expected: int
    span: Span = field(default_factory=Span)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    _calls: int = 0

    @property
    def identity(self) -> Any:
        """The model's."""
        return self.model.identity

    async def start(self) -> None:
        """Started already."""

    async def close(self) -> None:
        """Closed later."""

    async def generate(self, request: GenerationRequest) -> Generation:
        """The model's answer; it counts."""
        async with self.span.call():
            generation = await self.model.generate(request)
        self.span.tokens += generation.completion_tokens or 0
        self._calls += 1
        if self._calls == self.expected:
            self.answered.set()
        return generation


def summary_tasks(work: Work) -> Work:
    """A document with its summary tasks, as the summary stage writes it."""
    planned = plan_summary(work, PROFILES).message
    assert isinstance(planned, Work)
    return planned


async def straight(
    model: InProcessModel, prompts: Sequence[Prompt], in_flight: int, barrier: bool = False
) -> Span:
    """The prompts given straight to AsyncLLM, ``in_flight`` at a time.

    With a ``barrier`` the next batch waits for the last of the one before, as ``LLM.generate`` on
    fixed batches does.
    """
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    engine, span = model._engine, Span()
    tokenizer = engine.get_tokenizer()
    room = asyncio.Semaphore(in_flight)

    async def one(number: int, prompt: Prompt) -> None:
        messages = [
            {"role": "system", "content": prompt.instructions},
            {"role": "user", "content": prompt.user},
        ]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        sampling = SamplingParams(
            temperature=0.0,
            max_tokens=prompt.max_tokens,
            structured_outputs=StructuredOutputsParams(json=dict(prompt.schema)),
            output_kind=RequestOutputKind.FINAL_ONLY,
        )
        async with room, span.call():
            async for output in engine.generate(text, sampling, f"straight-{id(span)}-{number}"):
                last = output
            span.tokens += len(last.outputs[0].token_ids)

    numbered = list(enumerate(prompts))
    size = in_flight if barrier else len(prompts)
    for first in range(0, len(prompts), size):
        await asyncio.gather(*(one(*each) for each in numbered[first : first + size]))
    return span
