"""The detail level: which events are the main ones, and what belongs to each?"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from processors.asking import (
    answers,
    estimated_tokens,
    merged_findings,
    profile_of,
    task_id,
)
from processors.event_grounding import EventGrounder, GroundedEvent
from processors.outcome import Outcome
from processors.ranking import main_salience, minor_salience
from processors.span_index import SpanIndex
from processors.unread import unread
from schemas.annotation import Chunk, Span
from schemas.extraction import Argument, Event, Finding, GroundedText
from schemas.output import SummaryOutput
from schemas.profile import Profile
from schemas.task import DetailTask, SummaryTask
from schemas.topics import extraction_topic, inference_topic
from schemas.work import Work


def plan_detail(work: Work, profiles: Mapping[str, Profile]) -> Outcome:
    """Ground and merge the events that the chunks' summaries name, and ask about the main ones.

    Returns:
        The work with its events in the order of the text: the profile's number of main events by
        salience, all others standing alone with a salience under ``MAIN_SALIENCE``. It has one
        ``DetailTask`` a main event, for the tier's detail topic; a document without events
        continues at ``extraction.relationship``.

    Raises:
        RefusedError: ``unknown_profile``.
    """
    profile = profile_of(work, profiles)
    answered = answers(work, SummaryTask, SummaryOutput)
    found, findings = _grounded(work, profile, answered.pairs)
    merged = _merged(found)
    main = sorted(merged, key=lambda event: (-event.salience, event.start, event.event_id))
    main_ids = {event.event_id for event in main[: profile.limits.main_events]}
    events = tuple(_ranked(event, event.event_id in main_ids) for event in merged)
    kept = {event.event_id for event in events}
    planned = work.model_copy(
        update={
            "tasks": tuple(_tasks(work, events, main_ids, profile)),
            "events": events,
            "arguments": tuple(_first_of_each(found, kept)),
            "findings": merged_findings(
                work.findings, answered.findings, unread(work, profile), findings
            ),
        }
    )
    if not events:
        return Outcome(extraction_topic("relationship"), planned)
    return Outcome(inference_topic(work.tier_of("detail"), "detail"), planned)


def _grounded(
    work: Work, profile: Profile, pairs: Iterable[tuple[SummaryTask, SummaryOutput]]
) -> tuple[list[GroundedEvent], tuple[Finding, ...]]:
    grounder = EventGrounder(work, profile)
    chunks = {chunk.index: chunk for chunk in work.chunks}
    whole = Chunk(start=0, end=len(work.document.text), index=0)
    found: list[GroundedEvent] = []
    findings: list[Finding] = []
    for task, output in pairs:
        chunk = chunks.get(task.chunk, whole)
        # Events come in the order of the text: repeated words mean the next place, not the same.
        behind: dict[str, int] = defaultdict(lambda chunk=chunk: chunk.start)  # type: ignore[misc]
        for event in output.events:
            if unknown := grounder.unknown_kind(event):
                findings.append(unknown)
                continue
            words = event.trigger.text
            trigger = grounder.trigger(
                event, Span(start=min(behind[words], chunk.end), end=chunk.end)
            )
            behind[words] = max(behind[words], trigger.end)
            if unread := grounder.unread(event, trigger):
                findings.append(unread)
                continue
            grounded = grounder.event(event, trigger, chunk)
            found.append(grounded)
            findings.extend(grounded.findings)
    return found, tuple(findings)


def _merged(found: Iterable[GroundedEvent]) -> list[Event]:
    """One event for those of one kind whose triggers overlap, in the order of the text."""
    groups: list[list[Event]] = []
    open_groups: dict[str, list[Event]] = {}
    reach: dict[str, int] = {}
    by_place = sorted(
        (grounded.event for grounded in found),
        key=lambda event: (event.start, event.end, event.kind, event.text.casefold()),
    )
    for event in by_place:
        key = event.kind if event.end else f"{event.kind} {event.text.casefold()}"
        if key in open_groups and (event.start < reach[key] or not event.end):
            open_groups[key].append(event)
        else:
            open_groups[key] = [event]
            groups.append(open_groups[key])
        reach[key] = max(reach.get(key, 0), event.end)
    return [_one(group) for group in groups]


def _one(group: list[Event]) -> Event:
    best = max(group, key=lambda event: (event.salience, event.confidence, -event.start))
    if len(group) == 1:
        return best
    spans = {(span.start, span.end): span for span in best.mentions}
    for event in group:
        spans.update({(span.start, span.end): span for span in event.mentions})
    return best.model_copy(update={"mentions": tuple(spans.values())})


def _ranked(event: Event, main: bool) -> Event:
    salience = main_salience(event.salience) if main else minor_salience(event.salience)
    return event.model_copy(update={"salience": salience})


def _first_of_each(found: Iterable[GroundedEvent], kept: set[str]) -> Iterator[Argument]:
    """The arguments of the events that were kept, each once."""
    arguments = {
        argument.argument_id: argument for grounded in found for argument in grounded.arguments
    }
    return (argument for argument in arguments.values() if argument.event_id in kept)


def _tasks(
    work: Work, events: tuple[Event, ...], main_ids: set[str], profile: Profile
) -> Iterator[DetailTask]:
    main = [event for event in events if event.event_id in main_ids]
    nearby = _nearby(main, [event for event in events if event.event_id not in main_ids])
    tokens = _TokensAround(work)
    for event in main:
        near = tuple(nearby[event.event_id])
        yield DetailTask(
            task_id=task_id(work, "detail", event.event_id, *near),
            document_id=work.document.document_id,
            run_id=work.run.run_id,
            profile=profile.name,
            prompt_version=work.run.specification.prompt_version,
            estimated_tokens=tokens.around(event),
            event_id=event.event_id,
            spans=event.mentions,
            roles=tuple(profile.events[event.kind].roles),
            nearby=near,
        )


def _nearby(main: list[Event], others: list[Event]) -> dict[str, list[str]]:
    """Every other event's id under the main event that is closest to it."""
    starts = [event.start for event in main]
    nearby: dict[str, list[str]] = {event.event_id: [] for event in main}
    for event in others:
        behind = bisect_left(starts, event.start)
        neighbours = main[max(0, behind - 1) : behind + 1]
        closest = min(neighbours, key=lambda neighbour: abs(neighbour.start - event.start))
        nearby[closest.event_id].append(event.event_id)
    return nearby


class _TokensAround:
    """Estimates of the chunks that events stand in, each made once."""

    def __init__(self, work: Work) -> None:
        self._text = work.document.text
        self._chunks = SpanIndex(work.chunks)
        self._estimates: dict[int, int] = {}

    def around(self, event: GroundedText) -> int:
        chunk = next(self._chunks.overlapping(event.start, event.start + 1), None)
        if chunk is None:
            return estimated_tokens("")
        if chunk.index not in self._estimates:
            self._estimates[chunk.index] = estimated_tokens(self._text[chunk.start : chunk.end])
        return self._estimates[chunk.index]
