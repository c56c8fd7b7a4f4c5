"""What a task will weigh in tokens, learnt from what tasks have weighed."""

from dataclasses import dataclass, field

from schemas.topics import LEVELS, Level

_DECAY = 0.99  # about the last hundred tasks count
_MIN_SPREAD = 0.05  # below it sizes are too alike to tell what a prompt's fixed part weighs


@dataclass(slots=True)
class _Fit:
    """A line through (estimated, counted), by decaying sums; the latest count the most."""

    n: float = 0.0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float) -> None:
        self.n = self.n * _DECAY + 1.0
        self.x = self.x * _DECAY + x
        self.y = self.y * _DECAY + y
        self.xx = self.xx * _DECAY + x * x
        self.xy = self.xy * _DECAY + x * y

    def at(self, x: float) -> float:
        mean_x, mean_y = self.x / self.n, self.y / self.n
        variance = self.xx / self.n - mean_x * mean_x
        slope = 0.0
        if variance > (_MIN_SPREAD * mean_x) ** 2:
            slope = (self.xy / self.n - mean_x * mean_y) / variance
        if slope <= 0.0:  # alike in size, or of no relation to it: the ratio is all there is
            return x * mean_y / mean_x
        return max(mean_y + slope * (x - mean_x), 0.0)


@dataclass(slots=True)
class TokenCalibration:
    """Turns the estimate that a task carries into tokens, for each level.

    An estimate knows the text alone; instructions, the question and the answer weigh more or less
    the same whatever the text, and a token is longer or shorter in another language. So counted
    tokens are a line over estimated ones: fixed part and slope are fitted as answers come in.
    """

    _fits: dict[Level, _Fit] = field(default_factory=lambda: {level: _Fit() for level in LEVELS})

    def weigh(self, level: Level, estimated: int) -> int:
        """What a task weighs: its estimate, until something has been learnt."""
        fit = self._fits[level]
        return estimated if fit.n == 0 else max(1, round(fit.at(estimated)))

    def learn(self, level: Level, estimated: int, counted: int) -> None:
        """A task of ``estimated`` tokens took ``counted``, prompt and answer.

        Raises:
            ValueError: a count is below one.
        """
        if estimated < 1 or counted < 1:
            raise ValueError(f"{counted} tokens for {estimated} estimated: both are at least 1")
        self._fits[level].add(estimated, counted)
