"""Calibration: of what is said to be 80 % sure, 80 % are right."""

from pathlib import Path

import pytest

from processors.errors import ModelFileError
from processors.learned.calibration import Calibration, as_json, calibration_of
from tests.processors.learned.folders import folder_with


def test_a_slope_of_one_leaves_a_probability_as_it_is() -> None:
    for probability in (0.1, 0.5, 0.93):
        assert Calibration(1.0, 0.0).of(probability) == pytest.approx(probability)


def test_a_flat_slope_makes_a_model_less_sure_and_keeps_the_order() -> None:
    flat = Calibration(0.4, 0.6)
    sure = [flat.of(probability) for probability in (0.0, 0.2, 0.6, 0.98, 1.0)]

    assert sure == sorted(sure)
    assert 0 < sure[0] < sure[-1] < 1
    assert flat.of(0.98) < 0.98


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    models = folder_with(tmp_path, {"events.calibration": as_json(Calibration(0.4, 0.6))})

    assert calibration_of("events", models) == Calibration(0.4, 0.6)


def test_without_its_file_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"has no events\.calibration"):
        calibration_of("events", folder_with(tmp_path, {"events.crf": b"model"}))
