"""What was found stays mended, and a few examples of every target are tried anew.

They are the same in every run; `python -m tests.fuzz` looks for others.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz import server
from tests.fuzz.cases import as_json, from_json, kept
from tests.fuzz.target import Target, TooSlowError, within
from tests.fuzz.targets import TARGETS

EXAMPLES = 20
CASES = [case for case in kept() if case[0] != server.NAME]
REQUESTS = [case for case in kept() if case[0] == server.NAME]


@pytest.mark.parametrize(("target", "name", "value"), CASES, ids=[f"{t}-{n}" for t, n, _ in CASES])
def test_what_was_found_once_holds(target: str, name: str, value: Any) -> None:
    TARGETS[target].check(value)


def few_of(target: Target) -> None:
    """Try a few examples, the same each time."""
    settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )(given(target.strategy)(target.check))()


@pytest.mark.parametrize("name", TARGETS)
def test_it_holds_for_what_is_made_up(name: str) -> None:
    few_of(TARGETS[name])


def test_a_case_is_kept_as_it_is() -> None:
    value = ("text/plain", b"\xff\x00a", ("é", b""))
    assert from_json(as_json(value)) == value


def test_what_takes_too_long_is_broken_off() -> None:
    with pytest.raises(TooSlowError), within(0.05):
        sum(1 for _ in itertools.count())


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with server.running() as target:
        yield target


@pytest.mark.integration
class TestServer:
    @pytest.mark.parametrize(("_", "name", "value"), REQUESTS, ids=[n for _, n, _ in REQUESTS])
    def test_what_was_found_once_holds(self, target: Target, _: str, name: str, value: Any) -> None:
        target.check(value)

    def test_it_holds_for_requests_that_are_made_up(self, target: Target) -> None:
        few_of(target)
