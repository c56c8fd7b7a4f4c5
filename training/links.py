"""Trains the model of links: which events of a sentence lead to which.

It learns from EventStoryLine, on gold triggers. Its links are of cause in a wide sense, so that
words which say so are rare: what is told of decides, more than how.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from eval.gold import GoldDocument, Span
from eval.splits import Part
from processors.learned.link_features import (
    Telling,
    candidates,
    link_features,
    repeated,
    telling_of,
)
from processors.learned.link_tagging import BACKWARD, FORWARD, NEITHER, TASK
from processors.sentences import split_sentences
from training.items import Item, trained

__all__ = ["PARAMETERS", "PARTS", "TASK", "items", "train"]

# Nothing of what tests.
PARTS = (Part("eventstoryline", ("train", "dev")),)
# Of L-BFGS. Chosen by cross-validation over the ten topics of these documents, by fives.
PARAMETERS = {"c1": 0.3, "c2": 10.0, "max_iterations": 100}


class _Linked(NamedTuple):
    source: Span
    target: Span


def train(folder: Path | None = None) -> bytes:
    """The model, from the corpora of a folder: see ``trained``."""
    return trained(items, PARTS, PARAMETERS, folder)


def items(document: GoldDocument) -> Iterator[Item]:
    """The pairs of events in the sentences of a document, each with its label.

    Pairs that the corpus has in two sentences are left out, wherever our rules end them.
    """
    spans = {event.event_id: event.span for event in document.events or ()}
    links = {_Linked(spans[one.source], spans[one.target]) for one in document.relations or ()}
    starts = [one.start for one in document.sentences or split_sentences(document.text, "en")]
    told = tellings(document)
    often = repeated([telling for telling, _ in told])
    for telling, inside in told:
        pairs = candidates(telling)
        for pair, features in zip(pairs, link_features(telling, pairs, often), strict=True):
            one = inside[telling.numbers[pair.first]]
            other = inside[telling.numbers[pair.second]]
            if bisect_right(starts, one.start) == bisect_right(starts, other.start):
                yield Item(features, _label(one, other, links))


def tellings(document: GoldDocument) -> list[tuple[Telling, list[Span]]]:
    """The sentences of a document with events, as the model sees them, each with its triggers."""
    spans = sorted({event.span for event in document.events or ()})
    told = []
    for number, sentence in enumerate(split_sentences(document.text, "en")):
        inside = [one for one in spans if sentence.start <= one.start < sentence.end]
        if inside:
            told.append((telling_of(document.text, number, sentence, inside), inside))
    return told


def _label(one: Span, other: Span, links: Iterable[_Linked]) -> str:
    if _Linked(one, other) in links:
        return FORWARD
    return BACKWARD if _Linked(other, one) in links else NEITHER
