"""What a stage does with one record, without a broker: the same on Kafka and in memory."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from time import perf_counter

from processors.annotation import AnnotationSettings
from processors.outcome import Outcome
from schemas import topics
from schemas.errors import RefusedError
from schemas.record import Headers, Outgoing, Record
from schemas.work import StageTime, Work
from streams.letters import dead_letter
from streams.stage import Stage

Clock = Callable[[], datetime]
_OURS = frozenset(
    {
        topics.HEADER_CONTENT_TYPE,
        topics.HEADER_RUN,
        topics.HEADER_ATTEMPT,
        topics.HEADER_REPLAY,  # from here on the message itself says it
        # And where a redriven record lay at first. Its letter's id goes on with it.
        topics.LETTER_TOPIC,
        topics.LETTER_PARTITION,
        topics.LETTER_OFFSET,
        topics.LETTER_TIMESTAMP,
    }
)


def utc_now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class StageContext:
    """What all records of a stage share. ``max_message_bytes`` bounds a message's JSON."""

    annotation: AnnotationSettings
    max_message_bytes: int = 8 * 1024 * 1024
    clock: Clock = utc_now


def process_record(stage: Stage, record: Record, context: StageContext) -> Outgoing:
    """One record in, one record out: the message for the next topic, or a dead letter.

    Nothing that a record holds makes this raise: what the stage refuses, and what it fails on
    unexpectedly, becomes a dead letter that says so.
    """
    if stage.process is None:
        raise ValueError(f"stage {stage.name} has no processor: it runs as {stage.kind}")
    began = perf_counter()
    try:
        outcome = stage.process(record, context.annotation)
        return _continue(stage, record, outcome, _Timing(began, context))
    except RefusedError as error:
        return dead_letter(stage.name, record, error)
    except Exception as error:
        return dead_letter(stage.name, record, unexpected(error))


@dataclass(frozen=True, slots=True)
class _Timing:
    began: float
    context: StageContext

    def of(self, stage: str) -> StageTime:
        spent = (perf_counter() - self.began) * 1000
        return StageTime(
            stage=stage, finished_at=self.context.clock(), milliseconds=round(spent, 3)
        )


def _continue(stage: Stage, record: Record, outcome: Outcome, timing: _Timing) -> Outgoing:
    if outcome.topic not in stage.writes:
        raise RefusedError(
            "unserved_model",
            f"{outcome.topic} is not served here: deploy that tier or change the profile's",
        )
    message = outcome.message
    if isinstance(message, Work):
        times = (*message.stage_times, timing.of(stage.name))
        message = message.model_copy(update={"stage_times": times})
    value = bounded_json(message.to_json(), timing.context.max_message_bytes)
    key = outcome.document_id.encode()
    return Outgoing(outcome.topic, key, value, continued_headers(record, outcome.message))


def bounded_json(value: bytes, limit: int) -> bytes:
    """``value``, if it is within ``limit`` bytes.

    Raises:
        RefusedError: it is larger.
    """
    if len(value) > limit:
        raise RefusedError(
            "too_large",
            f"what was made of this record has {len(value):,} bytes, over the limit of {limit:,}: "
            "split the document",
        )
    return value


def continued_headers(record: Record, message: object) -> Headers:
    """The headers of the next record: those that came, with ours as they now stand."""
    kept = tuple(header for header in record.headers if header[0] not in _OURS)
    ours: list[tuple[str, bytes]] = [(topics.HEADER_CONTENT_TYPE, b"application/json")]
    run = getattr(message, "run", None)
    if run is not None:
        ours.append((topics.HEADER_RUN, run.run_id.encode()))
    origin = getattr(message, "origin", None)
    if origin is not None:
        ours.append((topics.HEADER_ATTEMPT, str(origin.attempt).encode()))
    return kept + tuple(ours)


def unexpected(error: Exception) -> RefusedError:
    """A refusal for a defect of ours: what and where, but not its words, which may quote text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return RefusedError(
        "unexpected",
        f"{type(error).__name__}{where}: a defect of millrace; please report it, then redrive",
    )
