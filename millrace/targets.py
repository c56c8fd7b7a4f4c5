"""Where the processes of stages serve their metrics, in files that Prometheus reads by itself."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """A process: the stages that it runs, and ``host:port`` of its metrics."""

    process: str
    address: str


def folder(home: Path) -> Path:
    """The folder for ``file_sd_configs`` of Prometheus."""
    return home / "run" / "metrics"


def process_name(stages: Sequence[str]) -> str:
    """What a process is called that runs these stages."""
    return stages[0] if len(stages) == 1 else "stages"


@contextmanager
def announced(home: Path, instance: str, stages: Sequence[str], address: str) -> Iterator[None]:
    """Name this process and its address in a file, as long as the context."""
    name = process_name(stages)
    content = [{"targets": [address], "labels": {"process": name}}]
    file = folder(home) / f"{instance}-{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    # Prometheus reads at any moment: it must not see half a file.
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(content) + "\n")
    draft.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def targets(home: Path) -> list[Target]:
    """The processes that have announced themselves; one that was killed may be among them."""
    found = []
    for file in sorted(folder(home).glob("*.json")):
        try:
            content = json.loads(file.read_text())
        except FileNotFoundError:  # it ended at this moment
            continue
        found += [
            Target(one["labels"]["process"], address)
            for one in content
            for address in one["targets"]
        ]
    return found
