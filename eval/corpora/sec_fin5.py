"""FIN5: five loan agreements filed with the SEC, with names, written in IOB1.

Found in the data, and what is done about it:

- "Borrower" and "Lender" are marked as people (699 of 783), "Bank" as an organization: roles of the
  contract, not names. Scores on it say more of that than of names, and nothing may train on it.
  They keep their kind and are marked as no names.
- Five documents, so it has one side: it tests.
- The tokeniser cut words and numbers at every sign ("re - borrowed", "43 , 160 , 000") and glued
  signs together (``").``); empty lines follow abbreviations too ("Ste ."), so they are no borders
  of sentences.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from eval.corpora import conll
from eval.corpora.detokenisation import documents_text, joined
from eval.corpora.folder import require
from eval.gold import GoldDocument, GoldEntity, Span

FILE = "ner/sec_FIN5.txt"

_LAYOUT = conll.Layout(separator=" ", columns=4, word=0, tag=3, scheme="IOB1")
_KINDS = {"PER": "person", "ORG": "organization", "LOC": "place"}
_ROLES = frozenset({"bank", "borrower", "lender"})


def read(folder: Path) -> Iterator[GoldDocument]:
    """The agreements.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    path = require(folder, FILE)
    documents = conll.by_document(conll.sentences(path, _LAYOUT))
    for number, sentences in enumerate(documents, start=1):
        text, _, places = documents_text(
            joined(one.words, is_split_everywhere=True) for one in sentences
        )
        yield GoldDocument(
            corpus="sec_fin5",
            document_id=str(number),
            topic=str(number),
            text=text,
            scored=(Span(0, len(text)),),
            entities=tuple(
                _marked(text, entity)
                for entity in conll.entities_of(path, sentences, places, _LAYOUT, _KINDS)
            ),
        )


def _marked(text: str, entity: GoldEntity) -> GoldEntity:
    is_role = text[entity.span.start : entity.span.end].casefold() in _ROLES
    return replace(entity, is_name=False) if is_role else entity
