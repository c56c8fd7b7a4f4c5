"""The checkpoint of a replay: found again, finished once, held by one process."""

from pathlib import Path

import pytest
from aiokafka import TopicPartition

from schemas.errors import UnavailableError
from streams.replay.checkpoint import CheckpointError, Checkpoints, CopyProgress, Plan
from streams.replay.copying import is_within, remaining
from tests.flow import RUN

PLAN = Plan(
    topic="extraction.detail",
    run=RUN,
    base_run_id="live",
    max_lag=50,
    offsets={0: ((3, 6), (9, 10)), 2: ((0, 2),)},
    records=6,
    left_out={"unreadable": 1},
)
FINISHED = CopyProgress(next_offsets={0: 10, 2: 2}, copied=6, finished=True)


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path)


def begin(checkpoints: Checkpoints, generation: int = 100) -> int:
    with checkpoints.begun(PLAN, generation) as plan:
        return plan.generation


def test_a_plan_is_found_again_as_it_was(checkpoints: Checkpoints) -> None:
    with checkpoints.begun(PLAN, 100) as begun:
        half = CopyProgress(next_offsets={0: 5}, copied=2)
        checkpoints.note(begun.generation, half)

    with checkpoints.unfinished() as found:
        assert found == begun == PLAN.model_copy(update={"generation": 100})
        assert checkpoints.progress(100) == half


def test_a_generation_is_above_those_before(checkpoints: Checkpoints) -> None:
    assert [begin(checkpoints), begin(checkpoints), begin(checkpoints, 50)] == [100, 101, 102]
    assert begin(checkpoints, 200) == 200


def test_two_replays_at_once_have_generations_of_their_own(checkpoints: Checkpoints) -> None:
    with checkpoints.begun(PLAN, 100) as first, checkpoints.begun(PLAN, 100) as second:
        assert (first.generation, second.generation) == (100, 101)


def test_the_newest_unfinished_one_goes_on(checkpoints: Checkpoints) -> None:
    for generation in (100, 200, 300):
        begin(checkpoints, generation)
    checkpoints.note(300, FINISHED)

    with checkpoints.unfinished() as found:
        assert found.generation == 200


def test_one_that_a_process_is_at_is_left_alone(checkpoints: Checkpoints) -> None:
    with checkpoints.begun(PLAN, 100):
        with pytest.raises(CheckpointError, match="another process"), checkpoints.unfinished():
            pass
        begin(checkpoints, 50)
        with checkpoints.unfinished() as found:
            assert found.generation == 101


def test_without_an_unfinished_one_there_is_nothing_to_resume(checkpoints: Checkpoints) -> None:
    with pytest.raises(CheckpointError, match="nothing to resume"), checkpoints.unfinished():
        pass
    checkpoints.note(begin(checkpoints), FINISHED)
    with pytest.raises(CheckpointError, match="nothing to resume"), checkpoints.unfinished():
        pass


def test_of_finished_ones_the_last_20_are_kept(checkpoints: Checkpoints) -> None:
    unfinished = begin(checkpoints, 1)
    for generation in range(100, 125):
        checkpoints.note(begin(checkpoints, generation), FINISHED)

    assert checkpoints.generations() == [unfinished, *range(105, 125)]
    assert len(list(checkpoints.folder.iterdir())) == 2 + 20 * 3


def test_a_file_that_is_no_checkpoint_is_named(checkpoints: Checkpoints) -> None:
    generation = begin(checkpoints)
    (checkpoints.folder / f"{generation}.json").write_text('{"topic": 1}')

    with pytest.raises(CheckpointError, match=r"100.json: not a valid checkpoint"):
        checkpoints.plan(generation)


def begins(*offsets: int) -> dict[TopicPartition, int]:
    return {TopicPartition(PLAN.topic, number): at for number, at in enumerate(offsets)}


def test_what_is_copied_already_is_not_copied_again() -> None:
    half = CopyProgress(next_offsets={0: 5, 2: 2}, copied=4)

    assert remaining(PLAN, CopyProgress(), begins(0, 0, 0)) == (
        {0: [(3, 6), (9, 10)], 2: [(0, 2)]}, 0,
    )  # fmt: skip
    assert remaining(PLAN, half, begins(0, 0, 0)) == ({0: [(5, 6), (9, 10)]}, 0)


def test_what_retention_took_meanwhile_is_counted() -> None:
    half = CopyProgress(next_offsets={0: 4}, copied=1)

    assert remaining(PLAN, half, begins(7, 0, 1)) == ({0: [(9, 10)], 2: [(1, 2)]}, 3)


def test_a_partition_that_is_gone_is_an_error() -> None:
    with pytest.raises(UnavailableError, match="no partition 2"):
        remaining(PLAN, CopyProgress(), begins(0, 0))


@pytest.mark.parametrize(("offset", "within"), [(2, False), (3, True), (5, True), (6, False),
                                                 (8, False), (9, True), (10, False)])  # fmt: skip
def test_an_offset_within_the_ranges(offset: int, within: bool) -> None:
    assert is_within(PLAN.offsets[0], offset) is within
