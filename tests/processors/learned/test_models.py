"""Bundled models: whole or refused, in one line that names the file and the way out."""

from pathlib import Path

import pytest

from processors.errors import ModelFileError
from processors.learned.models import ModelFiles, english_models
from tests.processors.learned.folders import folder_with


def test_a_file_is_what_its_manifest_says(tmp_path: Path) -> None:
    models = folder_with(tmp_path, {"entities.crf": b"model", "entities.words": b"{}"})

    assert models.load("entities") == b"model"
    assert models.load("entities", "words") == b"{}"


@pytest.mark.parametrize("content", [b"", b"mode", b"modem", b"model of more"])
def test_a_damaged_file_is_named_with_the_command_that_makes_it_anew(
    tmp_path: Path, content: bytes
) -> None:
    models = folder_with(tmp_path, {"entities.crf": b"model"})
    (tmp_path / "entities.crf").write_bytes(content)

    with pytest.raises(ModelFileError) as raised:
        models.load("entities")

    assert str(raised.value) == (
        f"{tmp_path / 'entities.crf'} is damaged: run `millrace train` to make it anew"
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    models = folder_with(tmp_path, {"entities.crf": b"model"})
    (tmp_path / "entities.crf").unlink()

    with pytest.raises(ModelFileError, match=r"entities\.crf is missing: run `millrace train`"):
        models.load("entities")


def test_all_files_are_looked_at_at_once(tmp_path: Path) -> None:
    models = folder_with(tmp_path, {"entities.crf": b"model", "entities.words": b"{}"})
    models.verify()
    (tmp_path / "entities.words").write_bytes(b"[]")

    with pytest.raises(ModelFileError, match=r"entities\.words is damaged"):
        models.verify()


def test_a_task_without_a_model_is_named(tmp_path: Path) -> None:
    models = folder_with(tmp_path, {"entities.crf": b"model"})

    with pytest.raises(ModelFileError, match=r"manifest\.json has no triggers\.crf"):
        models.load("triggers")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (None, "is missing"),
        ("", "is damaged"),
        ("{}", "is damaged"),
        ("[1]", "is damaged"),
        (
            '{"schema_version": 9, "name": "english", "version": "1", "files": {}}',
            "has schema_version 9, where 1 is read",
        ),
    ],
)
def test_a_manifest_that_cannot_be_read_is_named(
    tmp_path: Path, manifest: str | None, message: str
) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest, "utf-8")

    with pytest.raises(ModelFileError, match=rf"manifest\.json {message}: run `millrace train`"):
        ModelFiles(tmp_path).load("entities")


def test_other_files_are_another_identity(tmp_path: Path) -> None:
    one = folder_with(tmp_path / "one", {"a.crf": b"1", "b.crf": b"2"}).identity()
    same = folder_with(tmp_path / "same", {"b.crf": b"2", "a.crf": b"1"}).identity()
    other = folder_with(tmp_path / "other", {"a.crf": b"1", "b.crf": b"3"}).identity()

    assert one == same
    assert one != other


def test_the_models_that_come_with_millrace_are_whole_and_small() -> None:
    models = english_models()
    files = models.manifest().files

    for name in files:
        assert models.load(*name.split("."))
    assert sum(file.bytes for file in files.values()) < 10_000_000
    assert (models.folder / "CARD.md").read_text("utf-8").count(models.manifest().version) == 1
