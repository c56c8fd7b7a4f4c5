"""What processes of stages serve over HTTP, read as a scraper does."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

_TIMEOUT_S = 10


def text(address: str, path: str = "/metrics") -> tuple[int, str]:
    """Status and text of a page at ``host:port``."""
    try:
        with urlopen(f"http://{address}{path}", timeout=_TIMEOUT_S) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def page(address: str, path: str) -> tuple[int, Any]:
    """Status and content of a page in JSON."""
    status, said = text(address, path)
    return status, json.loads(said)


def samples(address: str) -> list[Sample]:
    """All that a process tells."""
    status, said = text(address)
    assert status == 200
    return [one for family in text_string_to_metric_families(said) for one in family.samples]


def value(found: list[Sample], name: str, labels: Mapping[str, str]) -> float | None:
    """The sum of the samples of a name that have these labels among theirs; None without one."""
    values = [
        one.value for one in found if one.name == name and labels.items() <= one.labels.items()
    ]
    return sum(values) if values else None
