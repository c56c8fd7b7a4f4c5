"""The local engine as a second opinion: what both engines found is surer, what one found is not."""

import math
from collections.abc import Iterable

from processors.learned.calibration import log_odds, probability_at
from processors.lexical.answering import Reading
from processors.lexical.identity import ENGINE
from processors.span_index import SpanIndex
from schemas.annotation import Span
from schemas.completion import Completed
from schemas.extraction import Event
from schemas.profile import Profile
from schemas.work import Work

# How much more often the local engine finds an event that is one than what only looks like one.
# It finds eight of ten events; of what a language model takes for one by mistake it was not
# measured, so that agreement counts a little and not much.
_LIKELIHOOD_RATIO = 2.0


def with_second_opinion(work: Work, profile: Profile) -> tuple[Event, ...]:
    """The events of a work, with confidences that the agreement of both engines is part of.

    Nothing changes where the profile asks for no second opinion, where the local engine answered
    itself, or where it knows no words of the language; nor of events that are not grounded.

    Args:
        work: with its completions and its final events.
        profile: the document's; ``review.second_opinion`` asks for this.

    Raises:
        ModelFileError: a file of the local engine's models is missing or damaged.
    """
    if not profile.review.second_opinion or not _is_by_another(work):
        return work.events
    reading = Reading(work, profile)
    if not reading.is_possible:
        return work.events
    found = SpanIndex(sorted(reading.triggers(), key=lambda span: (span.start, span.end)))
    return tuple(_judged(event, found) for event in work.events)


def _is_by_another(work: Work) -> bool:
    """Whether a language model answered all that was answered."""
    engines = [
        done.attempts[-1].engine
        for done in work.completions
        if isinstance(done, Completed) and done.attempts
    ]
    return bool(engines) and ENGINE not in engines


def _judged(event: Event, found: SpanIndex[Span]) -> Event:
    if not event.end:
        return event
    spans: Iterable[Span] = (Span(start=event.start, end=event.end), *event.mentions)
    is_shared = any(True for span in spans for _ in found.overlapping(span.start, span.end))
    weight = math.log(_LIKELIHOOD_RATIO)
    odds = log_odds(event.confidence) + (weight if is_shared else -weight)
    return event.model_copy(update={"confidence": round(probability_at(odds), 3)})
