"""Trains the models of participants: which phrases belong to an event, and how they are cut.

MEANTIME alone says which phrases belong to which event, in its half that trains: who does it, what
it is done to, other parts, and where it is. The names and amounts in its sentences are those that
the models and rules of millrace find, as they are when participants are looked for.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from eval.gold import GoldDocument, GoldEvent, Span
from eval.scoring.heads import phrase_head, share_a_character
from eval.splits import Part, documents
from processors.learned.participant_choosing import (
    DOER,
    MEANT,
    NONE,
    NOT_MEANT,
    OTHERWISE,
    PLACE,
    TASK,
    UNDERGOER,
)
from processors.learned.participant_features import SentencePairs, cut_features
from processors.learned.participant_phrases import Cut, candidates
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger, is_used_as_verb
from processors.recognition.entities import find_entities
from processors.sentences import split_sentences
from schemas.document import Document
from training import items
from training.items import Item

__all__ = ["PARAMETERS", "PARTS", "TASK", "Trained", "train"]

PARTS = (Part("meantime", ("train", "dev")),)
# Of L-BFGS. Chosen by cross-validation over the documents of the half that trains.
PARAMETERS = {"c1": 0.3, "c2": 1.0, "max_iterations": 60}
CUT_PARAMETERS = {"c1": 0.3, "c2": 1.0, "max_iterations": 60}
_KINDS = frozenset(
    {"person", "organization", "place", "date", "time", "number", "percent", "money"}
)
_PARTS = {"Arg0": DOER, "Arg1": UNDERGOER}


class Trained(NamedTuple):
    """The model of pairs of event and phrase, and that of the cuts of a phrase."""

    pairs: bytes
    cuts: bytes


class Labelled(NamedTuple):
    """What one sentence teaches: features of pairs and cuts, each with its label."""

    pairs: list[tuple[list[str], str]]
    cuts: list[tuple[list[str], str]]


def train(folder: Path | None = None) -> Trained:
    """The models, the same bytes from the same documents: nothing in them is left to chance.

    Args:
        folder: of the corpora.

    Raises:
        CorpusAbsentError: a file is not there.
        CorpusError: a line is malformed.
        ModelFileError: the model of names is missing or damaged.
    """
    return fitted(one for document in documents(PARTS, folder) for one in labelled(document))


def fitted(sentences: Iterable[Labelled]) -> Trained:
    """Models of labelled sentences."""
    read = list(sentences)
    return Trained(
        items.fitted((Item(*row) for one in read for row in one.pairs), PARAMETERS),
        items.fitted((Item(*row) for one in read for row in one.cuts), CUT_PARAMETERS),
    )


def labelled(document: GoldDocument) -> Iterator[Labelled]:
    """What the sentences of a document teach where its events and their parts are marked."""
    spans = split_sentences(document.text, "en")
    text = Document(document_id=document.document_id, text=document.text, language="en")
    mentions = find_entities(text, spans, _KINDS).mentions
    for span in spans:
        if any(region.start <= span.start < region.end for region in document.scored):
            inside = [one for one in mentions if span.start <= one.start < span.end]
            yield _Teacher(document, Sentence(document.text, span, inside)).labelled()


class _Teacher:
    """One sentence beside what is right in it."""

    def __init__(self, document: GoldDocument, sentence: Sentence) -> None:
        self._document = document
        self._sentence = sentence
        self._events: dict[tuple[int, int], list[GoldEvent]] = {}
        for event in document.events or ():
            if sentence.start <= event.span.start < sentence.end and (at := self._words(event)):
                self._events.setdefault(at, []).append(event)
        self._triggers = [_trigger(sentence, *at) for at in sorted(self._events)]
        for trigger in self._triggers:
            if trigger.is_verb:
                sentence.taken.update(range(trigger.first, trigger.last + 1))
        self._phrases = candidates(sentence, self._triggers)

    def labelled(self) -> Labelled:
        pairs = SentencePairs(self._sentence, self._triggers, self._phrases)
        labels = [
            self._labels(self._events[trigger.first, trigger.last]) for trigger in self._triggers
        ]
        return Labelled(
            [
                (pairs.features(place, number), labels[place].get(number, NONE))
                for place, number in pairs.near()
            ],
            list(self._cuts()),
        )

    def _words(self, event: GoldEvent) -> tuple[int, int] | None:
        inside = [
            place
            for place, token in enumerate(self._sentence.tokens)
            if share_a_character(Span(token.start, token.end), event.span)
        ]
        return (inside[0], inside[-1]) if inside else None

    def _labels(self, events: Iterable[GoldEvent]) -> dict[int, str]:
        labels: dict[int, str] = {}
        for event in events:
            parts = [
                (one.span, _PARTS.get(one.role or "", OTHERWISE)) for one in event.arguments or ()
            ]
            for span, label in (*parts, *((span, PLACE) for span in event.places or ())):
                number = self._phrase(span)
                if number is not None:
                    labels[number] = label
        return labels

    def _cuts(self) -> Iterator[tuple[list[str], str]]:
        """Of phrases that take part as they take part, of others as the longest mention."""
        parts = {
            span
            for events in self._events.values()
            for event in events
            for span in (*(one.span for one in event.arguments or ()), *(event.places or ()))
        }
        entities = {one.span for one in self._document.entities or ()}
        for phrase in self._phrases:
            meant = [one for one in phrase.cuts if self._span(one) in parts]
            if not meant:
                meant = [one for one in phrase.cuts if self._span(one) in entities]
            if meant and len(phrase.cuts) > 1:
                longest = max(meant, key=lambda one: one.last - one.first)
                for one in phrase.cuts:
                    label = MEANT if one is longest else NOT_MEANT
                    yield cut_features(self._sentence, phrase, one), label

    def _phrase(self, span: Span) -> int | None:
        """The phrase that can be cut as gold is, or else that with its head."""
        exact = [
            (place, number)
            for number, phrase in enumerate(self._phrases)
            for place, cut in enumerate(phrase.cuts)
            if self._span(cut) == span
        ]
        if exact:
            return min(exact)[1]
        head = phrase_head(self._document.text, span)
        tokens = self._sentence.tokens
        for number, phrase in enumerate(self._phrases):
            token = tokens[phrase.head]
            if share_a_character(Span(token.start, token.end), head):
                return number
        return None

    def _span(self, cut: Cut) -> Span:
        tokens = self._sentence.tokens
        return Span(tokens[cut.first].start, tokens[cut.last].end)


def _trigger(sentence: Sentence, first: int, last: int) -> Trigger:
    is_verb = is_used_as_verb(sentence, first)
    head = first if is_verb else last
    return Trigger("", first, last, head, is_verb=is_verb, is_noun=not is_verb)
