"""Universal NER, English Web Treebank, development part: names in text of the web, in IOB2.

Found in the data, and what is done about it:

- Answers, e-mails, newsgroups, reviews, weblogs; the sort begins the document's id.
- The only CoNLL file with its text: each sentence stands in a comment, and all of its tokens are
  found there in order, so nothing is made up but what stands between sentences.
- As a whole it tests: it is of another domain than all that trains.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.corpora import conll
from eval.corpora.detokenisation import documents_text
from eval.corpora.errors import CorpusError
from eval.corpora.folder import require
from eval.gold import GoldDocument, Span

FILE = "ner/uner_ewt_dev.iob2"

_LAYOUT = conll.Layout(separator="\t", columns=5, word=1, tag=2, scheme="IOB2", has_comments=True)
_KINDS = {"PER": "person", "ORG": "organization", "LOC": "place"}
_NEW = "newdoc id"


def read(folder: Path) -> Iterator[GoldDocument]:
    """The documents of the development part.

    Raises:
        CorpusAbsentError: the file is not there.
        CorpusError: a line of it is malformed, or a sentence is not the text of its tokens.
    """
    path = require(folder, FILE)
    gathered: list[conll.Sentence] = []
    for sentence in conll.sentences(path, _LAYOUT):
        if _NEW in sentence.comments and gathered:
            yield _document(path, gathered)
            gathered = []
        gathered.append(sentence)
    if gathered:
        yield _document(path, gathered)


def _document(path: Path, sentences: Sequence[conll.Sentence]) -> GoldDocument:
    first = sentences[0]
    if _NEW not in first.comments:
        raise CorpusError(f"{path}, line {first.tokens[0].line}: no '# {_NEW} = …' before it")
    document_id = first.comments[_NEW]
    text, borders, places = documents_text(_as_written(path, one) for one in sentences)
    return GoldDocument(
        corpus="uner_ewt_dev",
        document_id=document_id,
        topic=document_id,
        text=text,
        sentences=tuple(borders),
        scored=(Span(0, len(text)),),
        entities=conll.entities_of(path, sentences, places, _LAYOUT, _KINDS),
        notes={"genre": document_id.partition("-")[0]},
    )


def _as_written(path: Path, sentence: conll.Sentence) -> tuple[str, list[Span]]:
    """The sentence of the comment, and the place of each token in it."""
    text = sentence.comments.get("text", "").strip()
    places: list[Span] = []
    end = 0
    for token in sentence.tokens:
        start = text.find(token.word, end)
        if start < 0 or text[end:start].strip():
            raise CorpusError(f"{path}, line {token.line}: not what follows in '# text = …'")
        end = start + len(token.word)
        places.append(Span(start, end))
    return text, places
