"""GUM: documents of six genres with nested entities, dates and discourse relations.

Found in the data, and what is done about it:

- Entities nest ("Balanga City Bataan, Philippines" holds "Philippines") and are mentions of every
  form, "you" and "researchers" among them; their form is not marked. Of ten types three are ours.
- Dates are those that name a calendar date, "A year later" among them; "today", "five minutes" and
  times of the day are entities of type ``time`` and no dates. Values are TEI: ``when``, ``from``
  and ``to``, or bounds (``notBefore``, ``notAfter``), which name no stretch of time and are left
  out, as are years before Christ. "--09" is a month of some year: "XXXX-09". A few are slips
  ("1966" with 1996).
- Relations hold between clauses, not events. ``arg1`` always comes first in the text, so for
  "reason" and "succession" the sense does not tell which clause is the cause or the earlier one:
  "Because A, B" is "reason" as "B because A" is. A clause that begins with such a conjunction is
  taken for it; else the second one is.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from eval.corpora.folder import require
from eval.corpora.lines import Record, records
from eval.corpora.names import may_be_name
from eval.corpora.spans import SpanReader, in_order
from eval.corpora.timex import day, timex_value
from eval.gold import GoldClauseRelation, GoldDocument, GoldEntity, GoldTime, Span

FILE = "gold/gum_open.jsonl.gz"
TURNED = "a relation whose first clause is the subordinate one"

Offsets = tuple[int, int]

_KINDS = {"person": "person", "organization": "organization", "place": "place"}
# Sense -> our kind, and whether the second clause is the source where no conjunction says more.
_SENSES = {
    "contingency.cause.result": ("causes", False),
    "contingency.cause.reason": ("causes", True),
    "temporal.asynchronous.precedence": ("precedes", False),
    "temporal.asynchronous.succession": ("precedes", True),
    "expansion.equivalence": ("same_as", False),
}
_SUBORDINATE = re.compile(
    r"(?:after|as|because|by|following|for|given|once|since|upon|when)\b", re.IGNORECASE
)
_OF_SOME_YEAR = re.compile(r"--(?=\d\d)")


class _Entity(Record):
    start: int
    end: int
    type: str
    eid: str


class _Date(Record):
    start: int
    end: int
    value: dict[str, str]


class _Relation(Record):
    arg1: tuple[Offsets, ...] = Field(min_length=1)
    arg2: tuple[Offsets, ...] = Field(min_length=1)
    sense: str


class _Document(Record):
    doc_id: str
    genre: str
    date: str
    text: str
    sentences: tuple[Offsets, ...]
    entities: tuple[_Entity, ...]
    dates: tuple[_Date, ...]
    discourse_relations: tuple[_Relation, ...]


def read(folder: Path) -> Iterator[GoldDocument]:
    """The documents of GUM.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    return records(require(folder, FILE), _Document, _document)


def _document(record: _Document) -> GoldDocument:
    reader = SpanReader(record.text)
    times = (GoldTime(reader.read((one.start, one.end)), _value(one.value)) for one in record.dates)
    relations = (_clauses(reader, one) for one in record.discourse_relations)
    return GoldDocument(
        corpus="gum",
        document_id=record.doc_id,
        topic=record.doc_id,
        text=record.text,
        published_at=day(record.date),
        sentences=in_order(map(reader.read, record.sentences)),
        scored=(Span(0, len(record.text)),),
        entities=tuple(sorted(_entities(reader, record), key=lambda one: one.span)),
        times=tuple(sorted(times, key=lambda one: one.span)),
        clause_relations=tuple(dict.fromkeys(one for one in relations if one)),
        notes={"genre": record.genre},
        mended=reader.mended,
    )


def _entities(reader: SpanReader, record: _Document) -> Iterator[GoldEntity]:
    for one in record.entities:
        if kind := _KINDS.get(one.type):
            span = reader.read((one.start, one.end))
            yield GoldEntity(span, kind, one.eid, may_be_name(reader.quote(span)))


def _value(tei: dict[str, str]) -> str | None:
    """A TEI date as one value: a date, or ``start/end`` of two."""
    if "when" in tei:
        return timex_value(_OF_SOME_YEAR.sub("XXXX-", tei["when"]))
    start, end = timex_value(tei.get("from")), timex_value(tei.get("to"))
    return f"{start}/{end}" if start and end else None


def _clauses(reader: SpanReader, relation: _Relation) -> GoldClauseRelation | None:
    kind, second_is_source = _SENSES.get(relation.sense, ("", False))
    if not kind:
        return None
    first, second = reader.hull(relation.arg1), reader.hull(relation.arg2)
    if second_is_source:
        opens = [bool(_SUBORDINATE.match(reader.text, one.start)) for one in (first, second)]
        if opens == [True, False]:
            reader.mended[TURNED] += 1
        else:
            first, second = second, first
    return GoldClauseRelation(first, second, kind)
