"""The replayer dies in mid-copy: `--resume` copies the rest, and nothing is lost or there twice."""

import signal

import pytest

from streams.replay.checkpoint import CheckpointError, Checkpoints
from tests.command import eventually, millrace_in_background
from tests.integration.conftest import Pipeline
from tests.integration.replayed_flow import (
    Command,
    command,
    documents,
    ends,
    offsets,
    produced,
    rows,
    unique,
    views,
)

pytestmark = pytest.mark.integration
__all__ = ["command"]

TOPIC = "extraction.relationship"
DOCUMENTS = 60
ENOUGH = 4


def copied(checkpoints: Checkpoints, before: list[int]) -> int:
    """How much the replay that was begun last has copied."""
    new = [one for one in checkpoints.generations() if one not in before]
    return checkpoints.progress(new[0]).copied if new else 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda one: one.name)
def test_resume_copies_the_rest(
    pipeline: Pipeline, command: Command, number: signal.Signals
) -> None:
    batch = unique("killed")
    places = ends(pipeline, TOPIC)
    produced(pipeline, documents(batch, DOCUMENTS))
    before, first = views(pipeline, batch), ends(pipeline, TOPIC)
    checkpoints = Checkpoints(pipeline.settings.home)
    kept = checkpoints.generations()

    with millrace_in_background(
        "replay", TOPIC, "--from", offsets(places, TOPIC), "--max-lag", "2"
    ) as replayer:
        eventually(lambda: copied(checkpoints, kept) >= ENOUGH, "the replay has begun")
        replayer.send_signal(number)
        _, said = replayer.communicate(timeout=30)
    done = copied(checkpoints, kept)
    assert ENOUGH <= done < DOCUMENTS
    if number is signal.SIGTERM:
        assert replayer.returncode == 130
        assert "`millrace replay --resume` goes on" in said
    found = command.report("--resume", "--max-lag", "1000", "--wait")

    assert found["copied"] == DOCUMENTS
    written = sum(ends(pipeline, TOPIC).values()) - sum(first.values())
    # What was sent but not noted when it died is sent again.
    assert DOCUMENTS <= written <= DOCUMENTS + 1
    assert views(pipeline, batch) == before
    after = rows(pipeline, batch)
    assert len(after) == DOCUMENTS
    assert {row["replayed_from"] for row in after} == {TOPIC}
    assert checkpoints.progress(found["replay"]).finished
    with pytest.raises(CheckpointError, match="nothing to resume"), checkpoints.unfinished():
        pass
