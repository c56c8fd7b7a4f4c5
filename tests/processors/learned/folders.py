"""Folders of models for tests."""

from hashlib import sha256
from pathlib import Path

from processors.learned.models import ModelFile, ModelFiles
from training.writing import write_manifest


def folder_with(folder: Path, files: dict[str, bytes]) -> ModelFiles:
    """A folder with these files, and a manifest that says so."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    listed = {
        name: ModelFile(
            task=name.partition(".")[0], sha256=sha256(content).hexdigest(), bytes=len(content)
        )
        for name, content in files.items()
    }
    write_manifest(folder, listed)
    return ModelFiles(folder)
