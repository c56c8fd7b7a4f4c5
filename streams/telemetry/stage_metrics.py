"""What a stage does, counted from what comes of each record."""

from collections.abc import Callable, Sequence
from time import perf_counter

from schemas import topics
from schemas.metrics import DEAD_LETTERS, RECORDS, STAGE_SECONDS
from schemas.record import Outgoing, Record
from streams.stage import Stage
from streams.telemetry.log_context import working_on
from streams.telemetry.metrics import count, observe
from streams.telemetry.signs import sign

_OUTCOMES = {topics.DEAD_LETTERS: "dead_lettered", topics.EXTRACTIONS_REVIEW: "review"}


def measured(stage: Stage, work: Callable[[Record], Outgoing]) -> Callable[[Record], Outgoing]:
    """``work``, with its time and outcome counted, and its record known to the log."""

    def run(record: Record) -> Outgoing:
        began = perf_counter()
        with working_on(record):
            outgoing = work(record)
        count_record(stage.name, outgoing, perf_counter() - began)
        return outgoing

    return run


def count_record(stage: str, outgoing: Outgoing, seconds: float) -> None:
    """Count a record by the topic that it went on to, a dead letter by its kind, and its time."""
    sign(stage)
    observe(STAGE_SECONDS, seconds, stage)
    count(RECORDS, stage, _OUTCOMES.get(outgoing.topic, "continued"))
    if outgoing.topic == topics.DEAD_LETTERS:
        count(DEAD_LETTERS, stage, _kind(outgoing))


def count_batch(stage: str, records: int, letters: Sequence[Outgoing]) -> None:
    """Count a batch of records, of which some became ``letters``."""
    sign(stage)
    if records > len(letters):
        count(RECORDS, stage, "continued", by=records - len(letters))
    for letter in letters:
        count(RECORDS, stage, "dead_lettered")
        count(DEAD_LETTERS, stage, _kind(letter))


def _kind(letter: Outgoing) -> str:
    return next(
        (value.decode() for name, value in letter.headers if name == topics.LETTER_KIND and value),
        "unexpected",
    )
