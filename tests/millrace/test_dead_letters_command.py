"""`millrace dead-letters`: what is refused before anything is asked of a server."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import Ended, elsewhere, millrace_in_process

Run = Callable[..., Ended]


@pytest.fixture
def dead_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command in this process, where nothing runs that it could reach."""

    def run(*arguments: str) -> Ended:
        for name, value in elsewhere(tmp_path).items():
            monkeypatch.setenv(name, value)
        return millrace_in_process(monkeypatch, capsys, "dead-letters", *arguments)

    return run


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("drop",), "say which letters, by a filter, or --all: one of the two"),
        (("drop", "--all", "--kind", "empty"), "or --all: one of the two"),
        (("list", "--from", "yesterday"), "--from 'yesterday': should be a time (2024-03-03T09:3"),
        (("stats", "--to", "0:12"), "--to '0:12': should be a time"),
        (("redrive", "--from", "77"), "--from '77': should be a time"),
        (("redrive", "--rate", "0"), "'--rate'"),
        (("list", "--limit", "0"), "'--limit'"),
        (("show",), "Missing argument 'LETTER_ID'"),
        (("export", "--kind", "empty"), "Missing argument 'FILE'"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    dead_letters: Run, arguments: tuple[str, ...], line: str
) -> None:
    ended = dead_letters(*arguments)

    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert line in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--from", "12h", "--to", "2024-03-03"),
        ("show", "x"),
        ("stats",),
        ("redrive", "--dry-run"),
        ("export", "-"),
        ("drop", "--all", "--yes"),
    ],
)
def test_without_a_server_it_is_said_how_to_start_one(
    dead_letters: Run, arguments: tuple[str, ...]
) -> None:
    ended = dead_letters(*arguments)

    assert (ended.status, ended.err.count("\n")) == (3, 1)
    assert "ClickHouse does not answer" in ended.err


@pytest.mark.parametrize("command", ["list", "stats", "redrive", "export", "drop"])
def test_all_that_take_more_than_one_letter_have_the_same_filters(
    dead_letters: Run, command: str
) -> None:
    out = dead_letters(command, "--help").out

    for option in ("stage", "kind", "run", "document", "topic", "from", "to", "contains"):
        assert f"--{option} " in out
