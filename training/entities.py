"""Trains the model of names: people, organizations and places in English text.

It learns labels from wikigold and WNUT 17, whose guidelines are close. Other corpora mark names
otherwise (nested, with prepositions and titles), so that their labels would do harm: they say only
which names there are, as a list, and how words are used, as clusters.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.gold import GoldDocument, GoldEntity
from eval.scoring.entities import outermost
from eval.splits import Part, documents
from processors.learned.entity_features import EntityFeatures, labels
from processors.learned.entity_tagging import TASK, boundaries
from processors.learned.entity_words import LONGEST_NAME, EntityWords, normal
from processors.recognition.found import Found
from processors.recognition.names import find_names
from processors.sentences import split_sentences
from processors.tokens import Token, tokenize
from training import crf
from training.word_clusters import word_clusters

__all__ = ["PARAMETERS", "PARTS", "TASK", "Trained", "train"]

# Nothing of what tests.
PARTS = (Part("wikigold", ("train", "dev")), Part("wnut17", ("train", "dev")))
NAME_PARTS = tuple(
    Part(name, ("train", "dev"))
    for name in ("gum", "ecbplus", "eventstoryline", "meantime", "re3d")
)
TEXT_PARTS = (*PARTS, *NAME_PARTS, Part("causal_news", ("train", "dev")))
# Of L-BFGS. Chosen by three folds of the documents of wikigold that train, and by the comments of
# WNUT 17 with a model of its tweets.
PARAMETERS = {"c1": 0.1, "c2": 0.1, "max_iterations": 100}
_KINDS = frozenset({"person", "organization", "place"})
_OPENERS = frozenset({"the", "a", "an", "mr", "mrs", "ms", "dr", "president", "sen"})


class Trained(NamedTuple):
    """The model, and what it knows of words."""

    model: bytes
    words: bytes


class Read(NamedTuple):
    """A document cut into tokens: its sentences, what the rules found, and what is right."""

    sentences: list[list[Token]]
    rules: list[Found]
    names: list[Found]


def train(folder: Path | None = None, seed: int = 0) -> Trained:
    """The model of names, the same bytes from the same documents, seed and machine.

    Args:
        folder: of the corpora.
        seed: of the clusters; the model itself has nothing that is left to chance.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    words = words_of(documents(TEXT_PARTS, folder), documents(NAME_PARTS, folder), seed)
    return Trained(fitted(documents(PARTS, folder), words), words.to_json())


def words_of(
    texts: Iterable[GoldDocument], named: Iterable[GoldDocument], seed: int
) -> EntityWords:
    """What can be known of words before the model is trained.

    Args:
        texts: read for how words are used.
        named: read for the names in them.
        seed: of the clusters.
    """
    sentences = [
        [normal(token.text) for token in sentence]
        for document in texts
        for sentence in _tokens(document.text)
    ]
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for document in named:
        for name, kind in sorted(set(_names(document))):
            names[" ".join(name)][kind] += 1
            if len(name) == 1:
                parts[name[0]].add(f"1{kind}")
                continue
            parts[name[0]].add(f"f{kind}")
            parts[name[-1]].add(f"l{kind}")
            for word in name[1:-1]:
                parts[word].add(f"m{kind}")
    return EntityWords(
        clusters=word_clusters(sentences, seed),
        names=names,
        parts={word: sorted(places) for word, places in parts.items()},
    )


def fitted(learned: Iterable[GoldDocument], words: EntityWords) -> bytes:
    """A model of documents with their names."""
    features = EntityFeatures(words)

    def sentences() -> Iterator[crf.Labelled]:
        for document in learned:
            read = as_read(document)
            labelled = labels(read.sentences, read.names)
            for rows, tags in zip(features.of(read.sentences, read.rules), labelled, strict=True):
                yield crf.Labelled(rows, boundaries(tags))

    return crf.fitted(sentences(), PARAMETERS)


def as_read(document: GoldDocument) -> Read:
    """A document as the tagger sees it, with the names that are right."""
    spans = split_sentences(document.text, "en")
    return Read(
        sentences=_tokens(document.text),
        rules=find_names(document.text, spans, sure_only=False),
        names=[Found(*one.span, one.kind, "") for one in _gold(document)],
    )


def _tokens(text: str) -> list[list[Token]]:
    cut = (tokenize(text, one.start, one.end) for one in split_sentences(text, "en"))
    return [tokens for tokens in cut if tokens]


def _gold(document: GoldDocument) -> list[GoldEntity]:
    names = [one for one in document.entities or () if one.is_name is not False]
    return [one for one in outermost(names) if one.kind in _KINDS]


def _names(document: GoldDocument) -> Iterator[tuple[tuple[str, ...], str]]:
    """The words and kind of each name that is plainly one: written with a capital, and short."""
    for one in _gold(document):
        tokens = tokenize(document.text, *one.span)
        while tokens and tokens[0].text.islower():
            tokens = tokens[1:]
        if _is_plain([token.text for token in tokens]):
            yield tuple(normal(token.text) for token in tokens), one.kind


def _is_plain(words: Sequence[str]) -> bool:
    return (
        0 < len(words) <= LONGEST_NAME
        and words[0][0].isupper()
        and words[0].lower() not in _OPENERS
        and words[-1][0].isalnum()
        and not words[-1].islower()
    )
