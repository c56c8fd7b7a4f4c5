"""The calibration that fits how often a model was right."""

from training.calibration import fitted_calibration


def test_what_is_too_sure_becomes_as_sure_as_it_is_right() -> None:
    judged = [(0.95, number % 10 < 7) for number in range(100)]
    judged += [(0.6, number % 10 < 4) for number in range(100)]

    fitted = fitted_calibration(judged)

    assert abs(fitted.of(0.95) - 0.7) < 0.02
    assert abs(fitted.of(0.6) - 0.4) < 0.02
