"""The relationship level: the events completed and nested, then, how are they linked?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from processors.asking import answers, estimated_tokens, merged_findings, profile_of, task_id
from processors.event_grounding import EventGrounder, GroundedEvent
from processors.outcome import Outcome
from processors.ranking import MAIN_SALIENCE, minor_salience
from processors.span_index import SpanIndex
from schemas.annotation import Span
from schemas.extraction import Argument, Event, Finding
from schemas.output import DetailOutput, FoundEvent
from schemas.profile import Profile
from schemas.task import DetailTask, RelationshipTask
from schemas.topics import extraction_topic, inference_topic
from schemas.work import Work

# Events that belong to no main one are asked about up to this number.
MOST_ALONE = 1_000


def plan_relationship(work: Work, profiles: Mapping[str, Profile]) -> Outcome:
    """Complete the main events, attach what belongs to each, and ask how they are linked.

    Returns:
        The work with its events in the order of the text and their arguments, and one
        ``RelationshipTask`` over the main events, their parts, and those that share a sentence
        with another, for the tier's relationship topic. With fewer than two of these, or no kinds
        of links, it continues at ``extraction.relationship``.

    Raises:
        RefusedError: ``unknown_profile``.
    """
    profile = profile_of(work, profiles)
    answered = answers(work, DetailTask, DetailOutput)
    table = _EventTable(work, profile)
    for task, output in answered.pairs:
        table.complete(task, output)
    events = table.events()
    linked = _linkable(work, events)
    linkable = len(linked) > 1 and bool(profile.relationships)
    tasks = (_task(work, linked, profile),) if linkable else ()
    planned = work.model_copy(
        update={
            "tasks": tasks,
            "events": tuple(events),
            "arguments": table.arguments(),
            "findings": merged_findings(work.findings, answered.findings, table.findings()),
        }
    )
    if not tasks:
        return Outcome(extraction_topic("relationship"), planned)
    return Outcome(inference_topic(work.tier_of("relationship"), "relationship"), planned)


class _EventTable:
    """The events found so far, as the answers about the main ones complete them."""

    def __init__(self, work: Work, profile: Profile) -> None:
        self._grounder = EventGrounder(work, profile)
        self._whole = Span(start=0, end=len(work.document.text))
        self._chunks = SpanIndex(work.chunks)
        self._known = SpanIndex(event for event in work.events if event.end)
        self._events = {event.event_id: event for event in work.events}
        self._main = {task.event_id for task in work.tasks if isinstance(task, DetailTask)}
        self._arguments: dict[str, dict[str, Argument]] = {}
        for argument in work.arguments:
            self._add_arguments(argument.event_id, (argument,))
        self._findings: list[Finding] = []

    def events(self) -> list[Event]:
        """All events in the order of the text."""
        return sorted(self._events.values(), key=lambda e: (e.start, e.end, e.kind, e.event_id))

    def arguments(self) -> tuple[Argument, ...]:
        """The arguments, in the order of their events."""
        return tuple(
            argument
            for event in self.events()
            for argument in self._arguments.get(event.event_id, {}).values()
        )

    def findings(self) -> tuple[Finding, ...]:
        """What was wrong with the answers."""
        return tuple(self._findings)

    def complete(self, task: DetailTask, output: DetailOutput) -> None:
        """Take over an answer about the task's main event."""
        main = self._events.get(task.event_id)
        if main is None:
            return
        within = self._around(main)
        # The event is the one asked about, whatever kind and trigger the answer repeats.
        again = output.event.model_copy(update={"kind": main.kind})
        self._take(main, self._grounder.event(again, main, within))
        for found in output.events:
            self._nearby(found, main, within)

    def _nearby(self, found: FoundEvent, main: Event, within: Span) -> None:
        if unknown := self._grounder.unknown_kind(found):
            self._findings.append(unknown)
            return
        quote = found.trigger
        if quote.at is None and main.end:
            # Repeated words mean those nearest to what the question was about.
            quote = quote.model_copy(update={"at": main.start})
            found = found.model_copy(update={"trigger": quote})
        trigger = self._grounder.trigger(found, within)
        if unread := self._grounder.unread(found, trigger):
            self._findings.append(unread)
            return
        grounded = self._grounder.event(found, trigger, within)
        known = self._same(grounded.event)
        if known is None:
            known = grounded.event.model_copy(update={"salience": minor_salience(found.salience)})
        if known.event_id == main.event_id:
            return
        if known.event_id in self._main:
            # Another question was about that one: its answer counts.
            return
        if found.belongs and not known.parent_event_id:
            known = known.model_copy(update={"parent_event_id": main.event_id})
        self._take(known, grounded)

    def _same(self, event: Event) -> Event | None:
        """The known event that this one is, by its kind and characters."""
        if event.event_id in self._events:
            return self._events[event.event_id]
        for known in self._known.overlapping(event.start, event.end):
            if known.kind == event.kind:
                return self._events[known.event_id]
        return None

    def _take(self, known: Event, grounded: GroundedEvent) -> None:
        """Complete a known event by what a grounded answer says of it."""
        new = grounded.event
        spans = {(span.start, span.end): span for span in (*known.mentions, *new.mentions)}
        self._events[known.event_id] = known.model_copy(
            update={
                "mentions": tuple(spans.values()),
                "confidence": new.confidence,
                "summary": new.summary or known.summary,
                "polarity": new.polarity,
                "time_text": new.time_text or known.time_text,
                "time_start": new.time_start if new.time_text else known.time_start,
                "time_end": new.time_end if new.time_text else known.time_end,
                "place": new.place or known.place,
            }
        )
        self._add_arguments(known.event_id, grounded.arguments)
        self._findings.extend(grounded.findings)

    def _add_arguments(self, event_id: str, arguments: Iterable[Argument]) -> None:
        held = self._arguments.setdefault(event_id, {})
        for argument in arguments:
            held.setdefault(
                f"{argument.role} {argument.start} {argument.end} {argument.text.casefold()}",
                argument.model_copy(update={"event_id": event_id}),
            )

    def _around(self, event: Event) -> Span:
        chunk = next(self._chunks.overlapping(event.start, event.start + 1), None)
        return Span(start=chunk.start, end=chunk.end) if chunk else self._whole


