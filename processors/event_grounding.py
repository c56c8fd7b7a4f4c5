"""From an engine's words to an event: every quote grounded, every name checked."""

from dataclasses import dataclass
from datetime import datetime

from processors.asking import finding
from processors.dates import interval
from processors.grounding import Region, ground
from processors.span_index import SpanIndex, overlap
from schemas.annotation import EntityMention, Span
from schemas.extraction import Argument, Event, Finding, GroundedText
from schemas.ids import content_id
from schemas.output import FoundArgument, FoundEvent, Quote
from schemas.profile import Profile
from schemas.work import Work

_TIME_KINDS = ("date", "time")
# Places of repeated words that are looked at for one that is read.
_MOST_REPEATS = 50


@dataclass(frozen=True, slots=True)
class GroundedEvent:
    """An event with its arguments, and what was wrong with the answer behind it."""

    event: Event
    arguments: tuple[Argument, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class EventTime:
    """Words for a time, and its first and last second where they are known."""

    text: str = ""
    start: datetime | None = None
    end: datetime | None = None


class EventGrounder:
    """Grounds the events of one document; the same answer always makes the same event."""

    def __init__(self, work: Work, profile: Profile) -> None:
        self._work = work
        self._profile = profile
        self._text = work.document.text
        self._times = SpanIndex(mention for mention in work.entities if mention.kind in _TIME_KINDS)
        self._mentions = SpanIndex(work.entities)
        self._sentences = SpanIndex(work.sentences)

    def trigger(self, found: FoundEvent, within: Region) -> GroundedText:
        """Where the event's trigger stands; of repeated words those that are read."""
        first = grounded = ground(self._text, found.trigger, within)
        for _ in range(_MOST_REPEATS):
            if not self._is_unread(grounded):
                return grounded
            # What a mail quotes has the same words.
            behind = self._text.find(found.trigger.text, grounded.end, within.end)
            if behind < 0:
                break
            grounded = ground(self._text, Quote(text=found.trigger.text, at=behind))
        return first

    def unread(self, found: FoundEvent, trigger: GroundedText) -> Finding | None:
        """A finding where the event stands only in words that are not read, and is left out."""
        if not self._is_unread(trigger):
            return None
        return finding(
            self._work,
            "not_read",
            "info",
            "",
            f"an event of kind {found.kind} that only stands in words quoted from elsewhere was "
            "left out",
        )

    def _is_unread(self, trigger: GroundedText) -> bool:
        """Whether a trigger lies in no sentence: those cover all that is read."""
        if not trigger.end or not self._sentences.items:
            return False
        return next(self._sentences.overlapping(trigger.start, trigger.end), None) is None

    def event(self, found: FoundEvent, trigger: GroundedText, within: Region) -> GroundedEvent:
        """The event with everything that the answer says of it.

        Args:
            found: the answer; its kind must be one of the profile's.
            trigger: where its trigger stands.
            within: where its other words are expected.

        Returns:
            The event, its arguments of known roles, and findings for what was left out: an
            unknown role, a time or place that the document does not hold.
        """
        event_id = self._event_id(found.kind, trigger)
        findings: list[Finding] = []
        time, place = EventTime(), ""
        if found.time is not None:
            grounded = self._near(found.time, trigger, within)
            if grounded is None:
                findings.append(self._left_out(event_id, "time"))
            else:
                time = self._event_time(grounded)
        if found.place is not None:
            grounded = self._near(found.place, trigger, within)
            if grounded is None:
                findings.append(self._left_out(event_id, "place"))
            else:
                place = grounded.text
        event = Event(
            event_id=event_id,
            kind=found.kind,
            text=trigger.text,
            start=trigger.start,
            end=trigger.end,
            grounding=trigger.grounding,
            salience=found.salience,
            confidence=found.confidence,
            summary=found.summary,
            mentions=self._spans(found, trigger, within),
            polarity=found.polarity,
            time_text=time.text,
            time_start=time.start,
            time_end=time.end,
            place=place,
        )
        arguments, unknown = self._arguments(event, found, within)
        return GroundedEvent(event, arguments, (*findings, *unknown))

    def unknown_kind(self, found: FoundEvent) -> Finding | None:
        """A finding where the event is of no kind of the profile, and so can't be kept."""
        if found.kind in self._profile.events:
            return None
        return finding(
            self._work,
            "unknown_kind",
            "warning",
            "",
            f"an event of kind {found.kind[:80]!r}, unknown to profile {self._profile.name}, "
            "was left out",
        )

    def _event_id(self, kind: str, trigger: GroundedText) -> str:
        document_id = self._work.document.document_id
        if trigger.grounding == "ungrounded":
            return content_id("event", document_id, kind, trigger.text.casefold())
        return content_id("event", document_id, kind, trigger.start, trigger.end)

    def _near(self, quote: Quote, trigger: GroundedText, within: Region) -> GroundedText | None:
        grounded = self._ground_near(quote, trigger, within)
        return None if grounded.grounding == "ungrounded" else grounded

    def _ground_near(self, quote: Quote, trigger: GroundedText, within: Region) -> GroundedText:
        # An engine that knows no offsets means the words nearest to what it speaks of.
        if quote.at is None and trigger.grounding != "ungrounded":
            quote = Quote(text=quote.text, at=trigger.start)
        return ground(self._text, quote, within)

    def _event_time(self, grounded: GroundedText) -> EventTime:
        mentions = sorted(
            self._times.overlapping(grounded.start, grounded.end),
            key=lambda mention: (_TIME_KINDS.index(mention.kind), -overlap(mention, grounded)),
        )
        for mention in mentions:
            if bounds := interval(mention.value):
                return EventTime(grounded.text, *bounds)
        return EventTime(grounded.text)

    def _spans(self, found: FoundEvent, trigger: GroundedText, within: Region) -> tuple[Span, ...]:
        grounded = [
            trigger,
            *(self._ground_near(quote, trigger, within) for quote in found.mentions),
        ]
        spans = {
            (mention.start, mention.end): Span(start=mention.start, end=mention.end)
            for mention in grounded
            if mention.grounding != "ungrounded"
        }
        return tuple(spans.values())

    def _arguments(
        self, event: Event, found: FoundEvent, within: Region
    ) -> tuple[tuple[Argument, ...], tuple[Finding, ...]]:
        roles = self._profile.events[found.kind].roles
        arguments: dict[str, Argument] = {}
        findings: list[Finding] = []
        for argument in found.arguments:
            if argument.role not in roles:
                findings.append(self._unknown_role(event, argument))
                continue
            grounded = self._ground_near(argument.value, event, within)
            argument_id = content_id(
                "argument",
                event.event_id,
                argument.role,
                grounded.start,
                grounded.end,
                "" if grounded.end else grounded.text.casefold(),
            )
            arguments[argument_id] = Argument(
                argument_id=argument_id,
                event_id=event.event_id,
                role=argument.role,
                text=grounded.text,
                start=grounded.start,
                end=grounded.end,
                grounding=grounded.grounding,
                entity_id=self._entity_id(grounded, roles[argument.role].entities),
            )
        return tuple(arguments.values()), tuple(findings)

    def _entity_id(self, grounded: GroundedText, kinds: tuple[str, ...]) -> str:
        """The entity whose mention shares most characters, of a kind that fits the role."""
        best: EntityMention | None = None
        for mention in self._mentions.overlapping(grounded.start, grounded.end):
            if mention.kind in kinds and (
                best is None or overlap(mention, grounded) > overlap(best, grounded)
            ):
                best = mention
        return best.entity_id if best else ""

    def _unknown_role(self, event: Event, argument: FoundArgument) -> Finding:
        return finding(
            self._work,
            "unknown_role",
            "warning",
            event.event_id,
            f"an argument of role {argument.role[:80]!r}, unknown to kind {event.kind}, "
            "was left out",
        )

    def _left_out(self, event_id: str, what: str) -> Finding:
        return finding(
            self._work,
            "ungrounded_" + what,
            "info",
            event_id,
            f"a {what} that does not stand in the document was left out",
        )
