"""What a task will weigh, learnt from what tasks have weighed."""

import pytest

from streams.inference.admission.calibration import TokenCalibration


def test_before_anything_is_known_the_estimate_counts() -> None:
    assert TokenCalibration().weigh("summary", 800) == 800


def test_tasks_of_one_size_teach_a_ratio() -> None:
    calibration = TokenCalibration()
    for _ in range(20):
        calibration.learn("summary", 1_000, 1_500)
    assert calibration.weigh("summary", 1_000) == 1_500
    assert calibration.weigh("summary", 100) == 150


def test_tasks_of_several_sizes_teach_the_fixed_part_and_the_slope() -> None:
    calibration = TokenCalibration()
    for estimated in (100, 400, 900, 1_600, 2_500):
        calibration.learn("summary", estimated, 450 + 2 * estimated)
    assert calibration.weigh("summary", 1_000) == pytest.approx(2_450, rel=0.01)
    assert calibration.weigh("summary", 50) == pytest.approx(550, rel=0.01)


def test_levels_are_learnt_apart() -> None:
    calibration = TokenCalibration()
    calibration.learn("detail", 100, 300)
    assert calibration.weigh("detail", 100) == 300
    assert calibration.weigh("summary", 100) == 100


def test_another_language_is_learnt_within_a_few_hundred_tasks() -> None:
    calibration = TokenCalibration()
    for _ in range(1_000):
        calibration.learn("summary", 1_000, 1_000)
    for _ in range(300):
        calibration.learn("summary", 1_000, 2_000)
    assert calibration.weigh("summary", 1_000) == pytest.approx(2_000, rel=0.06)


def test_a_weight_is_at_least_one_token() -> None:
    calibration = TokenCalibration()
    for estimated in (1_000, 2_000):
        calibration.learn("summary", estimated, estimated - 900)
    assert calibration.weigh("summary", 1) == 1


def test_a_count_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="0 tokens for 10 estimated"):
        TokenCalibration().learn("summary", 10, 0)
