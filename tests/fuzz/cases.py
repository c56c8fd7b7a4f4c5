"""What was found once, kept as files that are always tried: ``cases/<target>/<name>.json``.

Text is a JSON string, bytes are ``{"bytes": "..."}`` with a character for each byte, a tuple is a
list.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "cases"


def kept() -> Iterator[tuple[str, str, Any]]:
    """Target, name and value of every case."""
    for file in sorted(FOLDER.glob("*/*.json")):
        yield file.parent.name, file.stem, from_json(json.loads(file.read_text("utf-8")))


def as_json(value: Any) -> Any:
    """A value as it is kept."""
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    return [as_json(one) for one in value] if isinstance(value, tuple) else value


def from_json(content: Any) -> Any:
    """The value that ``as_json`` wrote."""
    if isinstance(content, dict):
        return content["bytes"].encode("latin-1")
    return tuple(from_json(one) for one in content) if isinstance(content, list) else content
