"""Fits how often a model is right to how sure it is."""

from collections.abc import Iterable

import numpy as np
from sklearn.linear_model import LogisticRegression

from processors.learned.calibration import Calibration, log_odds

# No regularisation to speak of: there are two numbers to fit.
_WEAK = 1e6


def fitted_calibration(judged: Iterable[tuple[float, bool]]) -> Calibration:
    """The logistic function that fits pairs of (probability, whether it was right) best.

    Args:
        judged: of documents that the model did not learn from; both right and wrong ones.
    """
    pairs = list(judged)
    odds = np.array([[log_odds(probability)] for probability, _ in pairs])
    model = LogisticRegression(C=_WEAK).fit(odds, [right for _, right in pairs])
    return Calibration(round(float(model.coef_[0][0]), 4), round(float(model.intercept_[0]), 4))
