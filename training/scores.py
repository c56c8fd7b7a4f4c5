"""What models score by themselves on documents that they did not learn from, for their card.

Those of links and times are asked about gold events, so that what triggers miss is not theirs;
``millrace eval`` scores the same end to end.
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from eval.corpora.catalogue import CORPORA
from eval.found import Found, FoundEntity, FoundEvent, FoundRelation, FoundTime, Words
from eval.gold import GoldDocument, Span
from eval.scoring.metrics import metrics
from eval.splits import ROWS, documents
from processors.learned.entity_tagging import EntityTagger
from processors.learned.link_tagging import LinkTagger, link_tagger
from processors.learned.models import ModelFiles
from processors.learned.time_tagging import TimeTagger, time_tagger
from processors.recognition.names import find_names
from processors.sentences import split_sentences
from training.links import tellings
from training.times import story_told


def entity_scores(models: Path, folder: Path | None) -> list[str]:
    """A line for each corpus that tests names: precision, recall and F1 of exact, typed names.

    Raises:
        CorpusAbsentError: a corpus is not there.
        ModelFileError: a file of the model is missing or damaged.
    """
    tagger = EntityTagger.opened(ModelFiles(models))
    return _scores("entities", "", folder, partial(_names, tagger))


def link_scores(models: Path, folder: Path | None) -> list[str]:
    """The same of links between gold events of a sentence, in either direction."""
    tagger = link_tagger(ModelFiles(models))
    return _scores("relations", " on gold events", folder, partial(linked, tagger))


def time_scores(models: Path, folder: Path | None) -> list[str]:
    """The same of gold events with their dates and times."""
    tagger = time_tagger(ModelFiles(models))
    return _scores("event times", " on gold events", folder, partial(timed, tagger))


def _scores(
    layer: str, given: str, folder: Path | None, found_in: Callable[[GoldDocument], Found]
) -> list[str]:
    """A line for each row of the layer, by the metric of the same name."""
    return [
        f"Held documents, {row.test[0].corpus}, the model alone{given}: "
        + _score(row.test[0].corpus, layer, documents(row.test, folder), found_in)
        for row in ROWS
        if row.layer == layer
    ]


def _score(
    corpus: str,
    name: str,
    held: Iterable[GoldDocument],
    found_in: Callable[[GoldDocument], Found],
) -> str:
    metric = next(one for one in metrics(CORPORA[corpus].scope) if one.name == name)
    right = wrong = missed = 0
    for document in held:
        judged = metric.judge(document, found_in(document))
        if judged:
            right += judged.counts.right
            wrong += judged.counts.wrong
            missed += judged.counts.missed
    precision, recall = right / (right + wrong or 1), right / (right + missed or 1)
    f1 = 2 * right / (2 * right + wrong + missed or 1)
    return f"precision {precision:.1%}, recall {recall:.1%}, F1 {f1:.1%}."


def _names(tagger: EntityTagger, document: GoldDocument) -> Found:
    text = document.text
    sentences = split_sentences(text, "en")
    names = tagger.names(text, sentences, find_names(text, sentences, sure_only=False))
    entities = tuple(
        FoundEntity(Span(one.start, one.end), one.kind, text[one.start : one.end]) for one in names
    )
    return Found(document.document_id, entities)


def linked(tagger: LinkTagger, document: GoldDocument) -> Found:
    """The gold events of a document, and the links that a model finds between them."""
    told = tellings(document)
    inside = {telling.number: spans for telling, spans in told}
    relations = [
        FoundRelation(
            _id(inside[telling.number][link.source]),
            _id(inside[telling.number][link.target]),
            "causes",
            _words(document, Span(0, 0)),
        )
        for telling, links in tagger.links([telling for telling, _ in told])
        for link in links
    ]
    events = tuple(_event(document, span) for spans in inside.values() for span in spans)
    return Found(document.document_id, events=events, relations=tuple(relations))


def timed(tagger: TimeTagger, document: GoldDocument) -> Found:
    """The gold events of a document, and the dates and times that a model finds for them."""
    story, gold = story_told(document)
    events = []
    for event, one in zip(story.events, gold, strict=True):
        moment = tagger.moment_of(story, event)
        words = _words(document, Span(moment.start, moment.end)) if moment else None
        events.append(_event(document, one.span, FoundTime(words) if words else None))
    return Found(document.document_id, events=tuple(events))


def _event(document: GoldDocument, span: Span, time: FoundTime | None = None) -> FoundEvent:
    return FoundEvent(_id(span), "other", _words(document, span), (span,), time=time)


def _words(document: GoldDocument, span: Span) -> Words:
    return Words(document.text[span.start : span.end], span, "exact")


def _id(span: Span) -> str:
    return f"{span.start}-{span.end}"
