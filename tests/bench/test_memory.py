"""When the memory of a process counts as flat, on samples that are made up."""

from io import StringIO
from pathlib import Path

import pytest

from bench.memory import Sample, SampleFile, at_moments, growth, read_samples, theil_sen
from bench.soak import report


def samples(*memory: float, process: str = "sink", pid: int = 7) -> list[Sample]:
    """One sample a minute, of as many minutes as there are values."""
    return [
        Sample(minute * 60.0, process, pid, mb, mb + 20, float(minute), minute * 100)
        for minute, mb in enumerate(memory)
    ]


def test_memory_that_stays_is_flat() -> None:
    steady = growth(samples(*[200.0] * 61))
    assert (steady.slope, steady.share, steady.is_flat) == (0.0, 0.0, True)


def test_filling_up_while_warming_is_no_growth() -> None:
    warming = growth(samples(*[20.0 * minute for minute in range(10)], *[200.0] * 51))
    assert (warming.warm, warming.slope) == (200.0, 0.0)


def test_a_leak_of_a_fifth_an_hour_is_found() -> None:
    leaking = growth(samples(*[200.0 + 40.0 * minute / 60 for minute in range(61)]))
    assert leaking.slope == pytest.approx(40.0)
    assert leaking.share == pytest.approx(40.0 / 208.0, rel=0.02)
    assert not leaking.is_flat


def test_a_leak_beneath_a_saw_tooth_is_found() -> None:
    saw = [200.0 + minute + 30.0 * (minute % 5) / 4 for minute in range(61)]
    assert growth(samples(*saw)).slope == pytest.approx(60.0, rel=0.15)


def test_a_single_peak_is_told_and_moves_no_slope() -> None:
    memory = [200.0] * 61
    memory[45] = 900.0
    peaked = growth(samples(*memory))
    assert (peaked.peak, peaked.peak_rss, peaked.slope) == (900.0, 920.0, 0.0)


def test_another_pid_is_a_restart() -> None:
    before, after = samples(*[200.0] * 61), samples(*[200.0] * 61, pid=8)
    assert growth(before[:30] + after[30:]).restarts == 1
    told = {one.name: one.value for one in report(before[:30] + after[30:])}
    assert told["soak_restarts"] == 1


def test_the_report_has_a_figure_for_each_process() -> None:
    leaking = [100.0 + minute for minute in range(61)]
    measures = {
        one.name: one
        for one in report([*samples(*[100.0] * 61, process="kafka"), *samples(*leaking)])
    }
    assert measures["soak_kafka"].reached
    assert measures["soak_sink"].reached is False
    assert "100, 110, 120, 130, 140, 150, 160" in measures["soak_sink"].note
    assert "Java" not in measures["soak_kafka"].note
    assert measures["soak_rate"].value == pytest.approx(100 / 60)


def test_moments_are_told_by_the_nearest_sample() -> None:
    assert at_moments(samples(*range(61)), steps=3) == [0, 20, 40, 60]


def test_a_slope_needs_two_moments() -> None:
    with pytest.raises(ValueError, match="two points"):
        theil_sen([(1.0, 2.0), (1.0, 3.0)])


def test_samples_are_read_back_also_where_the_last_line_is_cut_off(tmp_path: Path) -> None:
    file = StringIO(newline="")
    SampleFile(file).write(samples(1.5, 2.5))
    whole = file.getvalue()
    (tmp_path / "whole.csv").write_text(whole, newline="")
    (tmp_path / "cut.csv").write_text(whole[: whole.rindex("sink")], newline="")
    assert read_samples(tmp_path / "whole.csv") == samples(1.5, 2.5)
    assert read_samples(tmp_path / "cut.csv") == samples(1.5)
