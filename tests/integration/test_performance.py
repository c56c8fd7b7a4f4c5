"""What `doctor --performance` says of a real pipeline and of real tables of calls."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.clickhouse import recent_calls
from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import migrate
from millrace.settings import Settings
from streams.sink import columns
from streams.sink.columns import Row
from tests.command import eventually, millrace, processes_of_stages
from tests.flow import TEXT
from tests.integration.conftest import Pipeline
from tests.streams.tables_behaviour import unique

pytestmark = pytest.mark.integration
DOCUMENTS = 24
WATCHED_S = "2"


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    server = ClickHouse(settings.clickhouse_url, unique("calls").replace("-", "_"))
    migrate(server)
    client = Client(server)
    yield client
    client.command(f"DROP DATABASE {server.database} SYNC")
    client.close()


def call(call_id: str, **changes: object) -> Row:
    values: dict[str, object] = {
        "call_id": call_id, "run_id": "live", "document_id": "a", "level": "summary",
        "tier": "standard", "engine": "openai", "model": "m", "prompt_version": "1",
        "prompt_tokens": 1_000, "cached_tokens": 600, "completion_tokens": 50, "queue_ms": 1.0,
        "run_ms": 500.0, "from_cache": False, "outcome": "completed", "cost_usd": 0.25,
        "called_at": datetime.now(UTC),
    }  # fmt: skip
    return tuple({**values, **changes}[name] for name in columns.INFERENCE_CALLS)


class TestRecentCalls:
    def test_totals_are_of_the_calls_of_that_time_each_counted_once(self, client: Client) -> None:
        repeated = call("1")
        rows = [
            repeated,
            call("2", document_id="b", level="detail", cost_usd=0.5, run_ms=1_500.0),
            call("3", document_id="b", cached_tokens=None),
            call("4", from_cache=True),
            call("5", called_at=datetime.now(UTC) - timedelta(hours=2)),
        ]
        client.insert("inference_calls", columns.INFERENCE_CALLS, rows)
        client.insert("inference_calls", columns.INFERENCE_CALLS, [repeated])

        assert recent_calls.totals(client, 60) == {
            "documents": 2, "calls": 4, "cache_hits": 1, "prompt": 3_000, "completion": 150,
            "known_prompt": 2_000, "cached": 1_200, "dollars": 1.0, "engine_s": 2.5,
        }  # fmt: skip
        assert recent_calls.levels(client, 60) == {"detail": (0.5, 1.5), "summary": (0.5, 1.0)}

    def test_without_calls_all_is_none(self, client: Client) -> None:
        assert set(recent_calls.totals(client, 60).values()) == {0}
        assert recent_calls.levels(client, 60) == {}


def judged() -> dict[str, dict[str, str]]:
    """What the command finds, by name."""
    ended = millrace("doctor", "--performance", "--seconds", WATCHED_S, "--json")
    return {one["name"]: one for one in json.loads(ended.out)["findings"]}


def test_a_running_pipeline_is_judged_by_its_own_figures(pipeline: Pipeline) -> None:
    given = "".join(
        json.dumps({"id": f"judged-{number}", "profile": "news", "text": f"{TEXT} {number}."})
        + "\n"
        for number in range(DOCUMENTS)
    )
    assert millrace("produce", "-", "--wait", given=given).status == 0
    eventually(lambda: set(processes_of_stages().values()) == {1}, "each stage joins its group")

    # What the lag was is told until it is measured again.
    eventually(lambda: judged()["throughput"]["state"] == "ok", "nothing waits any more")

    found = judged()
    assert found["processes"]["seen"].startswith(f"4 processes watched for {WATCHED_S} s")
    assert found["engine standard"]["state"] == "ok"
    assert found["cost"]["state"] == "ok"
    assert "s of the engine by the" in found["cost"]["seen"]


def test_tables_that_are_not_there_are_named(pipeline: Pipeline) -> None:
    ended = millrace(
        "doctor", "--performance", "--seconds", WATCHED_S, "--json",
        environment={"MILLRACE_CLICKHOUSE_DATABASE": "nowhere"},
    )  # fmt: skip

    found = {one["name"]: one for one in ended.json()["findings"]}
    assert found["cost"]["state"] == "warning"
    assert "nowhere" in found["cost"]["seen"] + found["cost"]["advice"]
