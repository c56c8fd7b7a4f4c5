"""What is asked of an engine: typed tasks that refer to the document they travel with."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.annotation import Span
from schemas.model import Value
from schemas.run import RunId


class Sampling(Value):
    """How an answer is drawn; ``ordinal`` tells repeated draws of one prompt apart."""

    temperature: float = Field(default=0.0, ge=0.0)
    ordinal: int = Field(default=0, ge=0)


class _Task(Value):
    task_id: str
    document_id: str
    run_id: RunId
    profile: str
    prompt_version: str
    sampling: Sampling = Sampling()
    estimated_tokens: int = Field(ge=1)


class SummaryTask(_Task):
    """Find the events of one chunk."""

    level: Literal["summary"] = "summary"
    chunk: int = Field(ge=0)
    event_limit: int = Field(ge=1)


class DetailTask(_Task):
    """Find what belongs to one main event.

    ``spans`` are the event's mentions; ``nearby`` names found events closer to this main event
    than to any other, for the engine to take as its sub-events or leave.
    """

    level: Literal["detail"] = "detail"
    event_id: str
    spans: tuple[Span, ...]
    roles: tuple[str, ...]
    nearby: tuple[str, ...] = ()


class RelationshipTask(_Task):
    """Link the events of one document."""

    level: Literal["relationship"] = "relationship"
    event_ids: tuple[str, ...]
    spans: tuple[Span, ...]
    kinds: tuple[str, ...]


Task = Annotated[SummaryTask | DetailTask | RelationshipTask, Field(discriminator="level")]
