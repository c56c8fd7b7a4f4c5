"""What follows a failure, as a table."""

from typing import get_args

import pytest

from schemas.completion import FailureKind
from streams.inference.cascade import CASCADE, Step, next_step

AGAIN, REPAIR, SPLIT = Step.AGAIN, Step.REPAIR, Step.SPLIT
NEXT_TIER, LAST_RESORT = Step.NEXT_TIER, Step.LAST_RESORT


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_every_kind_of_failure_has_steps_that_end_with_the_last_resort(kind: FailureKind) -> None:
    assert CASCADE[kind][-1] is LAST_RESORT


@pytest.mark.parametrize("kind", get_args(FailureKind))
def test_no_step_is_named_twice(kind: FailureKind) -> None:
    assert len(set(CASCADE[kind])) == len(CASCADE[kind])


@pytest.mark.parametrize(
    ("kind", "possible", "taken", "step"),
    [
        ("timeout", {AGAIN}, [], AGAIN),
        ("timeout", {AGAIN}, [AGAIN], None),
        ("timeout", set(), [], None),
        ("timeout", {REPAIR}, [], None),
        ("timeout", set(Step), [AGAIN], NEXT_TIER),
        ("timeout", set(Step), [AGAIN, NEXT_TIER], LAST_RESORT),
        ("engine_error", {AGAIN}, [REPAIR], AGAIN),
        ("invalid_output", {REPAIR}, [], REPAIR),
        ("invalid_output", {REPAIR}, [AGAIN], REPAIR),
        ("invalid_output", {REPAIR}, [REPAIR], None),
        ("invalid_output", {AGAIN}, [], None),
        ("context_overflow", set(Step), [], SPLIT),
        ("context_overflow", set(Step), [SPLIT], NEXT_TIER),
        ("refusal", set(Step), [], LAST_RESORT),
        ("refusal", set(Step) - {LAST_RESORT}, [], None),
        ("unserved", set(Step), [], NEXT_TIER),
    ],
)
def test_the_next_step_is_the_first_that_is_possible_and_was_not_taken(
    kind: FailureKind, possible: set[Step], taken: list[Step], step: Step | None
) -> None:
    assert next_step(kind, possible, taken, CASCADE) is step


def test_asking_for_the_next_step_changes_nothing() -> None:
    possible, taken = {AGAIN}, [REPAIR]

    steps = [next_step("timeout", possible, taken, CASCADE) for _ in range(2)]

    assert steps == [AGAIN, AGAIN]
    assert (possible, taken) == ({AGAIN}, [REPAIR])


def test_another_cascade_is_another_value() -> None:
    hasty = {**CASCADE, "timeout": (LAST_RESORT,)}

    assert next_step("timeout", set(Step), [], hasty) is LAST_RESORT
    assert next_step("timeout", set(Step), [], CASCADE) is AGAIN
