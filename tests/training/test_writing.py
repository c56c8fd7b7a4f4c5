"""Models are written with a manifest that fits them and a card that says what they are."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.splits import Part
from processors.learned.models import ModelFiles
from training import tasks, writing
from training.card import Section
from training.tasks import Task
from training.writing import make

_PARTS = (Part("wikigold", ("train", "dev")),)


def _task(name: str, content: bytes) -> Task:
    def made(_folder: Path | None, seed: int) -> Mapping[str, bytes]:
        return {"crf": content + bytes([seed])}

    section = Section(name, _PARTS, f"Does {name}.", {"c1": 0.1})
    return Task(made, section, lambda _models, _folder: ["F1 50.0%."])


@pytest.fixture(autouse=True)
def two_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"entities": _task("entities", b"names"), "triggers": _task("triggers", b"events")}
    monkeypatch.setattr(writing, "TASKS", known)
    monkeypatch.setattr(tasks, "TASKS", known)


def test_what_was_written_is_loaded(tmp_path: Path) -> None:
    lines = list(make(("entities", "triggers"), tmp_path, None, 7))

    assert ModelFiles(tmp_path).load("entities") == b"names\x07"
    assert ModelFiles(tmp_path).load("triggers") == b"events\x07"
    assert lines[0] == f"{tmp_path / 'entities.crf'}: 6 bytes"


def test_models_of_other_tasks_stay(tmp_path: Path) -> None:
    list(make(("entities", "triggers"), tmp_path, None, 1))
    before = ModelFiles(tmp_path).identity()
    list(make(("triggers",), tmp_path, None, 2))

    assert ModelFiles(tmp_path).load("entities") == b"names\x01"
    assert ModelFiles(tmp_path).load("triggers") == b"events\x02"
    assert ModelFiles(tmp_path).identity() != before


def test_the_same_models_have_the_same_card_and_manifest(tmp_path: Path) -> None:
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        list(make(("entities", "triggers"), folder, None, 3))

    for name in ("CARD.md", "manifest.json"):
        assert len({(folder / name).read_bytes() for folder in folders}) == 1


def test_the_card_says_where_from_under_which_licence_and_how_good(tmp_path: Path) -> None:
    list(make(("entities",), tmp_path, None, 5))

    card = (tmp_path / "CARD.md").read_text("utf-8")
    assert ModelFiles(tmp_path).manifest().version in card
    assert "Seed 5;" in card
    assert "Parameters: c1 0.1." in card
    assert "| wikigold | train, dev | CC BY 4.0 | wikigold, in juand-r/" in card
    assert "F1 50.0%." in card
    assert "triggers" not in card
