"""``train``: models made anew in one command."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import Ended, millrace_in_process

Run = Callable[..., Ended]


@pytest.fixture
def train(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """The command in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MILLRACE_DATA", "data")

    def run(*arguments: str) -> Ended:
        return millrace_in_process(monkeypatch, capsys, "train", *arguments)

    return run


def test_an_unknown_task_is_named_with_those_that_there_are(train: Run) -> None:
    ended = train("enttities")

    assert ended.status == 2
    assert "no task 'enttities': there are entities, triggers" in ended.err


def test_without_the_corpora_it_says_how_to_name_their_folder(train: Run) -> None:
    ended = train()

    assert ended.status == 2
    assert "no corpora at data" in ended.err
    assert "MILLRACE_DATA" in ended.err


def test_a_corpus_that_is_not_there_is_named(train: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()

    ended = train("triggers", "--out", "models")

    assert ended.status == 1
    assert "eventstoryline" in ended.err
    assert "Traceback" not in ended.err


def test_without_its_libraries_it_says_what_installs_them(
    train: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "training"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)

    ended = train()

    assert ended.status == 2
    assert "training needs sklearn" in ended.err
    assert "pip install 'millrace[train]'" in ended.err
