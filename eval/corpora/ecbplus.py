"""ECB+: short news articles with events, participants, places and times; many, and no links.

Found in the data, and what is done about it:

- Its 37 topics here (of 43) are numbers before the first "_" of the name. Each is two events of one
  kind ("1_1ecb" and "1_1ecbplus"): never on two sides of a split.
- The 189 documents of EventStoryLine are all in it, with the same names and texts, and fewer
  annotations: 16 topics are shared.
- 3,752 of 13,600 sentences have a mention. The others were not read by the annotators, so only
  sentences with a mention are scored.
- Times have no values. Participants, places and times are not linked to events.
- Six spans end in a tab; one mention runs over two sentences.
- The text is tokenised here and there ("rear - ended", "7 a. m"): it is fed as it is.
"""

from collections.abc import Iterator
from pathlib import Path

from eval.corpora import ecb_tags
from eval.corpora.cat import AnnotatedText, Annotation
from eval.corpora.folder import require
from eval.corpora.lines import records
from eval.corpora.spans import in_order, merged
from eval.gold import GoldDocument, GoldEvent, Span

FILE = "gold/ecbplus.jsonl.gz"


def read(folder: Path) -> Iterator[GoldDocument]:
    """The documents of ECB+.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    return records(require(folder, FILE), AnnotatedText, _document)


def topic(name: str) -> str:
    """The topic of a document of ECB+ or EventStoryLine by its name."""
    return name.partition("_")[0]


def annotated_sentences(annotation: Annotation) -> tuple[Span, ...]:
    """Where annotators have read: the sentences with a mention."""
    read_ones = {mention.sentence for mention in annotation.record.mentions}
    return merged(annotation.sentences[number] for number in read_ones)


def _document(record: AnnotatedText) -> GoldDocument:
    annotation = Annotation(record)
    return GoldDocument(
        corpus="ecbplus",
        document_id=record.doc_id,
        topic=topic(record.doc_id),
        text=record.text,
        sentences=in_order(annotation.sentences.values()),
        scored=annotated_sentences(annotation),
        entities=tuple(sorted(ecb_tags.entities(annotation), key=lambda one: one.span)),
        times=tuple(sorted(ecb_tags.times(annotation).values(), key=lambda one: one.span)),
        events=tuple(sorted(_events(annotation), key=lambda one: one.span)),
        mended=annotation.reader.mended,
    )


def _events(annotation: Annotation) -> Iterator[GoldEvent]:
    for mention in filter(ecb_tags.is_event, annotation.record.mentions):
        meant = annotation.instance(mention)
        yield GoldEvent(
            event_id=mention.id,
            span=annotation.beginning(mention),
            kind=ecb_tags.event_kind(mention),
            instance=meant.id if meant else None,
            polarity="negative" if ecb_tags.is_negated(mention) else None,
        )
