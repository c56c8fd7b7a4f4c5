"""What models score by themselves on documents that they did not learn from, for their card."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from eval.corpora.catalogue import CORPORA
from eval.found import Found, FoundEntity
from eval.gold import GoldDocument, Span
from eval.scoring.entities import entity_metrics
from eval.scoring.scope import Scope
from eval.splits import ROWS, documents
from processors.learned.entity_tagging import EntityTagger
from processors.learned.models import ModelFiles
from processors.recognition.names import find_names
from processors.sentences import split_sentences

_LAYER = "entities"


def entity_scores(models: Path, folder: Path | None) -> list[str]:
    """A line for each corpus that tests names: precision, recall and F1 of exact, typed names.

    Raises:
        CorpusAbsentError: a corpus is not there.
        ModelFileError: a file of the model is missing or damaged.
    """
    found_in = partial(_found, EntityTagger.opened(ModelFiles(models)))
    return [
        f"Held documents, {row.name.removeprefix('names, ')}, the model alone: "
        + _score(row.test[0].corpus, documents(row.test, folder), found_in)
        for row in ROWS
        if row.layer == _LAYER
    ]


def _score(corpus: str, held: Iterable[GoldDocument], found_in: "partial[Found]") -> str:
    metric = entity_metrics(Scope(CORPORA[corpus].entity_kinds))[0]
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


def _found(tagger: EntityTagger, document: GoldDocument) -> Found:
    text = document.text
    sentences = split_sentences(text, "en")
    names = tagger.names(text, sentences, find_names(text, sentences, sure_only=False))
    entities = tuple(
        FoundEntity(Span(one.start, one.end), one.kind, text[one.start : one.end]) for one in names
    )
    return Found(document.document_id, entities)
