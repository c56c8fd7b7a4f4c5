"""An engine made of a language model: prompts rendered, answers remembered, read and repaired."""

from processors.errors import PromptTemplateError
from processors.prompting.rendering import PromptRenderer
from schemas.completion import Attempt, Completed, Completion, Failed
from schemas.output import SummaryOutput
from schemas.task import SummaryTask, Task
from schemas.work import Work
from streams.inference.cache.completions import Owner
from streams.inference.cache.key import cache_key
from streams.inference.cache.single_flight import SingleFlight
from streams.inference.cascade import Step
from streams.inference.chunk_halves import halves, merged, placed
from streams.inference.conversation import DEFAULTS, Conversation, PromptedSettings
from streams.inference.engine import EngineIdentity
from streams.inference.generation import GenerationError, LanguageModel

# A chunk is parted into eight parts at most: a context that holds none of them holds nothing.
_MOST_SPLITS = 3


class PromptedEngine:
    """Answers tasks by a language model.

    In this order for each task:

    1. its prompt is rendered; one that cannot be rendered fails alone;
    2. the cache answers, else the model; an answer that does not read back as valid is repaired, a
       passing failure tried again, each once;
    3. what is valid is kept, under the prompt as it was asked at first, before it is returned;
    4. a chunk that no context holds is asked in halves;
    5. what is left is a ``Failed`` with all attempts, for the next tier or the last resort.
    """

    def __init__(
        self,
        model: LanguageModel,
        renderer: PromptRenderer,
        answers: SingleFlight,
        settings: PromptedSettings = DEFAULTS,
    ) -> None:
        self._model = model
        self._renderer = renderer
        self._answers = answers
        self._settings = settings

    @property
    def identity(self) -> EngineIdentity:
        """Which engine and model this is; the model's revision is known once it has started."""
        return self._model.identity

    async def start(self) -> None:
        """Load and warm the model."""
        await self._model.start()

    async def close(self) -> None:
        """Free the model."""
        await self._model.close()

    async def complete(self, task: Task, work: Work) -> Completion:
        """The model's answer, or the failure that came of it after all steps of this tier.

        Raises:
            RefusedError: the task's profile or version of prompts is not known here.
            EngineDeadError: the model cannot answer any more.
        """
        return await self._complete(task, work, _MOST_SPLITS)

    async def _complete(self, task: Task, work: Work, splits: int) -> Completion:
        try:
            prompt = self._renderer.render(task, work)
        except (PromptTemplateError, LookupError) as error:
            # Its words may hold what the document says.
            message = f"its prompt could not be rendered ({type(error).__name__})"
            return _failed(task, GenerationError("engine_error", message, retryable=False), ())
        asking = Conversation(task, work, prompt, self._model, self._settings)
        try:
            answer = await self._answers.answered(
                cache_key(prompt, task.sampling, self.identity),
                Owner.of(work),
                asking.generate,
                asking.is_valid,
            )
        except GenerationError as error:
            steps = self._settings.cascade[error.kind]
            if Step.SPLIT in steps and splits and isinstance(task, SummaryTask):
                return await self._by_halves(task, error, asking, splits - 1)
            return _failed(task, error, tuple(asking.attempts))
        if answer.from_cache:
            asking.note_cached(answer.generation)
        output = asking.output(answer.generation)
        return Completed(task_id=task.task_id, output=output, attempts=tuple(asking.attempts))

    async def _by_halves(
        self, task: SummaryTask, error: GenerationError, asking: Conversation, splits: int
    ) -> Completion:
        attempts = list(asking.attempts)
        outputs: list[SummaryOutput] = []
        for half, work in halves(task, asking.work):
            done = await self._complete(half, work, splits)
            attempts += done.attempts
            if isinstance(done, Failed):
                # The half's own failure: one that was refused must not go on to another tier.
                return done.model_copy(
                    update={"task_id": task.task_id, "attempts": tuple(attempts)}
                )
            if isinstance(done.output, SummaryOutput):
                outputs.append(placed(done.output, half, work))
        if not outputs:
            return _failed(task, error, tuple(attempts))
        return Completed(task_id=task.task_id, output=merged(outputs), attempts=tuple(attempts))


def _failed(task: Task, error: GenerationError, attempts: tuple[Attempt, ...]) -> Failed:
    return Failed(
        task_id=task.task_id,
        kind=error.kind,
        retryable=error.retryable,
        message=error.message,
        attempts=attempts,
    )
