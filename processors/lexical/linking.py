"""Links between events: by connectives, by times that follow each other, and by a model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from processors.learned.link_features import telling_of
from processors.learned.link_tagging import link_tagger
from processors.lexical.lexicon import Lexicon, Link
from processors.span_index import SpanIndex
from schemas.annotation import EntityMention, Span
from schemas.extraction import Event
from schemas.output import FoundRelationship, Quote
from schemas.work import Work

_PRECEDES = "precedes"
_CAUSES = "causes"
# How many characters a connective reaches over to the events that it links.
_REACH_BACK = 120
_REACH_ON = 80
_IN_SENTENCE, _ACROSS_SENTENCES, _BY_TIME = 0.7, 0.55, 0.6
_COMMAS = (",", "，", "、", ";", "；", ":", "：")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words of an event, and the sentence that they stand in; an event may have several."""

    sentence: int
    start: int
    end: int
    event: Event


@dataclass(frozen=True, slots=True)
class _Pair:
    """The events that a connective stands between: the one told before it, the one behind."""

    before: Event
    behind: Event
    confidence: float


def link_events(
    work: Work,
    anchors: list[Anchor],
    lexicon: Lexicon,
    kinds: tuple[str, ...],
    is_learned: bool = True,
) -> Iterator[FoundRelationship]:
    """The links between events of the same or of adjacent sentences, each once.

    What connectives and times say comes first. In English the model adds causes within a sentence,
    told in so many words or not, where neither has linked the two.

    Args:
        work: the document.
        anchors: where the events stand, in the order of the text.
        lexicon: whose connectives count.
        kinds: the kinds of relationship to look for.
        is_learned: whether the model is asked.
    """
    linker = _Linker(work, anchors, lexicon)
    seen: set[tuple[str, str, str]] = set()
    for link in (*linker.by_connectives(), *linker.by_time()):
        key = (link.kind, link.source, link.target)
        if link.kind in kinds and link.source != link.target and key not in seen:
            seen.add(key)
            yield link
    if not is_learned or lexicon.language != "en" or _CAUSES not in kinds:
        return
    linked = {frozenset((source, target)) for _, source, target in seen}
    for link in linker.by_model():
        ends = frozenset((link.source, link.target))
        if ends not in linked:
            linked.add(ends)
            yield link


