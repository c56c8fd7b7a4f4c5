"""Topics as sources of a replay."""

import pytest

from schemas.run import LevelPrompt, ProfileOverride, Specification
from streams.replay.errors import RequestError
from streams.replay.source import earlier_topic, source_of, stages_behind
from streams.topology import topology
from tests.flow import RUN
from tests.streams.replay.replaying import REPLAYABLE, STAGES

OURS = RUN.specification


@pytest.mark.parametrize("topic", REPLAYABLE)
def test_every_topic_of_documents_is_a_source(topic: str) -> None:
    assert source_of(topic, STAGES).topic == topic
    assert stages_behind(topic, STAGES)[-1].name == "sink"


@pytest.mark.parametrize(
    ("topic", "before"),
    [
        ("documents.annotated", "summary"),
        ("inference.standard.summary", "detail"),
        ("extraction.summary", "detail"),
        ("inference.standard.detail", "relationship"),
        ("extraction.detail", "relationship"),
        ("inference.standard.relationship", None),
        ("extraction.relationship", None),
        ("extractions.validated", None),
    ],
)
def test_what_was_decided_before_a_topic(topic: str, before: str | None) -> None:
    assert source_of(topic, STAGES).before == before


def test_a_topic_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(RequestError, match=r"no topic 'documents'; .* is documents.ingest, doc"):
        source_of("documents", STAGES)
    with pytest.raises(RequestError, match=r"no topic 'inference\.large\.summary'"):
        source_of("inference.large.summary", STAGES)
    assert source_of("inference.large.summary", topology(("standard", "large"))).tier == "large"


@pytest.mark.parametrize("topic", ["dead-letters", "inference.calls"])
def test_what_carries_no_documents_cannot_be_replayed(topic: str) -> None:
    with pytest.raises(RequestError, match=f"{topic} cannot be replayed: "):
        source_of(topic, STAGES)


@pytest.mark.parametrize(
    ("topic", "names"),
    [
        ("documents.annotated",
         ["summary", "inference", "detail", "relationship", "validation", "sink"]),
        ("extraction.relationship", ["validation", "sink"]),
        ("extractions.review", ["sink"]),
    ],
)  # fmt: skip
def test_the_stages_behind_a_topic(topic: str, names: list[str]) -> None:
    assert [stage.name for stage in stages_behind(topic, STAGES)] == names


def with_prompts(summary: str, detail: str, relationship: str) -> Specification:
    digests = {"summary": summary, "detail": detail, "relationship": relationship}
    prompts = tuple(
        LevelPrompt.model_validate({"level": level, "digest": digest})
        for level, digest in digests.items()
    )
    return OURS.model_copy(update={"prompts": prompts})


def test_the_latest_topic_before_what_differs() -> None:
    first = with_prompts("s", "d", "r")
    read_otherwise = first.model_copy(
        update={"profiles": (ProfileOverride(name="news", changes="{}"),)}
    )
    assert earlier_topic(first, with_prompts("s", "d", "R")) == "extraction.detail"
    assert earlier_topic(first, with_prompts("s", "D", "r")) == "extraction.summary"
    assert earlier_topic(first, with_prompts("S", "d", "R")) == "documents.annotated"
    assert earlier_topic(first, read_otherwise) == "documents.ingest"
