"""`doctor`, and the topics and rates of `status`, on a running pipeline and on none."""

import json
from pathlib import Path

import pytest

from streams.topology import topic_names, topology
from tests.command import elsewhere, eventually, millrace, processes_of_stages
from tests.integration.conftest import Pipeline

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def joined(pipeline: Pipeline) -> None:
    """Every stage is run by one process."""
    eventually(lambda: set(processes_of_stages().values()) == {1}, "each stage joins its group")


def test_a_running_pipeline_has_no_problem_and_nothing_absent(pipeline: Pipeline) -> None:
    found = millrace("doctor", "--json").json()

    states = {one["name"]: one["state"] for one in found["findings"]}
    for name in ("kafka", "topics", "stages", "clickhouse", "migrations", "tables", "insert"):
        assert states[name] == "ok"
    assert not {"problem", "absent"} & set(found["counts"])


def test_a_missing_database_and_other_partitions_than_set_are_found(pipeline: Pipeline) -> None:
    ended = millrace(
        "doctor",
        environment={"MILLRACE_KAFKA_PARTITIONS": "3", "MILLRACE_CLICKHOUSE_DATABASE": "nowhere"},
    )

    assert ended.status == 3
    assert "4 partitions where 3 are set: documents.ingest, " in ended.out
    assert "absent   database        nowhere is not there" in ended.out


def test_with_nothing_running_it_says_how_to_start(tmp_path: Path) -> None:
    ended = millrace("doctor", environment=elsewhere(tmp_path), folder=tmp_path)

    assert ended.status == 3
    assert ended.out.count("start it with `millrace up`") == 2
    assert ended.err == ""
    assert list(tmp_path.iterdir()) == []


def test_status_has_every_topic_with_its_readers_and_rates(pipeline: Pipeline) -> None:
    found = millrace("status", "--json", "--rates").json()

    assert {one["topic"] for one in found["topics"]} == set(topic_names(topology(("standard",))))
    for topic in found["topics"]:
        assert topic["partitions"] == 4
        assert topic["held"] <= topic["records"]
        assert topic["records_per_s"] >= 0
        assert len(topic["read_by"]) == 1
    assert {one["members"] for one in found["groups"]} == {1}
    assert all(one["seconds_to_the_end"] == 0 for one in found["stages"] if not one["lag"])


def test_a_missing_topic_is_a_problem_and_the_rest_is_shown(pipeline: Pipeline) -> None:
    ended = millrace("status", "--json", environment={"MILLRACE_TIERS": "standard,large"})

    found = json.loads(ended.out)
    assert ended.status == 3
    assert found["problems"][0].startswith("topic inference.large.summary is missing: ")
    assert len(found["stages"]) == 7
