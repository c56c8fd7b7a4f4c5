"""The whole pipeline with two tiers, each a vLLM with a model of its own, on a real Kafka."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

import psutil
import pytest

from infra.clickhouse.client import ClickHouse, Client
from infra.local import stack as local_stack
from tests.command import eventually, millrace
from tests.local_stack import silent, stack_settings
from tests.vllm.prompts import TEXT
from tests.vllm.tiny_model import make_tiny_model

pytestmark = pytest.mark.timeout(600)
DOCUMENTS = 24
LOADING_S = 240


@dataclass(frozen=True)
class Running:
    """`millrace run` with all stages, and where it is."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    client: Client

    def engines(self) -> list[psutil.Process]:
        """The engine cores of its inference process."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            # Processes that only prepare something come and go meanwhile.
            with suppress(psutil.NoSuchProcess):
                if "EngineCore" in child.name():
                    found.append(child)
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("two tiers")
    stack = stack_settings(folder / "home")
    models = {
        tier: make_tiny_model(folder / tier, [TEXT] * 3, seed=seed)
        for seed, tier in enumerate(("standard", "large"))
    }
    shared = {"engine": "vllm", "vllm_extra": {"enforce_eager": True}, "max_batch_size": 16}
    environment = {
        "MILLRACE_HOME": str(stack.home),
        "MILLRACE_KAFKA_BOOTSTRAP": f"{stack.kafka_host}:{stack.kafka_port}",
        "MILLRACE_CLICKHOUSE_URL": f"http://{stack.clickhouse_host}:{stack.clickhouse_port}",
        "MILLRACE_TIERS": "standard,large",
        "MILLRACE_TIER": json.dumps(
            {tier: {**shared, "model": str(model)} for tier, model in models.items()}
        ),
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "HF_HUB_OFFLINE": "1",
    }
    log = folder / "run.log"
    try:
        local_stack.up(stack, silent)
        with log.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "millrace", "run"],
                env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                stdout=written, stderr=written,
            )  # fmt: skip
        server = ClickHouse(environment["MILLRACE_CLICKHOUSE_URL"])
        with closing(Client(server)) as client:
            yield Running(process, environment, client)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, log.read_text()
    finally:
        local_stack.down(stack, silent)


def documents(name: str) -> str:
    """JSON lines; no two documents begin alike."""
    made = (
        {"id": f"{name}-{number}", "profile": "news", "text": f"Report {number}. {TEXT[:1_500]}"}
        for number in range(DOCUMENTS)
    )
    return "".join(f"{json.dumps(one)}\n" for one in made)


def test_an_engine_killed_with_calls_in_flight_loses_nothing(running: Running) -> None:
    eventually(lambda: len(running.engines()) == 2, "both engines load", LOADING_S)
    sent = millrace("produce", "-", given=documents("kill"), environment=running.environment)
    assert sent.status == 0, sent.err
    eventually(lambda: calls(running) > 0, "the first calls are answered", LOADING_S)

    running.engines()[0].kill()
    eventually(lambda: rows(running, "kill") == DOCUMENTS, "all documents arrive", LOADING_S)

    letters = running.client.query("SELECT kind, message FROM dead_letters")
    assert letters == []


def test_both_tiers_were_asked_and_what_a_random_model_says_waits_for_a_person(
    running: Running,
) -> None:
    asked = running.client.query(
        "SELECT tier, engine, outcome, sum(prompt_tokens) AS tokens FROM inference_calls FINAL "
        "GROUP BY tier, engine, outcome"
    )

    assert {(row["tier"], row["engine"]) for row in asked} >= {("standard", "vllm")}
    assert all(row["tokens"] > 0 for row in asked if row["outcome"] == "completed")
    invalid = [row for row in asked if row["outcome"] == "invalid_output"]
    tiers = {row["tier"] for row in asked if row["engine"] == "vllm"}
    assert tiers == ({"standard", "large"} if invalid else {"standard"})


def calls(running: Running) -> int:
    return len(running.client.query("SELECT call_id FROM inference_calls"))


def rows(running: Running, name: str) -> int:
    found = running.client.query(
        "SELECT document_id FROM current_documents WHERE startsWith(document_id, {name:String})",
        {"name": name},
    )
    return len(found)
