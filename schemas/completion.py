"""What came of a task: a valid output or a failure, with every real call behind it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from schemas.model import Message, Value
from schemas.output import Output
from schemas.topics import Level

FailureKind = Literal[
    "context_overflow", "engine_error", "invalid_output", "refusal", "timeout", "unserved"
]
Outcome = Literal["completed", FailureKind]


class Attempt(Value):
    """One real call of an engine. Counts are None where the engine does not know them."""

    engine: str
    model: str
    model_revision: str
    outcome: Outcome
    called_at: AwareDatetime
    finish_reason: str = ""
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    queue_ms: float = 0.0
    first_token_ms: float | None = None
    run_ms: float = 0.0
    from_cache: bool = False
    cost_usd: float | None = None


class Completed(Value):
    """A task answered; ``output`` is valid for the task's level."""

    status: Literal["completed"] = "completed"
    task_id: str
    output: Output
    attempts: tuple[Attempt, ...] = ()


class Failed(Value):
    """A task that no engine could answer; ``message`` holds no document text."""

    status: Literal["failed"] = "failed"
    task_id: str
    kind: FailureKind
    retryable: bool
    message: str
    attempts: tuple[Attempt, ...] = ()


Completion = Annotated[Completed | Failed, Field(discriminator="status")]


class InferenceCall(Message):
    """An attempt as it is recorded on ``inference.calls``, one row of ``inference_calls``."""

    call_id: str
    run_id: str
    document_id: str
    level: Level
    tier: str
    prompt_version: str
    attempt: Attempt
