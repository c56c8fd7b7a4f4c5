"""MEANTIME: Wikinews articles with events, entities, times, participants and links.

Found in the data, and what is done about it:

- Mentions are exhaustive in sentences 0 to 5 alone, the title and the date line among them: that
  is what is scored. Later sentences hold mentions of what was met before; they are kept.
- Of its four topics there are two here, 30 documents each: aircraft makers and Apple.
- Entity mentions are phrases of every form: names, "the company", "its", and phrases with names in
  them ("European aircraft manufacturer, Airbus"). Their form is given for two in three of the
  scored ones. Products and financial indices are none of our kinds; they may still take part.
- Events are marked generously: "is", "has", "which" where it means one. 27 are in parts; some of
  those are two triggers under one mark ("obtained … published"). The first part is the trigger.
- Instances without a mention are times that the text does not name; links to them are left out.
- PropBank roles. ``Argm-LOC`` is where it happened: a place, not an argument.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from eval.corpora.cat import AnnotatedText, Annotation, Mention, Relation
from eval.corpora.folder import require
from eval.corpora.lines import records
from eval.corpora.names import may_be_name
from eval.corpora.spans import in_order, merged
from eval.corpora.timex import day, timex_value
from eval.gold import (
    GoldArgument,
    GoldDocument,
    GoldEntity,
    GoldEvent,
    GoldRelation,
    GoldTime,
    Span,
    TimeKind,
)
from schemas.output import Polarity

FILE = "gold/meantime_en.jsonl"
LAST_SCORED_SENTENCE = 5

_KINDS = {"PER": "person", "ORG": "organization", "LOC": "place"}
_NAMES = frozenset({"NAM", "PRE.NAM"})
_TIME_KINDS: dict[str, TimeKind] = {
    "DATE": "date",
    "TIME": "time",
    "DURATION": "duration",
    "SET": "set",
}
_PLACE_ROLE = "Argm-LOC"
# Of an event and a time, all but these say when it is, begins or ends.
_ELSEWHEN = frozenset({"BEFORE", "AFTER", "IBEFORE", "IAFTER", "MEASURE"})
_FIRST_COMES_FIRST = frozenset({"BEFORE", "IBEFORE"})
_FIRST_COMES_LAST = frozenset({"AFTER", "IAFTER"})


def read(folder: Path) -> Iterator[GoldDocument]:
    """The documents of MEANTIME.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    return records(require(folder, FILE), AnnotatedText, _document)


def _document(record: AnnotatedText) -> GoldDocument:
    annotation = Annotation(record)
    of_tag: dict[str, list[Mention]] = {}
    for mention in record.mentions:
        of_tag.setdefault(mention.tag, []).append(mention)
    times = {mention.id: _time(annotation, mention) for mention in of_tag.get("TIMEX3", ())}
    entities = (_entity(annotation, one) for one in of_tag.get("ENTITY_MENTION", ()))
    dated = (one.value for one in times.values() if one.is_publication)
    return GoldDocument(
        corpus="meantime",
        document_id=record.doc_id,
        topic=record.doc_id.partition("/")[0].removeprefix("corpus_"),
        text=record.text,
        published_at=day(next(dated, None)),
        sentences=in_order(annotation.sentences.values()),
        scored=merged(
            span for number, span in annotation.sentences.items() if number <= LAST_SCORED_SENTENCE
        ),
        entities=tuple(sorted((one for one in entities if one), key=lambda one: one.span)),
        times=tuple(sorted(times.values(), key=lambda one: one.span)),
        events=_events(annotation, of_tag.get("EVENT_MENTION", ()), times),
        relations=tuple(dict.fromkeys(_relations(annotation))),
        mended=annotation.reader.mended,
    )


def _entity(annotation: Annotation, mention: Mention) -> GoldEntity | None:
    meant = annotation.instance(mention)
    kind = _KINDS.get(meant.attrs.get("ent_type", "")) if meant else None
    if meant is None or kind is None:
        return None
    span = annotation.whole(mention)
    form = mention.attrs.get("syntactic_type")
    is_name = form in _NAMES if form else may_be_name(annotation.reader.quote(span))
    return GoldEntity(span, kind, meant.id, is_name)


