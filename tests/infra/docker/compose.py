"""`docker-compose.yml` as Compose reads it: merged, its variables filled in."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "docker-compose.yml"
SECRETS = {
    "CLICKHOUSE_PASSWORD": "one secret",
    "CLICKHOUSE_READER_PASSWORD": "another secret",
    "GRAFANA_ADMIN_PASSWORD": "a third secret",
}

# ${NAME}, ${NAME:-default}, ${NAME:?message}; nothing else of the kind is used.
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<form>[-?])(?P<text>[^}]*))?\}")


def read_yaml(path: Path) -> Any:
    """A YAML file with its anchors and merges resolved."""
    return YAML(typ="safe").load(path)


def compose(environment: Mapping[str, str] = SECRETS) -> dict[str, Any]:
    """The file with its variables filled in from `environment`.

    Raises KeyError, with the file's own message, for a required variable without a value.
    """
    filled = _filled(read_yaml(FILE), environment)
    assert isinstance(filled, dict)
    return filled


def services() -> dict[str, dict[str, Any]]:
    """The services by name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    """The services that run millrace."""
    return {
        name: service
        for name, service in services().items()
        if service["image"].startswith("millrace:")
    }


def strings(value: object) -> Iterator[str]:
    """All strings in a value, at any depth; the names in mappings are not among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def _filled(value: object, environment: Mapping[str, str]) -> object:
    def replace(match: re.Match[str]) -> str:
        found = environment.get(match["name"], "")
        if not found and match["form"] == "?":
            raise KeyError(f"{match['name']}: {match['text']}")
        return found or (match["text"] or "" if match["form"] == "-" else "")

    if isinstance(value, str):
        return VARIABLE.sub(replace, value)
    if isinstance(value, dict):
        return {name: _filled(each, environment) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, environment) for each in value]
    return value
