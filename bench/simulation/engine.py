"""A simulated engine with continuous batching, chunked prefill and a prefix cache."""

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush

from bench.simulation.documents import INSTRUCTIONS, Call
from bench.simulation.prefixes import PrefixCache


@dataclass(frozen=True, slots=True)
class Model:
    """How long a step takes: ``step_s + sequence_s * decoded + token_s * prefilled``.

    Of Llama 3.1 8B on one H100: 4.6 ms between tokens alone and 16.1 ms at 250 at once (NVIDIA,
    "NIM LLMs Benchmarking", performance, version 1.8.0), so 0.046 ms for each more. A prompt token
    costs 16 GFLOP, at 40 % of the card's 989 TFLOPS 0.04 ms. The cache: 80 GB less 16 GB of weights
    and a tenth of reserve, at 128 KiB a token.
    """

    step_s: float = 0.0046
    sequence_s: float = 0.000046
    token_s: float = 0.00004
    step_tokens: int = 8_192
    cache_tokens: int = 420_000


class Engine:
    """Runs calls in steps: each gives every decoding call a token, and prefills within the budget.

    The caller owns the time: ``step`` tells how long the next step takes and who has then finished.
    """

    def __init__(self, model: Model, cache: PrefixCache) -> None:
        self._model = model
        self._cache = cache
        self._queue: deque[Call] = deque()
        self._prefills: deque[tuple[Call, int]] = deque()
        self._decoding: list[tuple[int, int, Call]] = []
        self._steps = 0
        self._number = 0
        self.computed_tokens = 0
        self.answered_tokens = 0

    @property
    def busy(self) -> bool:
        """Whether a step has anything to do."""
        return bool(self._queue or self._prefills or self._decoding)

    def submit(self, call: Call) -> None:
        """Queue a call for the next step."""
        self._queue.append(call)

    def step(self) -> tuple[float, list[Call]]:
        """Make one step: seconds that it takes, and the calls that end with it."""
        self._schedule()
        decoded = len(self._decoding)
        budget = self._model.step_tokens - decoded
        prefilled = 0
        while self._prefills and prefilled < budget:
            call, missing = self._prefills.popleft()
            part = min(missing, budget - prefilled)
            prefilled += part
            if part < missing:
                self._prefills.appendleft((call, missing - part))
                break
            self._cache.computed(call)
            self._number += 1
            heappush(self._decoding, (self._steps + call.answer_tokens - 1, self._number, call))
        self.computed_tokens += prefilled
        finished = []
        while self._decoding and self._decoding[0][0] <= self._steps:
            call = heappop(self._decoding)[2]
            self._cache.release(call)
            self.answered_tokens += call.answer_tokens
            finished.append(call)
        self._steps += 1
        model = self._model
        return (
            model.step_s + model.sequence_s * decoded + model.token_s * prefilled,
            finished,
        )

    def _schedule(self) -> None:
        while self._queue:
            found = self._cache.take(self._queue[0])
            if found is None:
                return
            call = self._queue.popleft()
            # The instructions are in the cache from the first call on: all others use them.
            known = INSTRUCTIONS if self.computed_tokens or self._prefills else 0
            self._prefills.append((call, call.prompt_tokens - known - found))
