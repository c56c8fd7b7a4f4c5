"""re3d: reports on defence and security with entities at true offsets of untouched text.

Found in the data, and what is done about it:

- 58 of 2,632 entities cut through a word: "the camp" of "the campaign", the vehicle "st Daesh" of
  "against Daesh". A gazetteer did that, not a reader: they are left out.
- Entities nest, and mentions of every form are marked. 50 spans are both place and organization
  ("Russia"), 10 are person and something else: both are kept, since either is right.
- Four spans begin or end with a space.
- Of eleven kinds of relations ``IsSynonymOf`` says that two mentions are one entity. The others
  hold between entities, where ours hold between events: they are left out.
- Times have no values.
"""

from collections.abc import Iterator
from pathlib import Path

import networkx as nx

from eval.corpora.folder import require
from eval.corpora.lines import Record, records
from eval.corpora.names import may_be_name
from eval.corpora.spans import SpanReader
from eval.gold import GoldDocument, GoldEntity, GoldTime, Span

FILE = "gold/re3d.jsonl"
CUT_WORD = "an entity that cuts through a word"

Offsets = tuple[int, int]

_KINDS = {"Person": "person", "Organisation": "organization", "Location": "place"}
_TIME = "Temporal"
_SAME = "IsSynonymOf"


class _Entity(Record):
    start: int
    end: int
    type: str


class _Relation(Record):
    type: str
    source: Offsets
    target: Offsets


class _Document(Record):
    doc_id: str
    source: str
    text: str
    entities: tuple[_Entity, ...]
    relations: tuple[_Relation, ...]


def read(folder: Path) -> Iterator[GoldDocument]:
    """The documents of re3d.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    return records(require(folder, FILE), _Document, _document)


def _document(record: _Document) -> GoldDocument:
    reader = SpanReader(record.text)
    meant = _same_entities(reader, record)
    entities: list[GoldEntity] = []
    times: list[GoldTime] = []
    for one in record.entities:
        span = reader.read((one.start, one.end))
        if _cuts_a_word(record.text, span):
            reader.mended[CUT_WORD] += 1
        elif one.type == _TIME:
            times.append(GoldTime(span))
        elif kind := _KINDS.get(one.type):
            is_name = may_be_name(reader.quote(span))
            entities.append(GoldEntity(span, kind, meant.get(span), is_name))
    return GoldDocument(
        corpus="re3d",
        document_id=record.doc_id,
        topic=record.doc_id,
        text=record.text,
        scored=(Span(0, len(record.text)),),
        entities=tuple(sorted(dict.fromkeys(entities), key=lambda one: (one.span, one.kind))),
        times=tuple(sorted(dict.fromkeys(times), key=lambda one: one.span)),
        notes={"source": record.source},
        mended=reader.mended,
    )


def _cuts_a_word(text: str, span: Span) -> bool:
    """Whether a letter or digit stands on both sides of one of its ends."""
    return any(0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum() for at in span)


def _same_entities(reader: SpanReader, record: _Document) -> dict[Span, str]:
    """An id for each mention that is said to be the same as another."""
    same: nx.Graph[Span] = nx.Graph()
    same.add_edges_from(
        (reader.read(one.source), reader.read(one.target))
        for one in record.relations
        if one.type == _SAME
    )
    groups = sorted(sorted(group) for group in nx.connected_components(same))
    return {span: str(number) for number, group in enumerate(groups) for span in group}
