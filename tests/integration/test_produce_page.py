"""docs/produce.md: what it shows is run as it stands, with the real tools."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from millrace import wiring
from processors.decoding import decode_document
from streams.broker.admin import Positions
from streams.settling import settle
from tests.command import eventually
from tests.connect import connect_worker
from tests.debian import Tool, debian_tool
from tests.integration.conftest import Pipeline

pytestmark = pytest.mark.integration
PAGE = (Path(__file__).resolve().parents[2] / "docs/produce.md").read_text("utf-8")
SNIPPET = re.compile(r"<!-- run by the tests: (\w+) -->\n```\w+\n(.*?)```", re.DOTALL)
PRODUCING, READING = PAGE.split("## Reading events")
CONNECT_DOCUMENT = {
    "id": "connect-1", "profile": "news", "text": "Umbrella acquired Acme in Oslo in May 2024.",
}  # fmt: skip


@pytest.fixture(scope="module")
def kcat(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return debian_tool("kcat", "kcat", ("librdkafka1", "libyajl2"), tmp_path_factory.mktemp("kcat"))


@pytest.fixture(scope="module")
def produced(pipeline: Pipeline, kcat: Tool, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """The pipeline after everything that the page sends has gone all the way."""
    folder = tmp_path_factory.mktemp("produce")
    for kind, snippet in SNIPPET.findall(PRODUCING):
        if kind == "connector":
            connect(snippet, pipeline, folder)
        else:
            run(kind, snippet, pipeline, kcat, folder)
    asyncio.run(settle(wiring.broker(pipeline.settings), wiring.stages(pipeline.settings), 60))
    return pipeline


def run(kind: str, snippet: str, pipeline: Pipeline, kcat: Tool, folder: Path) -> str:
    """Run a snippet; give what it printed."""
    script = at_the_tests_addresses(snippet, pipeline)
    path = f"{kcat.path.parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-c", script] if kind == "python" else ["bash", "-euc", script]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **kcat.environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def connect(properties: str, pipeline: Pipeline, folder: Path) -> None:
    """Let Kafka Connect run a connector until it has sent a line."""
    (folder / "documents.jsonl").write_text(json.dumps(CONNECT_DOCUMENT) + "\n")
    before = asyncio.run(ingested(pipeline))
    with connect_worker(pipeline.settings.kafka_bootstrap, properties, folder):
        eventually(lambda: asyncio.run(ingested(pipeline)) > before, "the connector sent a record")


async def ingested(pipeline: Pipeline) -> int:
    async with Positions(wiring.broker(pipeline.settings)) as positions:
        return sum((await positions.ends(["documents.ingest"])).values())


def at_the_tests_addresses(snippet: str, pipeline: Pipeline) -> str:
    port = str(pipeline.settings.clickhouse_url).rsplit(":", 1)[1]
    moved = snippet.replace("127.0.0.1:9092", pipeline.settings.kafka_bootstrap)
    return moved.replace("8123", port)


@pytest.mark.parametrize("document_id", ["python-1", "kcat-2", "connect-1"])
def test_a_document_produced_as_shown_arrives_with_its_event(
    document_id: str, produced: Pipeline
) -> None:
    rows = produced.client.query(
        "SELECT trigger FROM current_events WHERE document_id = {id:String}", {"id": document_id}
    )

    assert rows


def test_a_document_deleted_as_shown_is_gone(produced: Pipeline) -> None:
    rows = produced.client.query(
        "SELECT document_id FROM current_documents WHERE document_id = 'kcat-1'"
    )

    assert rows == []


def test_what_reads_the_events_shows_those_of_the_page(
    produced: Pipeline, kcat: Tool, tmp_path: Path
) -> None:
    by_curl, by_python, by_kcat = (
        run(kind, snippet, produced, kcat, tmp_path) for kind, snippet in SNIPPET.findall(READING)
    )

    events = [json.loads(line) for line in by_curl.splitlines()]
    bought = [event for event in events if event["document_id"] == "python-1"]
    assert {(event["trigger"], event["role"], event["text"]) for event in bought} >= {
        ("bought", "buyer", "Acme"),
        ("bought", "object", "Widget Ltd"),
    }
    assert by_python == "bought\n"
    assert re.search(r"^connect-1 \d+ bytes$", by_kcat, re.MULTILINE)


def test_the_body_for_a_rest_proxy_holds_a_document() -> None:
    """No such proxy is to be had from a registry: what it would write is read instead."""
    body = re.search(r"--data-binary '(\{\"records\".*?)'\n", PRODUCING, re.DOTALL)
    assert body

    (record,) = json.loads(body[1])["records"]

    value = json.dumps(record["value"]).encode()
    assert decode_document(value, b"application/json", None, 1000).id == "rest-1"
