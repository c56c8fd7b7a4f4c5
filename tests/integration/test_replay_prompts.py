"""A prompt changed: what is asked again is what it decides, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import millrace
from tests.integration.served_flow import Batch, ServedFlow, served_flow
from tests.model_answers import Question

pytestmark = pytest.mark.integration
DOCUMENTS = 6
NEW_WORDS = " Look twice."
TEMPLATES = ("instructions", "document", "summary", "detail", "relationship")


def write_prompts(folder: Path, version: str, changed: str) -> None:
    """A version of the prompts that says more than the bundled one in one template."""
    for name in TEMPLATES:
        file = folder / version / f"{name}.j2"
        file.parent.mkdir(parents=True, exist_ok=True)
        more = NEW_WORDS if name == changed else ""
        file.write_text(f'{{% include "1/{name}.j2" %}}{more}')


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFlow]:
    prompts = tmp_path_factory.mktemp("prompts")
    write_prompts(prompts, "careful", changed="relationship")
    write_prompts(prompts, "other", changed="summary")
    home = tmp_path_factory.mktemp("replayed") / "home"
    with served_flow(home, MILLRACE_PROMPTS=str(prompts)) as made, made.inference():
        yield made


@pytest.fixture(scope="module")
def batch(flow: ServedFlow) -> Batch:
    """Documents that the run ``live`` has, and answers to what the new prompts ask about them."""
    found = flow.documents("prompts", DOCUMENTS)
    for asked in of_level(found, "relationship"):
        flow.small.answers[asked.user + NEW_WORDS] = flow.small.answers[asked.user]
    found.send()
    flow.settle()
    assert found.arrived() == DOCUMENTS
    return found


def of_level(batch: Batch, level: str) -> list[Question]:
    return [one for one in batch.questions if one.level == level]


def create(flow: ServedFlow, run: str, version: str) -> None:
    made = millrace(
        "runs", "create", run, "--prompt-version", version, environment=flow.environment
    )
    assert made.status == 0, made.err


def replay(flow: ServedFlow, topic: str, run: str) -> None:
    done = millrace("replay", topic, "--run", run, "--wait", environment=flow.environment)
    assert done.status == 0, done.err


def calls(batch: Batch, run: str) -> set[tuple[str, bool]]:
    """The levels that were called in a run, and whether the cache answered."""
    return {(call["level"], call["from_cache"]) for call in batch.calls() if call["run_id"] == run}


def documents(flow: ServedFlow, run: str) -> int:
    (row,) = flow.client.query(
        "SELECT count() AS documents FROM documents FINAL WHERE run_id = {run:String}",
        {"run": run},
    )
    return int(row["documents"])


def test_a_replay_of_all_asks_the_model_for_the_changed_level_alone(
    flow: ServedFlow, batch: Batch
) -> None:
    create(flow, "from-the-start", "careful")
    before = list(flow.small.asked)
    replay(flow, "documents.ingest", "from-the-start")

    assert documents(flow, "from-the-start") == DOCUMENTS
    asked = flow.small.asked[len(before) :]
    assert sorted(asked) == sorted(one.user + NEW_WORDS for one in of_level(batch, "relationship"))
    assert calls(batch, "from-the-start") == {
        ("summary", True), ("detail", True), ("relationship", False),
    }  # fmt: skip


def test_a_replay_from_the_level_before_runs_that_level_alone(
    flow: ServedFlow, batch: Batch
) -> None:
    create(flow, "from-detail", "careful")
    replay(flow, "extraction.detail", "from-detail")

    assert documents(flow, "from-detail") == DOCUMENTS
    assert {level for level, _ in calls(batch, "from-detail")} == {"relationship"}


def test_it_is_refused_where_an_earlier_level_would_be_asked_otherwise(
    flow: ServedFlow, batch: Batch
) -> None:
    create(flow, "other-summary", "other")
    asked = len(flow.small.asked)
    done = millrace(
        "replay", "extraction.detail", "--run", "other-summary", environment=flow.environment
    )

    assert done.status == 1
    assert "prompt of summary" in done.err
    assert "documents.annotated" in done.err
    assert len(flow.small.asked) == asked
    assert documents(flow, "other-summary") == 0


def test_an_unchanged_replay_into_the_same_run_asks_nothing_and_changes_no_revision(
    flow: ServedFlow, batch: Batch
) -> None:
    asked, revisions = len(flow.small.asked), revisions_of(flow)
    replay(flow, "documents.ingest", "live")

    assert len(flow.small.asked) == asked
    assert revisions_of(flow) == revisions


def revisions_of(flow: ServedFlow) -> dict[str, str]:
    rows = flow.client.query("SELECT document_id, revision FROM current_documents")
    return {str(row["document_id"]): str(row["revision"]) for row in rows}
