"""Writes models: their files, the manifest that says what each is, and the card."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from processors.errors import ModelFileError
from processors.learned.models import (
    MANIFEST,
    SCHEMA_VERSION,
    Manifest,
    ModelFile,
    ModelFiles,
    version_of,
)
from training import card
from training.tasks import TASKS

_NAME = "english"


def make(tasks: Sequence[str], out: Path, folder: Path | None, seed: int) -> Iterator[str]:
    """Make the models of some tasks; those of others stay as they are.

    Args:
        tasks: among ``TASKS``.
        out: the folder of the models; it is made where it is not there.
        folder: of the corpora.
        seed: of what is drawn by chance.

    Yields:
        A line for each file that was written.

    Raises:
        CorpusAbsentError: a corpus is not there.
        CorpusError: a line of one is malformed.
    """
    out.mkdir(parents=True, exist_ok=True)
    for task in tasks:
        made = TASKS[task].make(folder, seed)
        files = {name: one for name, one in _kept(out).items() if one.task != task}
        for suffix, content in sorted(made.items()):
            name = f"{task}.{suffix}"
            (out / name).write_bytes(content)
            digest = sha256(content).hexdigest()
            files[name] = ModelFile(task=task, sha256=digest, bytes=len(content))
            yield f"{out / name}: {len(content):,} bytes"
        write_manifest(out, files)
    manifest = ModelFiles(out).manifest()
    held = {one.task for one in manifest.files.values()}
    sections = [
        replace(task.section, scores=task.scores(out, folder))
        for name, task in TASKS.items()
        if name in held
    ]
    (out / card.FILE).write_text(card.card(manifest, seed, sections), "utf-8")
    yield f"{out / card.FILE}: version {manifest.version}"


def write_manifest(out: Path, files: dict[str, ModelFile]) -> None:
    """Write the manifest of a folder whose files are these."""
    manifest = Manifest(
        schema_version=SCHEMA_VERSION, name=_NAME, version=version_of(files), files=files
    )
    content = json.dumps(manifest.model_dump(), indent=2, sort_keys=True) + "\n"
    (out / MANIFEST).write_text(content, "utf-8")


def _kept(out: Path) -> dict[str, ModelFile]:
    """The files of models that were made before; none where their manifest is of no use."""
    try:
        return ModelFiles(out).manifest().files
    except ModelFileError:
        return {}
