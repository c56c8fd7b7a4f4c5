"""The engine's answers: one for each level, all from the same reading of the sentences."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from processors.lexical.coreference import Told, told_once
from processors.lexical.english_triggers import OTHER
from processors.lexical.lexicon import Lexicon, lexicon_of
from processors.lexical.linking import Anchor, link_events
from processors.lexical.outline import Outline, Reader, Surroundings
from processors.lexical.reading import read_sentence
from processors.lexical.salience import Titled, kind_weights, salience
from processors.lexical.timing import EventTimes
from processors.span_index import HasSpan
from schemas.annotation import Span
from schemas.extraction import Event
from schemas.output import (
    DetailOutput,
    FoundEvent,
    Output,
    Quote,
    RelationshipOutput,
    SummaryOutput,
)
from schemas.profile import Profile
from schemas.task import DetailTask, RelationshipTask, SummaryTask, Task
from schemas.work import Work

_SUMMARY_CHARACTERS = 240


def answer(task: Task, work: Work, profile: Profile) -> Output:
    """Answer a task from the document's words, as ``Reading.answer`` does."""
    return Reading(work, profile).answer(task)


class Reading:
    """A document under its profile; a sentence is read once, when an answer needs it."""

    def __init__(self, work: Work, profile: Profile) -> None:
        """Read ``work``, whose sentences and entities stand in the order of the text.

        ``profile`` says which kinds are looked for; it is not changed afterwards.
        """
        self._work = work
        self._profile = profile
        self._readers: dict[int, Reader] = {}
        self._text = work.document.text
        self._lexicon: Lexicon = lexicon_of(profile, work.document.language)

    def is_of(self, work: Work, profile: Profile) -> bool:
        """Whether this is the reading of just this work under just this profile."""
        return self._work is work and self._profile is profile

    def answer(self, task: Task) -> Output:
        """Answer a task of any level from the document's words, without a language model.

        Returns:
            The level's output; every quote says where it stands. The same task over the same work
            always has the same answer.

        Raises:
            ModelFileError: a file of the models is missing or damaged.
        """
        if isinstance(task, SummaryTask):
            return self.summary(task)
        if isinstance(task, DetailTask):
            return self.detail(task)
        return self.relationships(task)

    @property
    def is_possible(self) -> bool:
        """Whether the profile has words of the document's language."""
        return not self._lexicon.is_empty

    def triggers(self) -> Iterator[Span]:
        """Where the words of all events stand, in the order of sentences."""
        for index in range(len(self._work.sentences)):
            for outline in self._read(index).outlines:
                yield Span(start=outline.start, end=outline.end)

    def summary(self, task: SummaryTask) -> SummaryOutput:
        """The events of a chunk in order; only the most salient where they are too many."""
        chunk = next((c for c in self._work.chunks if c.index == task.chunk), None)
        if chunk is None or not self.is_possible:
            return SummaryOutput()
        titled = Titled(self._work.document.title, self._lexicon.language)
        sentences = self._work.sentences
        first = bisect_left(sentences, chunk.start, key=lambda span: span.start)
        behind = bisect_left(sentences, chunk.end, key=lambda span: span.start)
        readings = [(index, self._read(index)) for index in range(first, behind)]
        told = told_once(readings, self._lexicon.language)
        weights = kind_weights(self._profile)
        events = [
            self._outlined(event, salience(event, titled, weights[event.outline.kind]))
            for event in told
        ]
        if len(events) > task.event_limit:
            ranked = sorted(range(len(events)), key=lambda place: (-events[place].salience, place))
            events = [events[place] for place in sorted(ranked[: task.event_limit])]
        return SummaryOutput(events=tuple(events))

    def detail(self, task: DetailTask) -> DetailOutput:
        """The task's event completed, and every event nearby: a part where it shares a sentence."""
        wanted = {task.event_id, *task.nearby}
        events = [event for event in self._work.events if event.event_id in wanted]
        main: FoundEvent | None = None
        main_sentence = -1
        others: list[tuple[int, FoundEvent]] = []
        for event in events:
            index = self._sentence_of(event)
            found = self._completed(event, index)
            if event.event_id == task.event_id:
                main, main_sentence = found, index
            else:
                # The work holds its summary already.
                others.append((index, found.model_copy(update={"summary": ""})))
        if main is None:
            raise LookupError(f"the work has no event {task.event_id}, which its task asks about")
        return DetailOutput(
            event=main,
            events=tuple(
                found.model_copy(update={"belongs": 0 <= index == main_sentence})
                for index, found in others
            ),
        )

    def relationships(self, task: RelationshipTask) -> RelationshipOutput:
        """The links that connectives and times tell of."""
        wanted = set(task.event_ids)
        anchors = [
            Anchor(index, span.start, span.end, event)
            for event in self._work.events
            if event.event_id in wanted
            for span in event.mentions
            if (index := self._sentence_of(span)) >= 0
        ]
        anchors.sort(key=lambda anchor: (anchor.start, anchor.end))
        return RelationshipOutput(
            relationships=tuple(
                link_events(self._work, anchors, self._lexicon, task.kinds, self._is_learned)
            )
        )

    def _read(self, index: int) -> Reader:
        if index in self._readers:
            return self._readers[index]
        span = self._work.sentences[index]
        entities = self._work.entities
        first = bisect_left(entities, span.start, key=lambda mention: mention.start)
        behind = bisect_left(entities, span.end, first, key=lambda mention: mention.start)
        mentions = entities[first:behind]
        reader = read_sentence(self._text, span, mentions, self._lexicon, self._profile)
        self._readers[index] = reader
        return reader

    def _sentence_of(self, span: HasSpan) -> int:
        """The index of the sentence that a span begins in; -1 where there is none."""
        if not span.end:
            return -1
        sentences = self._work.sentences
        index = bisect_right(sentences, span.start, key=lambda sentence: sentence.start) - 1
        return index if index >= 0 and span.start < sentences[index].end else -1

    def _outlined(self, told: Told, worth: float) -> FoundEvent:
        outline = told.outline
        return FoundEvent(
            kind=outline.kind,
            trigger=self._quote(outline.start, outline.end),
            summary=self._sentence_summary(self._work.sentences[told.sentence]),
            mentions=tuple(self._quote(start, end) for start, end in told.echoes),
            salience=worth,
            confidence=outline.certainty,
            polarity=outline.polarity,
        )

    def _completed(self, event: Event, index: int) -> FoundEvent:
        reader = self._read(index) if index >= 0 else None
        outline = _outline(reader, event.kind, event) if reader is not None else None
        if reader is None or outline is None:
            # Found by another engine: given back as it was.
            return FoundEvent(
                kind=event.kind,
                trigger=Quote(text=event.text, at=event.start if event.end else None),
                summary=event.summary,
                salience=event.salience,
                confidence=event.confidence,
                polarity=event.polarity,
            )
        surroundings = self._surroundings(event, reader.surroundings(outline))
        told = Told(index, outline, reader, list(outline.echoes))
        return self._outlined(told, event.salience).model_copy(
            update={
                "arguments": surroundings.arguments,
                "time": self._time(event, surroundings.time),
                "place": surroundings.location,
            }
        )

    def _surroundings(self, event: Event, told: Surroundings) -> Surroundings:
        """What is said of an event where it is told first, and wherever it is told again."""
        for span in event.mentions:
            index = self._sentence_of(span)
            if index < 0 or span.start == event.start:
                continue
            reader = self._read(index)
            again = _outline(reader, event.kind, span)
            if again is not None:
                more = reader.surroundings(again)
                known = {(one.role, one.value.at) for one in told.arguments}
                told = Surroundings(
                    arguments=(
                        *told.arguments,
                        *(one for one in more.arguments if (one.role, one.value.at) not in known),
                    ),
                    time=told.time or more.time,
                    location=told.location or more.location,
                )
        return told

    @property
    def _is_learned(self) -> bool:
        """Whether the models of times and links are asked: they know news, and all its events."""
        return self._lexicon.language == "en" and OTHER in self._profile.events

    @cached_property
    def _times(self) -> EventTimes:
        return EventTimes(self._work)

    def _time(self, event: Event, ruled: Quote | None) -> Quote | None:
        """When an event was: the date of its clause, else as the model tells."""
        if not self._is_learned:
            return ruled
        return ruled or self._times.of(event)

    def _quote(self, start: int, end: int) -> Quote:
        return Quote(text=self._text[start:end], at=start)

    def _sentence_summary(self, sentence: Span) -> str:
        words = " ".join(self._text[sentence.start : sentence.end].split())
        if len(words) <= _SUMMARY_CHARACTERS:
            return words
        return words[: _SUMMARY_CHARACTERS - 1].rstrip() + "…"


def _outline(reader: Reader, kind: str, span: HasSpan) -> Outline | None:
    """The event of a kind that a sentence tells with these words; None where it tells none."""
    return next(
        (
            one
            for one in reader.outlines
            if (one.kind, one.start, one.end) == (kind, span.start, span.end)
        ),
        None,
    )
