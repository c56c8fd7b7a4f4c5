"""Kafka's data folder: formatted once, never half."""

import base64
import re
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from infra.local.errors import StorageError

_PARTITION_FOLDER = re.compile(r".+-\d+")
_METADATA_FOLDER = "__cluster_metadata-0"


def ensure_formatted(kafka: Path, format_folder: Callable[[str, Path], None]) -> None:
    """See that `kafka/data` is a formatted folder.

    `format_folder(cluster_id, folder)` formats an empty folder. It works on a draft that becomes
    `data` in one step, so a crash in between leaves nothing half done. A `data` folder that is
    damaged all the same is formatted anew if it holds no topic; StorageError if it does.
    """
    data, draft = kafka / "data", kafka / "data.new"
    if _is_formatted(data):
        return
    topics = sorted(path.name for path in _partitions(data))
    if topics:
        raise StorageError(
            f"{data} has topics ({', '.join(topics[:3])}…) but no valid meta.properties, so Kafka "
            f"cannot open it: put that file back, or delete {data} to start with empty topics"
        )
    shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    format_folder(new_cluster_id(), draft)
    draft.replace(data)


def new_cluster_id() -> str:
    """A random cluster id in Kafka's form: 16 bytes in 22 characters, not led by a dash."""
    while True:
        name = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not name.startswith("-"):
            return name


def _is_formatted(data: Path) -> bool:
    try:
        text = (data / "meta.properties").read_text()
    except OSError:
        return False
    keys = {line.partition("=")[0].strip() for line in text.splitlines() if "=" in line}
    has_metadata = (data / "bootstrap.checkpoint").exists() or (data / _METADATA_FOLDER).exists()
    return {"cluster.id", "node.id", "version"} <= keys and has_metadata


def _partitions(data: Path) -> list[Path]:
    if not data.is_dir():
        return []
    return [
        path
        for path in data.iterdir()
        if path.is_dir()
        and path.name != _METADATA_FOLDER
        and _PARTITION_FOLDER.fullmatch(path.name)
    ]
