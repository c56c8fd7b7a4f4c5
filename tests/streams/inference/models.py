"""Scripted models and the engines made of them, for the tests of prompted engines."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from processors.prompting.answer_writing import as_answer
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import load_templates
from processors.summary import plan_summary
from schemas.completion import FailureKind
from schemas.output import FoundEvent, SummaryOutput
from schemas.task import SummaryTask
from schemas.work import Work
from streams.inference.cache.memory import MemoryCompletions
from streams.inference.cache.single_flight import SingleFlight
from streams.inference.conversation import PromptedSettings
from streams.inference.engine import EngineIdentity
from streams.inference.generation import Generation, GenerationError, GenerationRequest
from streams.inference.prices import Prices
from streams.inference.prompted_engine import PromptedEngine
from streams.inference.scripted_model import ModelScript, ScriptedModel
from tests.flow import noon
from tests.processors.works import ACME, ACME_MENTIONS, PROFILES, found, planned, work_of

IDENTITY = EngineIdentity("openai", "m8", "r1")
RENDERER = PromptRenderer(PROFILES, load_templates())
BOUGHT = found("purchase", "bought", salience=0.9, confidence=0.8)
# 1,000 prompt tokens of which 600 were cached, and 50 of the answer: 0.0046 dollars.
PRICES = Prices(prompt=10.0, cached=1.0, completion=0.0)
COST = (400 * 10.0 + 600 * 1.0) / 1_000_000

Step = Callable[[GenerationRequest], Generation]


def wrote(text: str, finish_reason: str = "stop") -> Generation:
    """What a model wrote, counted and timed."""
    return Generation(
        text=text,
        finish_reason=finish_reason,
        prompt_tokens=1_000,
        cached_tokens=600,
        completion_tokens=50,
        queue_ms=3.5,
        first_token_ms=20.5,
        run_ms=250.25,
    )


def events(*given: FoundEvent) -> Step:
    """Answers a summary with these events."""
    output = SummaryOutput(events=given)
    return lambda request: wrote(json.dumps(as_answer(request.prompt, output)))


def says(text: str, finish_reason: str = "stop") -> Step:
    """Answers with this text."""
    return lambda _: wrote(text, finish_reason)


def fails(kind: FailureKind, *, retryable: bool = False) -> Step:
    """Fails so."""

    def step(_: GenerationRequest) -> Generation:
        raise GenerationError(kind, f"the server says {kind}", retryable=retryable)

    return step


def in_turn(*steps: Step) -> ModelScript:
    """One step for each call; one more call than steps is an error of the test."""
    left = iter(steps)
    return lambda request: next(left)(request)


@dataclass
class Prompted:
    """A prompted engine, the model that it asks, and what it remembers."""

    model: ScriptedModel
    cache: MemoryCompletions = field(default_factory=lambda: MemoryCompletions(1 << 20, 3_600))

    def __post_init__(self) -> None:
        self.engine = PromptedEngine(
            self.model, RENDERER, SingleFlight(self.cache), PromptedSettings(PRICES, clock=noon)
        )


def prompted(*steps: Step) -> Prompted:
    """An engine whose model takes these steps."""
    return Prompted(ScriptedModel(in_turn(*steps), IDENTITY))


def asked(text: str = ACME, *, document_id: str = "d1") -> tuple[SummaryTask, Work]:
    """The summary task of a document of one chunk."""
    mentions = ACME_MENTIONS if text == ACME else ()
    work = work_of(text, *mentions)
    document = work.document.model_copy(update={"document_id": document_id})
    work = planned(work.model_copy(update={"document": document}), plan_summary)
    (task,) = work.tasks
    assert isinstance(task, SummaryTask)
    return task, work
