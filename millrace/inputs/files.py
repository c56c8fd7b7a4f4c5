"""The files behind paths, folders and globs."""

import glob
from collections.abc import Iterable
from pathlib import Path

from millrace.inputs.found import InputError

LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
BOXES = (".mbox", ".mbox.gz")
SUFFIXES = (*LINES, ".json", ".txt", ".eml", *BOXES, ".html", ".htm")


def expand(paths: Iterable[str]) -> list[Path | None]:
    """Files behind paths, folders and globs, each once, in order; None stands for stdin.

    Raises:
        InputError: a path matches nothing, or a folder holds nothing that can be read.
    """
    files: dict[Path | None, None] = {}
    for path in paths:
        if path == "-":
            files[None] = None
            continue
        matches = [Path(path)] if Path(path).exists() else _globbed(path)
        if not matches:
            raise InputError(f"{path}: no such file, folder or glob")
        for match in matches:
            found = _readable(match) if match.is_dir() else [match]
            if not found:
                raise InputError(f"{match}: no file in it ends in {', '.join(SUFFIXES)}")
            files.update(dict.fromkeys(found))
    return list(files)


def _globbed(pattern: str) -> list[Path]:
    # Not Path.glob, which takes no absolute pattern.
    return [Path(match) for match in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207


def _readable(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and file.name.lower().endswith(SUFFIXES)
    )
