"""Trains the model of times: which date or time of a text says when an event was.

It learns from EventStoryLine, on gold triggers and on the dates and times that millrace finds.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from eval.gold import GoldDocument, GoldEvent
from eval.splits import Part
from processors.learned.time_features import Story, moments_near, story_of, time_features
from processors.learned.time_tagging import ELSEWHEN, TASK, THEN
from processors.recognition.dates import find_dates
from processors.recognition.found import without_overlaps
from processors.sentences import split_sentences
from schemas.annotation import Span
from training.items import Item, trained

__all__ = ["PARAMETERS", "PARTS", "TASK", "items", "train"]

# Nothing of what tests.
PARTS = (Part("eventstoryline", ("train", "dev")),)
# Of L-BFGS. Chosen by cross-validation over the ten topics of these documents, by fives.
PARAMETERS = {"c1": 0.1, "c2": 10.0, "max_iterations": 100}


def train(folder: Path | None = None) -> bytes:
    """The model, from the corpora of a folder: see ``trained``."""
    return trained(items, PARTS, PARAMETERS, folder)


def items(document: GoldDocument) -> Iterator[Item]:
    """Each event of a document with each of the moments near it, and whether it was then.

    A moment is right where it shares a character with a gold one.
    """
    story, events = story_told(document)
    for event, gold in zip(story.events, events, strict=True):
        near = moments_near(story, event)
        for at, features in zip(near, time_features(story, event, near), strict=True):
            moment = story.moments[at]
            is_then = any(
                moment.start < time.end and time.start < moment.end for time in gold.times or ()
            )
            yield Item(features, THEN if is_then else ELSEWHEN)


def story_told(document: GoldDocument) -> tuple[Story, list[GoldEvent]]:
    """A document as the model sees it, and its events in the same order."""
    published = datetime.fromisoformat(document.published_at) if document.published_at else None
    found = without_overlaps(find_dates(document.text, "en", published))
    times = sorted(found, key=lambda one: one.start)
    events = sorted(document.events or (), key=lambda one: one.span)
    triggers = [Span(start=one.span.start, end=one.span.end) for one in events]
    sentences = split_sentences(document.text, "en")
    return story_of(document.text, sentences, times, triggers), events
