"""CoNLL files: a token on each line with its tag, and what the tags say.

There are two ways to write tags. In IOB2 a name begins with ``B-`` and goes on with ``I-``. In IOB1
it is all ``I-``, and ``B-`` only divides two names of one type in a row. Reading one as the other
loses or splits names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from eval.corpora.errors import CorpusError
from eval.corpora.lines import lines
from eval.gold import GoldEntity, Span

Scheme = Literal["IOB1", "IOB2"]

_BORDER = "-DOCSTART-"


class Layout(NamedTuple):
    """How a file is written: how many columns a line has, and which hold the word and its tag.

    ``has_comments``: lines that begin with "# " are comments. Elsewhere "#" is a word.
    """

    separator: str
    columns: int
    word: int
    tag: int
    scheme: Scheme
    has_comments: bool = False


class Token(NamedTuple):
    """A word and its tag; ``line`` is its number in the file."""

    word: str
    tag: str
    line: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens between two empty lines.

    Attributes:
        tokens: one or more.
        comments: the comment lines before them, without "# ", as they name things: ``text = …``.
        begins_document: a border of documents stands before it.
    """

    tokens: tuple[Token, ...]
    comments: Mapping[str, str] = field(default_factory=dict)
    begins_document: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words alone."""
        return tuple(token.word for token in self.tokens)


class Tagged(NamedTuple):
    """Tokens ``first`` to ``last``, both of them, are one name of ``type``."""

    first: int
    last: int
    type: str


def sentences(path: Path, layout: Layout) -> Iterator[Sentence]:
    """The sentences of a file.

    Raises:
        CorpusError: a line has another number of columns, no word, or a tag that is none.
    """
    tokens: list[Token] = []
    comments: dict[str, str] = {}
    border = False
    for number, line in lines(path):
        if layout.has_comments and line.startswith("# "):
            name, _, said = line[2:].partition(" = ")
            comments[name] = said
        elif not line.startswith(_BORDER) and line.strip():
            tokens.append(_token(path, number, line, layout))
            continue
        elif tokens:
            yield Sentence(tuple(tokens), comments, border)
            tokens, comments, border = [], {}, False
        border = border or line.startswith(_BORDER)
    if tokens:
        yield Sentence(tuple(tokens), comments, border)


def by_document(read: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    """Sentences gathered to documents at the borders."""
    gathered: list[Sentence] = []
    for sentence in read:
        if sentence.begins_document and gathered:
            yield gathered
            gathered = []
        gathered.append(sentence)
    if gathered:
        yield gathered


def names(path: Path, sentence: Sentence, scheme: Scheme) -> list[Tagged]:
    """The names of a sentence.

    Raises:
        CorpusError: in IOB2, a name goes on that did not begin.
    """
    found: list[Tagged] = []
    before = ""
    for index, token in enumerate(sentence.tokens):
        prefix, _, kind = token.tag.partition("-")
        goes_on = prefix == "I" and kind == before
        if prefix == "I" and not goes_on and scheme == "IOB2":
            raise CorpusError(f"{path}, line {token.line}: {token.tag} goes on with no name before")
        if goes_on:
            found[-1] = found[-1]._replace(last=index)
        elif kind:
            found.append(Tagged(index, index, kind))
        before = kind
    return found


def entities(
    tagged: Iterable[Tagged], places: Sequence[Span], kinds: Mapping[str, str]
) -> list[GoldEntity]:
    """Names as entities: those whose type has a kind of ours.

    Args:
        tagged: names by their tokens.
        places: the span of each token.
        kinds: our kinds by the corpus's types.
    """
    return [
        GoldEntity(Span(places[one.first].start, places[one.last].end), kind, is_name=True)
        for one in tagged
        if (kind := kinds.get(one.type))
    ]


def entities_of(
    path: Path,
    sentences: Sequence[Sentence],
    places: Sequence[Sequence[Span]],
    layout: Layout,
    kinds: Mapping[str, str],
) -> tuple[GoldEntity, ...]:
    """The entities of a document's sentences, in their order.

    Args:
        path: of the file, for errors.
        sentences: of one document.
        places: the span of each token of each of them.
        layout: of the file.
        kinds: our kinds by the corpus's types.

    Raises:
        CorpusError: see ``names``.
    """
    return tuple(
        entity
        for sentence, spans in zip(sentences, places, strict=True)
        for entity in entities(names(path, sentence, layout.scheme), spans, kinds)
    )


def _token(path: Path, number: int, line: str, layout: Layout) -> Token:
    columns = line.split(layout.separator)
    if len(columns) != layout.columns:
        raise CorpusError(
            f"{path}, line {number}: {len(columns)} columns instead of {layout.columns}"
        )
    word, tag = columns[layout.word], columns[layout.tag]
    prefix, dash, kind = tag.partition("-")
    if not (tag == "O" or (prefix in ("B", "I") and dash and kind)):
        raise CorpusError(f"{path}, line {number}: the last column is no tag of {layout.scheme}")
    if not word.strip():
        raise CorpusError(f"{path}, line {number}: no word")
    return Token(word, tag, number)
