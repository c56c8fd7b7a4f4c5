"""The port of a language model: a prompt goes in, text comes out.

What renders prompts and reads answers (``processors.prompting``), what remembers them (the cache)
and what decides after a failure (the cascade) is the same for every model.
"""

from dataclasses import dataclass, field
from typing import Protocol

from processors.prompting.prompt import Prompt
from schemas.completion import FailureKind
from schemas.errors import MillraceError
from schemas.task import Sampling
from streams.inference.engine import EngineLife


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One call: ``document_id`` lets calls of one document meet the same server."""

    request_id: str
    document_id: str
    prompt: Prompt
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote. Counts and times are None where they are not known; times in ms."""

    text: str
    finish_reason: str
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    queue_ms: float | None = None
    first_token_ms: float | None = None
    run_ms: float = 0.0


class GenerationError(MillraceError):
    """A call that came to nothing, for this prompt alone. The message holds no document text.

    ``retryable`` says whether the same call may succeed a moment later.
    """

    def __init__(self, kind: FailureKind, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retryable = retryable


class LanguageModel(EngineLife, Protocol):
    """Writes text. Several calls may be in flight at once.

    A call that is cancelled is aborted in the engine. ``start`` raises a SetupError that says
    what to do where the model, its key or its server's abilities are wrong: the process ends, and
    no document is dead-lettered for one wrong setting.
    """

    async def generate(self, request: GenerationRequest) -> Generation:
        """What the model writes to a prompt, held to its schema.

        Raises:
            GenerationError: this call failed.
            EngineDeadError: no call can succeed any more.
        """
        ...
