"""One prompt and all that is said about it: calls, repairs, and an attempt for each of them."""

from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from processors.errors import AnswerError
from processors.prompting.answer_reading import read_answer
from processors.prompting.prompt import Prompt
from schemas.completion import Attempt, Outcome
from schemas.output import Output
from schemas.task import Task
from schemas.work import Work
from streams.inference.cache.completions import finished
from streams.inference.cascade import CASCADE, Cascade, Step, next_step
from streams.inference.generation import (
    Generation,
    GenerationError,
    GenerationRequest,
    LanguageModel,
)
from streams.inference.prices import FREE, Prices
from streams.processing import Clock, utc_now


@dataclass(frozen=True, slots=True)
class PromptedSettings:
    """What a prompted engine is told beside its model: what tokens cost, what follows a failure."""

    prices: Prices = FREE
    cascade: Cascade = field(default_factory=lambda: CASCADE)
    clock: Clock = utc_now


DEFAULTS = PromptedSettings()


class Conversation:
    """One prompt under way: every real call becomes an attempt."""

    def __init__(
        self,
        task: Task,
        work: Work,
        prompt: Prompt,
        model: LanguageModel,
        settings: PromptedSettings,
    ) -> None:
        self.work = work
        self.attempts: list[Attempt] = []
        self._task = task
        self._prompt = prompt
        self._model = model
        self._settings = settings
        # By its text: an answer is read once, whoever asks whether it is valid.
        self._read: dict[str, Output | AnswerError] = {}

    async def generate(self) -> Generation:
        """Ask the model; try again or repair as the cascade says.

        Raises:
            GenerationError: no valid answer came of it.
        """
        prompt, taken = self._prompt, list[Step]()
        while True:
            generation: Generation | None = None
            called_at, began = self._settings.clock(), perf_counter()
            try:
                generation = await self._model.generate(self._request(prompt))
            except GenerationError as error:
                failure = error
                self._note(error.kind, called_at)
                spent = round((perf_counter() - began) * 1000, 3)
                self.attempts[-1] = self.attempts[-1].model_copy(update={"run_ms": spent})
            else:
                if self.is_valid(generation):
                    self._note("completed", called_at, generation)
                    return generation
                failure = GenerationError(
                    "invalid_output", self._problem(generation), retryable=True
                )
                self._note("invalid_output", called_at, generation)
            possible = {Step.AGAIN} if failure.retryable else set()
            if generation is not None:
                possible = {Step.REPAIR}
            step = next_step(failure.kind, possible, taken, self._settings.cascade)
            if step is None:
                raise failure
            taken.append(step)
            if step is Step.REPAIR and generation is not None:
                prompt = self._prompt.repaired(generation.text, failure.message)

    def is_valid(self, generation: Generation) -> bool:
        """Whether the model came to its end and what it wrote reads back as an output."""
        return finished(generation) and not isinstance(self._reading(generation), AnswerError)

    def output(self, generation: Generation) -> Output:
        """What a valid generation says.

        Raises:
            AnswerError: it is not valid.
        """
        reading = self._reading(generation)
        if isinstance(reading, AnswerError):
            raise reading
        return reading

    def note_cached(self, generation: Generation) -> None:
        """An answer that cost nothing, with the counts of the call that it came from."""
        called_at = self._settings.clock()
        self._note("completed", called_at, generation)
        self.attempts[-1] = self.attempts[-1].model_copy(
            update={
                "from_cache": True,
                "cost_usd": 0.0,
                "queue_ms": 0.0,
                "first_token_ms": None,
                "run_ms": 0.0,
            }
        )

    def _request(self, prompt: Prompt) -> GenerationRequest:
        return GenerationRequest(
            request_id=f"{self._task.task_id}-{len(self.attempts)}",
            document_id=self.work.document.document_id,
            prompt=prompt,
            sampling=self._task.sampling,
        )

    def _reading(self, generation: Generation) -> Output | AnswerError:
        text = generation.text
        if text not in self._read:
            try:
                self._read[text] = read_answer(self._prompt, self._task.level, text)
            except AnswerError as error:
                self._read[text] = error
        return self._read[text]

    def _problem(self, generation: Generation) -> str:
        if not finished(generation):
            return f"it was cut off ({generation.finish_reason}): write a shorter answer"
        return str(self._reading(generation))

    def _note(
        self, outcome: Outcome, called_at: datetime, generation: Generation | None = None
    ) -> None:
        identity, cost = self._model.identity, None
        facts: dict[str, object] = {}
        if generation is not None:
            cost = self._settings.prices.cost(generation)
            facts = {
                "finish_reason": generation.finish_reason,
                "prompt_tokens": generation.prompt_tokens,
                "cached_tokens": generation.cached_tokens,
                "completion_tokens": generation.completion_tokens,
                "queue_ms": generation.queue_ms or 0.0,
                "first_token_ms": generation.first_token_ms,
                "run_ms": generation.run_ms,
            }
        attempt = Attempt(
            engine=identity.engine,
            model=identity.model,
            model_revision=identity.model_revision,
            outcome=outcome,
            called_at=called_at,
            cost_usd=cost,
        )
        self.attempts.append(attempt.model_copy(update=facts))
