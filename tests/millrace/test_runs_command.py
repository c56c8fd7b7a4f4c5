"""`millrace runs`: what is refused before anything is asked of a server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import Ended, elsewhere, millrace_in_process

Run = Callable[..., Ended]


@pytest.fixture
def runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command in this process, where nothing runs that it could reach."""

    def run(*arguments: str) -> Ended:
        for name, value in elsewhere(tmp_path).items():
            monkeypatch.setenv(name, value)
        return millrace_in_process(monkeypatch, capsys, "runs", *arguments)

    return run


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("create", "A b"), "not a name of a run: 'A b': use up to 63 of a-z, 0-9, '.', '_' and"),
        (("show", "../x"), "not a name of a run: '../x'"),
        (("promote", "x'"), "not a name of a run"),
        (("drop", "x;", "--yes"), "not a name of a run: 'x;'"),
        (("create", "live"), "live is the run of the settings: give the new one another name"),
        (("create", "b", "--tier", "detail=huge"), "no tier 'huge' is deployed; there are standa"),
        (("create", "b", "--tier", "detail"), "should be LEVEL=TIER with LEVEL one of summary"),
        (("create", "b", "--engine", "vllm"), "--engine vllm: no tier has it; deployed are stand"),
        (("create",), "Missing argument 'NAME'"),
        (("promote",), "say either the NAME of a run or --back"),
        (("promote", "b", "--back"), "say either the NAME of a run or --back"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    runs: Run, arguments: tuple[str, ...], line: str
) -> None:
    ended = runs(*arguments)

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert line in ended.err


def test_a_file_that_changes_no_profile_is_one_line(runs: Run, tmp_path: Path) -> None:
    ended = runs("create", "b", "--profile-override", str(tmp_path / "nowhere.toml"))

    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "nowhere.toml: cannot be read: No such file or directory" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("create", "b"), ("show", "b"), ("promote", "b"), ("drop", "b", "--yes")],
)
def test_without_a_server_it_is_said_how_to_start_one(
    runs: Run, arguments: tuple[str, ...]
) -> None:
    ended = runs(*arguments)

    assert (ended.status, ended.err.count("\n")) == (3, 1)
    assert "ClickHouse does not answer" in ended.err
