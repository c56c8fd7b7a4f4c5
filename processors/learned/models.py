"""The bundled models: where they lie, whether they are whole, and which ones they are.

A folder holds files that ``millrace train`` wrote, and a manifest that says what each should be.
A file is read at first use, once in a process, and never without a look at its digest: a library
that is given a damaged model may end the process.
"""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from processors.errors import ModelFileError

MANIFEST = "manifest.json"
SCHEMA_VERSION = 1
_ENGLISH = Path(__file__).parent / "english"
_WAY_OUT = "run `millrace train` to make it anew"
_VERSION_CHARACTERS = 12


class ModelFile(BaseModel):
    """What the manifest says of a file: the task that it serves, its digest and size in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    sha256: str
    bytes: int


class Manifest(BaseModel):
    """What lies in a folder of models; ``version`` follows from the digests of its files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int
    name: str
    version: str
    files: dict[str, ModelFile]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The models in one folder."""

    folder: Path

    def manifest(self) -> Manifest:
        """What should be there.

        Raises:
            ModelFileError: the manifest is missing, damaged, or of another schema.
        """
        path = self.folder / MANIFEST
        try:
            manifest = Manifest.model_validate_json(path.read_bytes())
        except OSError:
            raise ModelFileError(f"{path} is missing: {_WAY_OUT}") from None
        except ValidationError:
            raise ModelFileError(f"{path} is damaged: {_WAY_OUT}") from None
        if manifest.schema_version != SCHEMA_VERSION:
            raise ModelFileError(
                f"{path} has schema_version {manifest.schema_version}, where {SCHEMA_VERSION} is "
                f"read: {_WAY_OUT}"
            )
        return manifest

    def load(self, task: str, suffix: str = "crf") -> bytes:
        """The content of ``TASK.SUFFIX``, which is what its manifest says.

        Raises:
            ModelFileError: the manifest or the file is missing or damaged.
        """
        name = f"{task}.{suffix}"
        path = self.folder / name
        expected = self.manifest().files.get(name)
        if expected is None:
            raise ModelFileError(f"{self.folder / MANIFEST} has no {name}: {_WAY_OUT}")
        try:
            content = path.read_bytes()
        except OSError:
            raise ModelFileError(f"{path} is missing: {_WAY_OUT}") from None
        if len(content) != expected.bytes or sha256(content).hexdigest() != expected.sha256:
            raise ModelFileError(f"{path} is damaged: {_WAY_OUT}")
        return content

    def verify(self) -> None:
        """Look at every file once, before a document depends on it.

        Raises:
            ModelFileError: the manifest or a file is missing or damaged.
        """
        for name in self.manifest().files:
            task, _, suffix = name.rpartition(".")
            self.load(task, suffix)

    def identity(self) -> str:
        """The name and version of these models: what else they would answer, it differs.

        Raises:
            ModelFileError: the manifest is missing or damaged.
        """
        manifest = self.manifest()
        return f"{manifest.name}-{manifest.version}"


@cache
def english_models() -> ModelFiles:
    """The models for English that come with millrace."""
    return ModelFiles(_ENGLISH)


def version_of(files: dict[str, ModelFile]) -> str:
    """A short version of these files: the same for the same contents, whatever their order."""
    listed = sorted((name, file.sha256) for name, file in files.items())
    return sha256(json.dumps(listed).encode()).hexdigest()[:_VERSION_CHARACTERS]
