"""What tokens cost."""

from dataclasses import dataclass

from streams.inference.generation import Generation

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a model in US dollars for a million tokens.

    ``cached`` is that of prompt tokens which the model had computed before.
    """

    prompt: float = 0.0
    cached: float = 0.0
    completion: float = 0.0

    def cost(self, generation: Generation) -> float | None:
        """What a call cost in US dollars; None where its tokens were not counted."""
        prompt, completion = generation.prompt_tokens, generation.completion_tokens
        if prompt is None or completion is None:
            return None
        cached = min(generation.cached_tokens or 0, prompt)
        fresh = prompt - cached
        total = fresh * self.prompt + cached * self.cached + completion * self.completion
        return total / _MILLION


FREE = Prices()
