"""What a model of times is told of an event and a date or time that may be when it was."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

from processors.dates import interval
from processors.learned.link_features import known, trigger_head
from processors.lexical.english import AUXILIARIES, PREPOSITIONS, SUBORDINATORS
from processors.span_index import HasSpan
from processors.tokens import Token, tokenize
from schemas.annotation import Span

# Date lines stand at the head of a text.
_HEAD = 5
_MOST_IN_SENTENCE = 4
_RANKS = ("in0", "in1", "in2")
_FURTHEST = 80
_MOST_KEPT = 16_384
_BOUNDS = SUBORDINATORS | frozenset({",", ";", ":", "-", "and", "but"})
_DISTANCES = (0, 1, 2, 4, 7, 12, 20)
_WORDS_BEFORE = 3
_CLAUSE_REACH = 12
_RELATIVES = frozenset({"who", "which", "that", "whose", "whom"})
_NOT_WHEN = frozenset({"since", "than", "until", "till"})
_DAY_S = 86_400.0
_AGES = (("same", 1), ("day", 2), ("week", 8), ("month", 40), ("year", 400))


class TimeLike(HasSpan, Protocol):
    """A date or time as it was recognised: mentions of entities are such."""

    @property
    def kind(self) -> str:
        """``date`` or ``time``."""
        ...

    @property
    def value(self) -> str:
        """ISO 8601, empty where it is not known."""
        ...


class Moment(NamedTuple):
    """A date or time: its place in the text, ISO 8601 value, and sentence.

    ``first`` and ``last`` are positions among the sentence's words.
    """

    start: int
    end: int
    kind: str
    value: str
    sentence: int
    first: int
    last: int


class Event(NamedTuple):
    """A trigger: positions ``first`` to ``last`` among the words of its sentence."""

    sentence: int
    first: int
    last: int


@dataclass(frozen=True)
class Story:
    """A document as its times and events stand in it.

    Attributes:
        words: those of each sentence with an event or a time, by its number.
        moments: in the order of the text.
        events: in the order of the text.
    """

    words: Mapping[int, Sequence[str]]
    moments: Sequence[Moment]
    events: Sequence[Event]

    @cached_property
    def told_in(self) -> frozenset[int]:
        """The sentences that have events."""
        return frozenset(event.sentence for event in self.events)

    @cached_property
    def line(self) -> int:
        """Which moment dates the document: the first, where it stands at the head; else -1."""
        return 0 if self.moments and self.moments[0].sentence < _HEAD else -1

    @cached_property
    def lead(self) -> int:
        """The first moment beside an event; -1 where there is none."""
        beside = (at for at, one in enumerate(self.moments) if one.sentence in self.told_in)
        return next(beside, -1)

    @cached_property
    def sentences(self) -> Sequence[int]:
        """The sentence of each moment, rising."""
        return [moment.sentence for moment in self.moments]

    @cached_property
    def starts(self) -> Sequence[tuple[int, int]]:
        """The sentence and the first word of each event, rising."""
        return [(event.sentence, event.first) for event in self.events]

    @cached_property
    def forms(self) -> Sequence[tuple[str, str]]:
        """How exact each moment is, and how long before the document's date."""
        line = interval(self.moments[0].value) if self.line >= 0 else None
        return [(_form(moment), _since(line, moment)) for moment in self.moments]

    @cached_property
    def akin(self) -> Mapping[str, int]:
        """The first moment that stands beside an event of the same word, by that word."""
        beside: dict[int, int] = {}
        for at, moment in enumerate(self.moments):
            beside.setdefault(moment.sentence, at)
        found: dict[str, int] = {}
        for event in self.events:
            if event.sentence in beside:
                stem = trigger_head(self.words[event.sentence], event.first, event.last).stem
                found.setdefault(stem, beside[event.sentence])
        return found


def story_of(
    text: str, sentences: Sequence[Span], times: Iterable[TimeLike], triggers: Sequence[HasSpan]
) -> Story:
    """A document as the model sees it.

    Args:
        text: of the document.
        sentences: all of them, in order.
        times: its dates and times, in order and apart from each other.
        triggers: of its events, in order; ``Story.events`` are theirs, one for each.
    """
    starts = [sentence.start for sentence in sentences]
    tokens: dict[int, list[Token]] = {}

    def placed(start: int, end: int) -> tuple[int, int, int]:
        number = max(0, bisect_right(starts, start) - 1)
        if number not in tokens:
            sentence = sentences[number]
            tokens[number] = tokenize(text, sentence.start, sentence.end)
        own = tokens[number]
        first = bisect_right(own, start, key=lambda token: token.end)
        last = bisect_left(own, end, key=lambda token: token.start) - 1
        first = min(first, len(own) - 1)
        return number, first, max(first, last)

    moments = [
        Moment(one.start, one.end, one.kind, one.value, *placed(one.start, one.end))
        for one in times
    ]
    events = [Event(*placed(span.start, span.end)) for span in triggers]
    words = {number: [token.text for token in own] for number, own in tokens.items()}
    return Story(words, moments, events)


