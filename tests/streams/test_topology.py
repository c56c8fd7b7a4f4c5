"""The topology: connected, named as outsiders know it."""

from streams.settling import steps
from streams.topology import topic_names, topology

STAGES = topology(("standard",))


def test_stages_stand_in_the_order_in_which_a_document_passes_them() -> None:
    assert [stage.name for stage in STAGES] == [
        "ner", "summary", "inference", "detail", "relationship", "validation", "sink",
    ]  # fmt: skip


def test_its_topics_are_those_that_outsiders_use() -> None:
    assert set(topic_names(STAGES)) == {
        "documents.ingest",
        "documents.annotated",
        "inference.standard.summary",
        "inference.standard.detail",
        "inference.standard.relationship",
        "extraction.summary",
        "extraction.detail",
        "extraction.relationship",
        "extractions.validated",
        "extractions.review",
        "inference.calls",
        "dead-letters",
    }


def test_every_topic_but_the_first_is_written_and_every_written_topic_is_read() -> None:
    read = {topic for stage in STAGES for topic in stage.reads}
    written = {topic for stage in STAGES for topic in stage.writes} | {"dead-letters"}
    assert read - written == {"documents.ingest"}
    assert written <= read


def test_each_stage_is_a_consumer_group_of_its_own() -> None:
    assert len({stage.group for stage in STAGES}) == len(STAGES)


def test_each_tier_has_topics_of_its_own() -> None:
    names = topic_names(topology(("small", "large")))
    assert "inference.small.detail" in names
    assert "inference.large.detail" in names
    assert "inference.standard.detail" not in names


def test_a_document_passes_the_engine_after_each_stage_that_asks_it() -> None:
    assert [(stage.name, topics[0]) for stage, topics in steps(STAGES)] == [
        ("ner", "documents.ingest"),
        ("summary", "documents.annotated"),
        ("inference", "inference.standard.summary"),
        ("detail", "extraction.summary"),
        ("inference", "inference.standard.detail"),
        ("relationship", "extraction.detail"),
        ("inference", "inference.standard.relationship"),
        ("validation", "extraction.relationship"),
        ("sink", "extractions.validated"),
        ("sink", "dead-letters"),
    ]
