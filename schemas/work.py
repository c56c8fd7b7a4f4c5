"""A document at work: all that the stages behind need, so that any topic can be replayed alone."""

from pydantic import AwareDatetime

from schemas.annotation import Chunk, EntityMention, Span
from schemas.completion import Completion
from schemas.document import Document, Origin
from schemas.extraction import Argument, Event, Finding, Relationship
from schemas.model import Message, Value
from schemas.run import Run
from schemas.task import Task
from schemas.topics import Level


class StageTime(Value):
    """When a stage was done with a document, and for how long it worked on it."""

    stage: str
    finished_at: AwareDatetime
    milliseconds: float


class Work(Message):
    """A document between recognition and validation.

    ``tasks`` are the questions of the present level; ``completions`` are the answers of the
    present level and of those before, in the order of their tasks.
    """

    run: Run
    origin: Origin
    document: Document
    profile: str
    tier: str
    sentences: tuple[Span, ...] = ()
    chunks: tuple[Chunk, ...] = ()
    entities: tuple[EntityMention, ...] = ()
    tasks: tuple[Task, ...] = ()
    completions: tuple[Completion, ...] = ()
    events: tuple[Event, ...] = ()
    arguments: tuple[Argument, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    findings: tuple[Finding, ...] = ()
    stage_times: tuple[StageTime, ...] = ()

    def tier_of(self, level: Level) -> str:
        """The tier that answers a level of this document, by its run."""
        return self.run.specification.tier_of(level, self.tier)
