"""One call on its way to an answer, over all its tries."""

from dataclasses import dataclass

from streams.inference.generation import Generation, GenerationError
from streams.inference.serving.answer import Answer


@dataclass(slots=True)
class Call:
    """What is sent for which document, and what has come of it so far; times in seconds."""

    document_id: str
    body: bytes
    asked_at: float
    tries: int = 0
    failed_at: str = ""
    throttled_since: float | None = None

    def generation(self, answer: Answer, began: float, now: float, max_tokens: int) -> Generation:
        """The answer of the try that began at ``began``; all time before it was spent waiting.

        Raises:
            GenerationError: the answer was cut before ``max_tokens``: the context was full.
        """
        usage = answer.usage
        if (
            answer.finish_reason == "length"
            and (usage.completion_tokens or max_tokens) < max_tokens
        ):
            raise GenerationError(
                "context_overflow",
                f"{answer.url}: the prompt leaves {usage.completion_tokens} tokens of the model's "
                f"context to an answer of up to {max_tokens}",
                retryable=False,
            )
        first = answer.first_text_at
        return Generation(
            text=answer.text(),
            finish_reason=answer.finish_reason,
            prompt_tokens=usage.prompt_tokens,
            cached_tokens=usage.cached_tokens,
            completion_tokens=usage.completion_tokens,
            queue_ms=_ms(began - self.asked_at),
            first_token_ms=None if first is None else _ms(first - began),
            run_ms=_ms(now - began),
        )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
