"""wikigold: 145 Wikipedia articles with names, written in IOB1.

Found in the data, and what is done about it:

- IOB1: all names are ``I-``. Read as IOB2, not one of them begins.
- ``-DOCSTART-`` stands between documents, and once more at the end.
- Documents have no titles and no names of their own; they are numbered from 1 by their place.
- ``MISC`` (peoples, works, events) is no kind of ours.
"""

from collections.abc import Iterator
from pathlib import Path

from eval.corpora import conll
from eval.corpora.detokenisation import documents_text, joined
from eval.corpora.folder import require
from eval.gold import GoldDocument, Span

FILE = "ner/wikigold.conll.txt"

_LAYOUT = conll.Layout(separator=" ", columns=2, word=0, tag=1, scheme="IOB1")
_KINDS = {"PER": "person", "ORG": "organization", "LOC": "place"}


def read(folder: Path) -> Iterator[GoldDocument]:
    """The articles of wikigold.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed.
    """
    path = require(folder, FILE)
    documents = conll.by_document(conll.sentences(path, _LAYOUT))
    for number, sentences in enumerate(documents, start=1):
        text, borders, places = documents_text(joined(one.words) for one in sentences)
        document_id = f"{number:03}"
        yield GoldDocument(
            corpus="wikigold",
            document_id=document_id,
            topic=document_id,
            text=text,
            sentences=tuple(borders),
            scored=(Span(0, len(text)),),
            entities=conll.entities_of(path, sentences, places, _LAYOUT, _KINDS),
        )
