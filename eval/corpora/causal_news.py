"""Causal News Corpus: sentences of news with spans of cause, effect and signal.

Found in the data, and what is done about it:

- A "document" is one sentence, tokenised ("protests , police said ."), with one to five pairs.
  Every sentence here has a pair: on those without any, precision cannot be measured.
- The id is the article's and the number of the sentence: 60 articles have two or three sentences
  here. The article is the topic.
- A cause may be what is aimed at ("arrests … to foil the March": the aim is the cause), and spans
  are clauses, with or without a full stop at their end. No events are marked.
"""

from collections.abc import Iterator
from pathlib import Path

from eval.corpora.folder import require
from eval.corpora.lines import Record, records
from eval.corpora.spans import SpanReader
from eval.gold import GoldClauseRelation, GoldDocument, Span

FILE = "gold/causal_news_corpus.jsonl"

Offsets = tuple[int, int]


class _Relation(Record):
    cause: Offsets
    effect: Offsets
    signals: tuple[Offsets, ...]


class _Document(Record):
    id: str
    text: str
    relations: tuple[_Relation, ...]


def read(folder: Path) -> Iterator[GoldDocument]:
    """The sentences of the Causal News Corpus.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    return records(require(folder, FILE), _Document, _document)


def _document(record: _Document) -> GoldDocument:
    reader = SpanReader(record.text)
    whole = (Span(0, len(record.text)),)
    return GoldDocument(
        corpus="causal_news",
        document_id=record.id,
        topic=record.id.rpartition("_")[0],
        text=record.text,
        sentences=whole,
        scored=whole,
        clause_relations=tuple(
            GoldClauseRelation(
                reader.read(one.cause),
                reader.read(one.effect),
                "causes",
                tuple(map(reader.read, one.signals)),
            )
            for one in record.relations
        ),
        mended=reader.mended,
    )
