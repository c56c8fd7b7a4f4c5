"""WNUT 17: tweets (the training file) and comments on videos (the development file) with names.

Found in the data, and what is done about it:

- IOB2, a tab between word and tag. "#" begins words, not comments.
- A document is what stands between two empty lines: a message of one or more sentences, whose
  borders are not marked. 103 tweets and three comments are there twice.
- Its two files are of different years and places, so they are its two sides: the tweets train, the
  comments are for development.
- "group" (bands, teams, agencies) and "corporation" are organizations; "product" and
  "creative-work" are no kinds of ours. Names without capitals are marked, "@" names are not.
"""

from collections.abc import Iterator
from pathlib import Path

from eval.corpora import conll
from eval.corpora.detokenisation import joined
from eval.corpora.folder import require
from eval.gold import GoldDocument, Span

TRAINING, DEVELOPMENT = "tweet", "comment"
FILES = {TRAINING: "ner/wnut17train.conll", DEVELOPMENT: "ner/emerging.dev.conll"}

_LAYOUT = conll.Layout(separator="\t", columns=2, word=0, tag=1, scheme="IOB2")
_KINDS = {
    "person": "person",
    "corporation": "organization",
    "group": "organization",
    "location": "place",
}


def read(folder: Path) -> Iterator[GoldDocument]:
    """The messages of both files.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    for sort, file in FILES.items():
        path = require(folder, file)
        for number, message in enumerate(conll.sentences(path, _LAYOUT), start=1):
            text, places = joined(message.words)
            document_id = f"{sort}-{number:04}"
            tagged = conll.names(path, message, _LAYOUT.scheme)
            yield GoldDocument(
                corpus="wnut17",
                document_id=document_id,
                topic=document_id,
                text=text,
                scored=(Span(0, len(text)),),
                entities=tuple(conll.entities(tagged, places, _KINDS)),
                notes={"genre": sort},
            )
