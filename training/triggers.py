"""Trains the model of triggers: which words tell of an event, whatever its kind.

Corpora differ in what they mark (MEANTIME: states and copulas, EventStoryLine: whole phrases), and
a text that millrace reads follows none of them: the model learns what most of them have in common.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.gold import GoldDocument, Span
from eval.splits import Part, documents
from processors.learned.calibration import Calibration
from processors.learned.crf import Crf
from processors.learned.event_features import sentence_features
from processors.learned.event_tagging import BEGINS, CONTINUES, OUTSIDE, TASK, TriggerTagger
from processors.sentences import split_sentences
from processors.tokens import Token, tokenize
from training import crf
from training.calibration import fitted_calibration

__all__ = ["PARAMETERS", "PARTS", "TASK", "calibration", "train"]

# Nothing of what tests: the order says whose gold counts for texts that are in two corpora.
PARTS = (
    Part("eventstoryline", ("train", "dev")),
    Part("ecbplus", ("train", "dev")),
    Part("meantime", ("train", "dev")),
)
# Of the calibration: what its model learns from, and what it is tried on besides.
_LEARNED = (Part("eventstoryline", ("train",)), Part("ecbplus", ("train",)))
_HELD = (Part("eventstoryline", ("dev",)),)
_MEANTIME = (Part("meantime", ("train", "dev")),)
# Of L-BFGS. Chosen on the development documents of EventStoryLine and the training half of
# MEANTIME, by a model of the training documents of EventStoryLine and ECB+.
PARAMETERS = {
    "c1": 0.1,
    "c2": 0.1,
    "max_iterations": 120,
    "feature.possible_transitions": True,
}


class Sentence(NamedTuple):
    """A sentence of gold: its words, and a label for each."""

    words: list[str]
    labels: list[str]


def train(parts: Iterable[Part] = PARTS, folder: Path | None = None) -> bytes:
    """The model, the same bytes from the same documents: nothing in it is left to chance.

    Args:
        parts: of corpora that mark events.
        folder: of the corpora.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    return fitted(
        sentence for document in documents(tuple(parts), folder) for sentence in labelled(document)
    )


def calibration(folder: Path | None = None) -> Calibration:
    """How often the model is right by how sure it is, told by documents that it did not learn from.

    Another model is made for it, without the development topics of EventStoryLine and every second
    document of MEANTIME's training half; a trigger is right that shares a word with a gold one.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
    """
    meantime = list(documents(_MEANTIME, folder))
    held = [*documents(_HELD, folder), *meantime[::2]]
    tagger = TriggerTagger(
        Crf(
            fitted(
                sentence
                for document in (*documents(_LEARNED, folder), *meantime[1::2])
                for sentence in labelled(document)
            )
        )
    )
    return fitted_calibration(
        judged
        for document in held
        for sentence in labelled(document)
        for judged in _judged(tagger, sentence)
    )


def _judged(tagger: TriggerTagger, sentence: Sentence) -> Iterator[tuple[float, bool]]:
    """Of each trigger that a model finds how sure it is, and whether it is right."""
    for found in tagger.read(sentence.words).triggers:
        words = sentence.labels[found.first : found.last + 1]
        yield found.probability, any(label != OUTSIDE for label in words)


def fitted(sentences: Iterable[Sentence]) -> bytes:
    """A model of labelled sentences."""
    return crf.fitted(
        (crf.Labelled(sentence_features(one.words), one.labels) for one in sentences), PARAMETERS
    )


def labelled(document: GoldDocument) -> Iterator[Sentence]:
    """The sentences of a document that begin where its events are marked, cut by our own rules.

    A trigger's words are those that it shares a character with; of two that share a word the first
    in the text counts.
    """
    spans = sorted({event.span for event in document.events or ()})
    for sentence in split_sentences(document.text, "en"):
        tokens = tokenize(document.text, sentence.start, sentence.end)
        if any(region.start <= sentence.start < region.end for region in document.scored):
            yield Sentence([token.text for token in tokens], _labels(tokens, spans))


def _labels(tokens: Sequence[Token], spans: Iterable[Span]) -> list[str]:
    labels = [OUTSIDE] * len(tokens)
    for span in spans:
        inside = [
            place
            for place, token in enumerate(tokens)
            if token.start < span.end and span.start < token.end
        ]
        if inside and all(labels[place] == OUTSIDE for place in inside):
            labels[inside[0]] = BEGINS
            for place in inside[1:]:
                labels[place] = CONTINUES
    return labels