def _time(annotation: Annotation, mention: Mention) -> GoldTime:
    return GoldTime(
        annotation.whole(mention),
        timex_value(mention.attrs.get("value")),
        _TIME_KINDS.get(mention.attrs.get("type", "")),
        mention.attrs.get("functionInDocument") == "CREATION_TIME",
    )


def _events(
    annotation: Annotation, mentions: list[Mention] | tuple[()], times: dict[str, GoldTime]
) -> tuple[GoldEvent, ...]:
    arguments: dict[str, list[GoldArgument]] = {}
    places: dict[str, list[Span]] = {}
    when: dict[str, list[Span]] = {}
    for link in annotation.record.relations:
        ends = annotation.mentioned(link)
        if ends is None:
            continue
        if link.type == "HAS_PARTICIPANT":
            role, span = link.attrs.get("sem_role"), annotation.whole(ends[1])
            if role == _PLACE_ROLE:
                places.setdefault(link.source, []).append(span)
            else:
                arguments.setdefault(link.source, []).append(GoldArgument(span, role))
        elif link.type == "TLINK" and link.attrs.get("reltype") not in _ELSEWHEN:
            for event, time in ((link.source, link.target), (link.target, link.source)):
                if time in times and event not in times:
                    when.setdefault(event, []).append(times[time].span)
    events = []
    for mention in mentions:
        span = annotation.beginning(mention)
        meant = annotation.instance(mention)
        events.append(
            GoldEvent(
                event_id=mention.id,
                span=span,
                head=_head(annotation.reader.quote(span), span, mention.attrs.get("pos")),
                kind=meant.attrs.get("class") if meant else None,
                arguments=tuple(dict.fromkeys(arguments.get(mention.id, ()))),
                times=tuple(sorted(set(when.get(mention.id, ())))),
                places=tuple(sorted(set(places.get(mention.id, ())))),
                instance=meant.id if meant else None,
                polarity=_polarity(mention),
            )
        )
    return tuple(sorted(events, key=lambda one: one.span))


def _head(quoted: str, span: Span, part_of_speech: str | None) -> Span | None:
    """The word that the trigger's part of speech is of: "rolled" out, test "flight"."""
    words = [*re.finditer(r"\S+", quoted)]
    if len(words) > 1 and part_of_speech not in ("VERB", "NOUN"):
        return None
    head = words[0] if part_of_speech == "VERB" else words[-1]
    return Span(span.start + head.start(), span.start + head.end())


def _polarity(mention: Mention) -> Polarity | None:
    said = mention.attrs
    if said.get("polarity") == "NEG":
        return "negative"
    is_condition = said.get("special_cases", "").startswith("COND")
    if (
        said.get("certainty") in ("POSSIBLE", "PROBABLE")
        or said.get("time") == "FUTURE"
        or is_condition
    ):
        return "possible"
    return "positive" if said.get("polarity") == "POS" else None


def _relations(annotation: Annotation) -> Iterator[GoldRelation]:
    """Causes from ``CLINK``, order from ``TLINK``.

    Inclusion in time is no part of an event, and ``SLINK`` (what is said) and ``GLINK`` (grammar)
    are no relations of ours.
    """
    for link in annotation.record.relations:
        ends = annotation.mentioned(link)
        if ends is None or any(end.tag != "EVENT_MENTION" for end in ends):
            continue
        if relation := _relation(link):
            yield relation


def _relation(link: Relation) -> GoldRelation | None:
    if link.source == link.target:
        return None
    if link.type == "CLINK":
        return GoldRelation(link.source, link.target, "causes")
    order = link.attrs.get("reltype") if link.type == "TLINK" else None
    if order in _FIRST_COMES_FIRST:
        return GoldRelation(link.source, link.target, "precedes")
    if order in _FIRST_COMES_LAST:
        return GoldRelation(link.target, link.source, "precedes")
    return None