class _Linker:
    def __init__(self, work: Work, anchors: list[Anchor], lexicon: Lexicon) -> None:
        self._text = work.document.text
        self._sentences = work.sentences
        self._dates = SpanIndex(mention for mention in work.entities if mention.kind == "date")
        self._lexicon = lexicon
        self._anchors = anchors
        self._by_sentence: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._by_sentence.setdefault(anchor.sentence, []).append(anchor)

    def by_connectives(self) -> Iterator[FoundRelationship]:
        """Links that the text names in so many words."""
        pattern = self._lexicon.connectives
        if pattern is None:
            return
        for index, anchors in self._by_sentence.items():
            sentence = self._sentences[index]
            for match in pattern.finditer(self._text, sentence.start, sentence.end):
                link = self._lexicon.links.get(match.group().lower())
                if link is None or self._opens_date(match.end()):
                    continue
                evidence = self._widened(match.start(), match.end())
                pair = self._pair(link, evidence, anchors)
                if pair is not None and self._in_order(link, pair):
                    yield self._link(link, pair, evidence)

    def by_time(self) -> Iterator[FoundRelationship]:
        """Neighbours of which one is over, by its date, before the other begins."""
        tellings = [a for a in self._anchors if a.start == a.event.start]
        for first, second in pairwise(tellings):
            if second.sentence > first.sentence + 1:
                continue
            one, other = first.event, second.event
            if not (one.time_start and one.time_end and other.time_start and other.time_end):
                continue
            if one.time_end < other.time_start:
                source, target = one, other
            elif other.time_end < one.time_start:
                source, target = other, one
            else:
                continue
            at = self._own_time(second)
            if at < 0 or self._own_time(first) < 0:
                continue  # the date line's, or another's: it orders nothing
            yield FoundRelationship(
                kind=_PRECEDES,
                source=source.event_id,
                target=target.event_id,
                evidence=Quote(text=other.time_text, at=at),
                confidence=_certainty(_BY_TIME, one, other),
            )

    def by_model(self) -> Iterator[FoundRelationship]:
        """Causes in a sentence, as the model finds them; of two links of a pair the surer first."""
        sentences = sorted(self._by_sentence.items())
        tellings = [
            telling_of(self._text, index, self._sentences[index], anchors)
            for index, anchors in sentences
            if len(anchors) > 1
        ]
        found = [
            (link, self._by_sentence[telling.number])
            for telling, links in link_tagger().links(tellings)
            for link in links
        ]
        for link, anchors in sorted(found, key=lambda one: -one[0].probability):
            source, target = anchors[link.source], anchors[link.target]
            if source.event.event_id != target.event.event_id:
                yield FoundRelationship(
                    kind=_CAUSES,
                    source=source.event.event_id,
                    target=target.event.event_id,
                    evidence=self._evidence(*sorted((source, target), key=lambda a: a.start)),
                    confidence=_certainty(link.probability, source.event, target.event),
                )

    def _evidence(self, first: Anchor, second: Anchor) -> Quote:
        """The connective between two events, else the words from the one to the other."""
        start, end = first.start, second.end
        pattern = self._lexicon.connectives
        for match in pattern.finditer(self._text, first.end, second.start) if pattern else ():
            if self._lexicon.links[match.group().lower()].kind == _CAUSES:
                start, end = match.span()
        return Quote(text=self._text[start:end], at=start)

    def _pair(self, link: Link, evidence: Span, anchors: list[Anchor]) -> _Pair | None:
        """The events that a connective links, by where it stands in its sentence."""
        index = anchors[0].sentence
        sentence = self._sentences[index]
        before = [anchor for anchor in anchors if anchor.end <= evidence.start]
        behind = [anchor for anchor in anchors if anchor.start >= evidence.end]
        earlier = self._by_sentence.get(index - 1, [])
        if not self._has_words(sentence.start, evidence.start):
            return self._opening(link, evidence, earlier, behind)
        if before and behind:
            near = evidence.start - before[-1].end <= _REACH_BACK
            if near and self._directly(evidence.end, behind[0].start):
                return _Pair(before[-1].event, behind[0].event, _IN_SENTENCE)
            return None
        if before and earlier and not self._has_words(evidence.end, sentence.end):
            # "Its founder resigned a day later."
            return _Pair(earlier[-1].event, before[-1].event, _ACROSS_SENTENCES)
        return None

    def _opening(
        self, link: Link, evidence: Span, earlier: list[Anchor], behind: list[Anchor]
    ) -> _Pair | None:
        """A connective that opens its sentence: it links clauses here, or leads on from before."""
        if not behind:
            return None
        first = behind[0]
        leads_on = self._text.startswith(_COMMAS, evidence.end)
        if not leads_on and len(behind) > 1:
            comma = self._comma(first.end, behind[1].start)
            if comma or link.connective.first == "target":
                # "After Acme bought Widget, its founder resigned."
                return _Pair(behind[1].event, first.event, _IN_SENTENCE)
        if not leads_on and (
            link.connective.first == "target"
            or self._comma(first.end, self._sentences[first.sentence].end)
        ):
            return None
        return _Pair(earlier[-1].event, first.event, _ACROSS_SENTENCES) if earlier else None

    def _link(self, link: Link, pair: _Pair, evidence: Span) -> FoundRelationship:
        source, target = _ends(link, pair)
        return FoundRelationship(
            kind=link.kind,
            source=source.event_id,
            target=target.event_id,
            evidence=Quote(text=self._text[evidence.start : evidence.end], at=evidence.start),
            confidence=_certainty(pair.confidence, source, target),
        )

    def _own_time(self, anchor: Anchor) -> int:
        """Where an event's time stands in the event's sentence; -1 where it stands elsewhere."""
        sentence = self._sentences[anchor.sentence]
        return self._text.find(anchor.event.time_text, sentence.start, sentence.end)

    def _in_order(self, link: Link, pair: _Pair) -> bool:
        """Whether the events' own times allow what the connective says."""
        source, target = _ends(link, pair)
        if link.kind != _PRECEDES or source.time_start is None or target.time_end is None:
            return True
        return target.time_end >= source.time_start

    def _widened(self, start: int, end: int) -> Span:
        """The words of a time that a connective is part of ("a day later"), or its own."""
        dates: Iterable[EntityMention] = self._dates.overlapping(start, end)
        for mention in dates:
            if mention.start <= start and end <= mention.end:
                return Span(start=mention.start, end=mention.end)
        return Span(start=start, end=end)

    def _opens_date(self, end: int) -> bool:
        """Whether a date follows directly: "after 3 March" links no two events."""
        return any(mention.start == end + 1 for mention in self._dates.starting_in(end, end + 2))

    def _has_words(self, start: int, end: int) -> bool:
        return any(character.isalnum() for character in self._text[start:end])

    def _comma(self, start: int, end: int) -> bool:
        return any(sign in self._text[start:end] for sign in _COMMAS)

    def _directly(self, start: int, end: int) -> bool:
        if self._text.startswith(_COMMAS, start):
            start += 1
        return end - start <= _REACH_ON and not self._comma(start, end)


def _ends(link: Link, pair: _Pair) -> tuple[Event, Event]:
    """The source and the target of a link."""
    if link.connective.first == "source":
        return pair.before, pair.behind
    return pair.behind, pair.before


def _certainty(linked: float, source: Event, target: Event) -> float:
    """How sure a link is: no surer than that both its ends are events at all."""
    return round(linked * source.confidence * target.confidence, 2)
