"""EventStoryLine 1.0: news articles with events, times, and links of what led to what.

Found in the data, and what is done about it:

- 16 of its 22 topics are here, 189 documents, all of them in ECB+ too (see there).
- 1,251 of 2,894 sentences have a mention: only those are scored.
- ``PRECONDITION`` goes from what led to an event, ``FALLING_ACTION`` from what came of it: the
  second is turned round. ``CAUSED_BY`` says outright that the target is the cause (seven times on a
  precondition). 16 plot links have no type and are left out; 41 links are there twice. Together
  they are "causes" in a wide sense: "checked into" led to "stay".
- Of order between events there is next to nothing: one link. It is left out, so that "precedes" is
  not scored on it.
- A time is linked to each event of the document, in whatever sentence, and most often it is the
  date line. All links but ``BEFORE`` and ``AFTER`` say when an event is, begins or ends.
- 77 times are not in the text; the links to them are left out. In 20 documents the date of
  publication is one of those.
- A few values are slips ("2009-12-7", "PXTH"): the first kind is mended, the second left out.
"""

from collections.abc import Iterator
from pathlib import Path

from eval.corpora import ecb_tags
from eval.corpora.cat import AnnotatedText, Annotation, Relation
from eval.corpora.ecbplus import annotated_sentences, topic
from eval.corpora.folder import require
from eval.corpora.lines import records
from eval.corpora.spans import in_order
from eval.corpora.timex import day
from eval.gold import GoldDocument, GoldEvent, GoldRelation, GoldTime, Span

FILE = "gold/eventstoryline_v1.jsonl.gz"
UNTYPED = "a plot link without a type"

_ELSEWHEN = frozenset({"BEFORE", "AFTER"})


def read(folder: Path) -> Iterator[GoldDocument]:
    """The documents of EventStoryLine.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    return records(require(folder, FILE), AnnotatedText, _document)


def _document(record: AnnotatedText) -> GoldDocument:
    annotation = Annotation(record)
    times = ecb_tags.times(annotation)
    return GoldDocument(
        corpus="eventstoryline",
        document_id=record.doc_id,
        topic=topic(record.doc_id),
        text=record.text,
        published_at=_published(record),
        sentences=in_order(annotation.sentences.values()),
        scored=annotated_sentences(annotation),
        entities=tuple(sorted(ecb_tags.entities(annotation), key=lambda one: one.span)),
        times=tuple(sorted(times.values(), key=lambda one: one.span)),
        events=tuple(sorted(_events(annotation, times), key=lambda one: one.span)),
        relations=tuple(dict.fromkeys(_relations(annotation))),
        mended=annotation.reader.mended,
    )


def _published(record: AnnotatedText) -> str | None:
    """The day of the date line, or of one that the annotators knew from elsewhere."""
    said = [one.attrs for one in record.mentions] + [one.attrs for one in record.instances]
    dates = (day(one.get("value")) for one in said if one.get("DCT") == "TRUE")
    return next(filter(None, dates), None)


def _events(annotation: Annotation, times: dict[str, GoldTime]) -> Iterator[GoldEvent]:
    when: dict[str, set[Span]] = {}
    for link in annotation.record.relations:
        relation = link.attrs.get("relType")
        if link.type == "TLINK" and relation and relation not in _ELSEWHEN:
            for event, time in ((link.source, link.target), (link.target, link.source)):
                if time in times and event not in times:
                    when.setdefault(event, set()).add(times[time].span)
    for mention in filter(ecb_tags.is_event, annotation.record.mentions):
        yield GoldEvent(
            event_id=mention.id,
            span=annotation.beginning(mention),
            kind=ecb_tags.event_kind(mention),
            times=tuple(sorted(when.get(mention.id, ()))),
            polarity="negative" if ecb_tags.is_negated(mention) else None,
        )


def _relations(annotation: Annotation) -> Iterator[GoldRelation]:
    for link in annotation.record.relations:
        ends = annotation.mentioned(link)
        if link.type != "PLOT_LINK" or ends is None or link.source == link.target:
            continue
        if not link.attrs.get("relType"):
            annotation.reader.mended[UNTYPED] += 1
        elif all(map(ecb_tags.is_event, ends)):
            yield _cause(link)


def _cause(link: Relation) -> GoldRelation:
    if link.attrs["relType"] == "FALLING_ACTION" or link.attrs.get("CAUSED_BY") == "TRUE":
        return GoldRelation(link.target, link.source, "causes")
    return GoldRelation(link.source, link.target, "causes")
