"""From how sure a model is to how often it is right.

Platt scaling: a logistic function of the log odds, fitted on documents that the model did not learn
from (Platt 1999; Guo and others 2017).
"""

import math
from functools import cache
from typing import NamedTuple

from pydantic import TypeAdapter

from processors.learned.models import ModelFiles, english_models

CALIBRATION = "calibration"
# Where log odds end: a model is never as sure as that.
_EDGE = 1e-4


class Calibration(NamedTuple):
    """The slope and the intercept of a task's logistic function."""

    slope: float
    intercept: float

    def of(self, probability: float) -> float:
        """How often what a model gives this probability is right, 0 to 1; monotonic."""
        return probability_at(self.slope * log_odds(probability) + self.intercept)


_CALIBRATION = TypeAdapter(Calibration)


def log_odds(probability: float) -> float:
    """Of a probability from 0 to 1; finite at both ends."""
    inside = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def probability_at(odds: float) -> float:
    """The probability with these log odds: the logistic function."""
    return 1 / (1 + math.exp(-odds))


def as_json(calibration: Calibration) -> bytes:
    """As ``calibration_of`` reads it."""
    return _CALIBRATION.dump_json(calibration) + b"\n"


@cache
def calibration_of(task: str, models: ModelFiles | None = None) -> Calibration:
    """That of a task's model, those that come with millrace by default; read once.

    Raises:
        ModelFileError: the file is missing or damaged.
    """
    return _CALIBRATION.validate_json((models or english_models()).load(task, CALIBRATION))