def moments_near(story: Story, event: Event) -> dict[int, str]:
    """Moments that may be when an event was, by number, and how each stands to it.

    As many for a long document as for a short one; none for what is only said, which has no time
    in the corpus but where its clause says so.
    """
    tags: dict[int, list[str]] = {}
    head = trigger_head(story.words[event.sentence], event.first, event.last)
    if head.is_saying:
        return {}
    low = bisect_left(story.sentences, event.sentence)
    high = bisect_right(story.sentences, event.sentence)
    at = bisect_left(story.moments, event.first, low, high, key=lambda moment: moment.first)
    beside = range(max(low, at - _MOST_IN_SENTENCE), min(high, at + _MOST_IN_SENTENCE))
    not_then = {at for at in beside if _is_of_another(story, event, story.moments[at])}
    inside = sorted(
        (at for at in beside if at not in not_then),
        key=lambda at: abs(story.moments[at].first - event.first),
    )
    for rank, at in enumerate(inside[:_MOST_IN_SENTENCE]):
        tags.setdefault(at, []).append(_RANKS[min(rank, 2)])
    for tag, at in (
        ("line", story.line),
        ("lead", story.lead),
        ("akin", story.akin.get(head.stem, -1)),
        ("before", low - 1),
        ("behind", high if high < len(story.moments) else -1),
    ):
        if at >= 0 and at not in not_then:
            tags.setdefault(at, []).append(tag)
    return {at: "+".join(found) for at, found in tags.items()}


def _is_of_another(story: Story, event: Event, moment: Moment) -> bool:
    """Whether a moment of the event's sentence is plainly none of its: "the worst since May".

    Nor is that of a relative clause which ends before the event, nor one that is far away.
    """
    words = story.words[event.sentence]
    if abs(moment.first - event.first) > _FURTHEST:
        return True
    if moment.first and known(words[moment.first - 1]).lower in _NOT_WHEN:
        return True
    if moment.last >= event.first or "," not in words[moment.last + 1 : event.first]:
        return False
    for word in words[max(0, moment.first - _CLAUSE_REACH) : moment.first][::-1]:
        if word in (",", ";"):
            return False
        if word.lower() in _RELATIVES:
            return True
    return False


def time_features(story: Story, event: Event, near: Mapping[int, str]) -> list[list[str]]:
    """The features of an event with each of the moments near it.

    Args:
        story: the document.
        event: one of its events.
        near: as ``moments_near`` gives it.
    """
    words = story.words[event.sentence]
    head = trigger_head(words, event.first, event.last)
    nearest = words[max(0, event.first - _WORDS_BEFORE) : event.first][::-1]
    auxiliaries = (known(word).lower for word in nearest)
    before = next((word for word in auxiliaries if word in AUXILIARIES or word == "to"), "")
    signs = (
        f"c={head.classes[0]}",
        f"f={head.form}",
        f"fa={head.form}|{before}",
        f"t={head.topic}",
        f"at={min(event.sentence, 4)}",
    )
    count = sum(story.moments[at].sentence == event.sentence for at in near)
    shared = ["bias", *signs, f"s={head.stem}", f"in={min(count, 3)}"]
    rows = []
    for at, how in near.items():
        row = [*shared, f"how={how}"]
        for tag in how.split("+"):
            row += _of_tag(tag, signs)
            row += _of_tagged(tag, story.forms[at], count > 0)
            row.append(f"tag={tag}|s={head.stem}")
        row += _of_moment(story, event, at)
        rows.append(row)
    return rows


@lru_cache(_MOST_KEPT)
def _of_tag(tag: str, signs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"tag={tag}|{sign}" for sign in signs)


@lru_cache(_MOST_KEPT)
def _of_tagged(tag: str, form: tuple[str, str], is_beside: bool) -> tuple[str, ...]:
    return (f"tag={tag}|{is_beside}", f"tag={tag}|{form[0]}", f"tag={tag}|{form[1]}")


def _of_moment(story: Story, event: Event, at: int) -> list[str]:
    moment = story.moments[at]
    form, since = story.forms[at]
    away = moment.sentence - event.sentence
    is_told = moment.sentence in story.told_in
    found = [
        f"form={form}|{since}",
        f"since={since}|{away == 0}",
        f"away={max(-4, min(4, away))}",
        f"own={is_told}",
    ]
    if at == story.line:
        found.append(f"line={is_told}|{at == story.lead}|{len(story.moments) > 1}")
    return found if away else found + _in_sentence(story, event, moment)


def _in_sentence(story: Story, event: Event, moment: Moment) -> list[str]:
    words = story.words[event.sentence]
    is_first = moment.last < event.first
    low, high = (moment.last + 1, event.first) if is_first else (event.last + 1, moment.first)
    between = [known(word).lower for word in words[low:high]]
    distance = sum(len(between) > bound for bound in _DISTANCES)
    others = bisect_left(story.starts, (event.sentence, max(low, high))) - bisect_left(
        story.starts, (event.sentence, low)
    )
    bounds = sum(word in _BOUNDS for word in between)
    before = known(words[moment.first - 1]).lower if moment.first else "^"
    return [
        f"d={distance}|{is_first}",
        f"o={min(others, 3)}|{is_first}",
        f"b={min(bounds, 3)}|{is_first}",
        f"db={distance}|{min(bounds, 2)}|{min(others, 2)}",
        f"w={before}" if before in PREPOSITIONS or before == "^" else "w=?",
    ]


def _form(moment: Moment) -> str:
    """How exact a moment is."""
    if not moment.value:
        return f"{moment.kind}?"
    if "/" in moment.value:
        return "range"
    return moment.kind + str(len(moment.value.partition("T")[0]))


def _since(line: tuple[datetime, datetime] | None, moment: Moment) -> str:
    """How long before the document's own date a moment is, where both are known."""
    own = interval(moment.value)
    if line is None or own is None:
        return "?"
    days = (line[0] - own[0]).total_seconds() / _DAY_S
    if days < -1:
        return "future"
    return next((name for name, bound in _AGES if days < bound), "older")
