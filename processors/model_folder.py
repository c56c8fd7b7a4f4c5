"""Which model lies in a folder: a hash that changes with weights, tokenizer or configuration."""

import hashlib
from pathlib import Path

_WHOLE_BYTES = 32 * 1024 * 1024
_SAMPLES = 64
_SAMPLE_BYTES = 64 * 1024


def folder_revision(folder: Path) -> str:
    """16 hex digits over names, sizes and contents, in a second or less whatever the size.

    Files up to 32 MiB are read whole. Of larger ones, which are weights, 64 samples of 64 KiB are:
    training changes nearly every weight. Hidden files (of a version control) do not count.
    """
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder)
        if any(part.startswith(".") for part in name.parts):
            continue
        size = file.stat().st_size
        digest.update(f"{name.as_posix()}\0{size}\0".encode())
        with file.open("rb") as content:
            if size <= _WHOLE_BYTES:
                digest.update(content.read())
                continue
            for sample in range(_SAMPLES):
                content.seek((size - _SAMPLE_BYTES) * sample // (_SAMPLES - 1))
                digest.update(content.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:16]