def _linkable(work: Work, events: list[Event]) -> list[Event]:
    """The main events and their parts, and others that stand beside another in a sentence.

    A link within a sentence counts for those that stand alone, too; of them the first
    ``MOST_ALONE`` are asked about.
    """
    sentences = SpanIndex(work.sentences)
    told: list[tuple[Event, list[int]]] = [
        (
            event,
            [
                s.start
                for span in event.mentions
                for s in sentences.overlapping(span.start, span.end)
            ],
        )
        for event in events
    ]
    together = Counter(start for _, starts in told for start in set(starts))
    alone = 0
    linkable = []
    for event, starts in told:
        if event.parent_event_id or event.salience >= MAIN_SALIENCE:
            linkable.append(event)
        elif alone < MOST_ALONE and any(together[start] > 1 for start in starts):
            alone += 1
            linkable.append(event)
    return linkable


def _task(work: Work, events: list[Event], profile: Profile) -> RelationshipTask:
    ids = tuple(event.event_id for event in events)
    kinds = tuple(profile.relationships)
    spans = tuple(_evidence(work, events))
    text = work.document.text
    return RelationshipTask(
        task_id=task_id(work, "relationship", *ids, *kinds),
        document_id=work.document.document_id,
        run_id=work.run.run_id,
        profile=profile.name,
        prompt_version=work.run.specification.prompt_version,
        estimated_tokens=estimated_tokens("".join(text[s.start : s.end] for s in spans)),
        event_ids=ids,
        spans=spans,
        kinds=kinds,
    )


def _evidence(work: Work, events: Iterable[Event]) -> Iterator[Span]:
    """The sentences in which the events stand, each once, in the order of the text."""
    sentences = SpanIndex(work.sentences)
    yielded = -1
    for event in events:
        for sentence in sentences.overlapping(event.start, max(event.end, event.start + 1)):
            if event.end and sentence.start > yielded:
                yielded = sentence.start
                yield Span(start=sentence.start, end=sentence.end)
