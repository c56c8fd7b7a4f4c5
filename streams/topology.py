"""The topology: every stage, what it reads, what it does, what it writes, in the order of flow.

A stage of kind ``faust`` is generated from its line here; ``inference`` and ``sink`` are the two
consumers of their own in ``streams/inference`` and ``streams/sink``.
"""

from collections.abc import Callable, Mapping

from processors.annotation import AnnotationSettings, annotate
from processors.detail import plan_detail
from processors.outcome import Outcome
from processors.relationship import plan_relationship
from processors.summary import plan_summary
from processors.validation import validate
from schemas import topics
from schemas.errors import RefusedError
from schemas.letter import raised_attempt
from schemas.profile import Profile
from schemas.record import Record
from schemas.topics import LEVELS, Level, extraction_topic, inference_topic
from schemas.work import Work
from streams.stage import Processor, Stage


def _with_work(plan: Callable[[Work, Mapping[str, Profile]], Outcome]) -> Processor:
    """A processor of records from one of works."""

    def process(record: Record, settings: AnnotationSettings) -> Outcome:
        return plan(read_work(record), settings.profiles)

    return process


def read_work(record: Record) -> Work:
    """The work that ``record`` carries, at the attempt that a redrive has raised it to.

    Raises:
        RefusedError: there is no value, or it is not a work of a known version.
    """
    if record.value is None:
        raise RefusedError(
            "malformed",
            f"no value on {record.topic}: to delete a document, produce its id with a null value "
            f"to {topics.DOCUMENTS_INGEST}",
        )
    work = Work.from_json(record.value)
    attempt = raised_attempt(record, work.origin.attempt)
    if attempt == work.origin.attempt:
        return work
    return work.model_copy(update={"origin": work.origin.model_copy(update={"attempt": attempt})})


def topology(tiers: tuple[str, ...]) -> tuple[Stage, ...]:
    """All stages, in the order in which a document passes them.

    Args:
        tiers: the tiers of engines that are deployed; each has inference topics of its own.
    """

    def tasks(level: Level) -> tuple[str, ...]:
        return tuple(inference_topic(tier, level) for tier in tiers)

    return (
        Stage(
            "ner", "faust",
            reads=(topics.DOCUMENTS_INGEST,),
            process=annotate,
            writes=(topics.DOCUMENTS_ANNOTATED, topics.EXTRACTIONS_VALIDATED),
        ),
        Stage(
            "summary", "faust",
            reads=(topics.DOCUMENTS_ANNOTATED,),
            process=_with_work(plan_summary),
            writes=(*tasks("summary"), extraction_topic("relationship")),
        ),
        Stage(
            "inference", "inference",
            reads=tuple(topic for level in LEVELS for topic in tasks(level)),
            writes=(
                *map(extraction_topic, LEVELS),
                topics.INFERENCE_CALLS,
                # What a tier cannot answer goes to the next.
                *(inference_topic(tier, level) for level in LEVELS for tier in tiers[1:]),
            ),
        ),
        Stage(
            "detail", "faust",
            reads=(extraction_topic("summary"),),
            process=_with_work(plan_detail),
            writes=(*tasks("detail"), extraction_topic("relationship")),
        ),
        Stage(
            "relationship", "faust",
            reads=(extraction_topic("detail"),),
            process=_with_work(plan_relationship),
            writes=(*tasks("relationship"), extraction_topic("relationship")),
        ),
        Stage(
            "validation", "faust",
            reads=(extraction_topic("relationship"),),
            process=_with_work(validate),
            writes=(topics.EXTRACTIONS_VALIDATED, topics.EXTRACTIONS_REVIEW),
        ),
        Stage(
            "sink", "sink",
            reads=(
                topics.EXTRACTIONS_VALIDATED,
                topics.EXTRACTIONS_REVIEW,
                topics.DEAD_LETTERS,
                topics.INFERENCE_CALLS,
            ),
            writes=(),
        ),
    )  # fmt: skip


def topic_names(stages: tuple[Stage, ...]) -> tuple[str, ...]:
    """Every topic of the topology once, in the order of flow; all stages write dead letters."""
    named = [topic for stage in stages for topic in (*stage.reads, *stage.writes)]
    return tuple(dict.fromkeys([*named, topics.DEAD_LETTERS]))
