"""The real files: what is in them, and that every span of them is sound."""

import csv
from collections.abc import Mapping
from functools import cache

import pytest

from eval.corpora.catalogue import CORPORA, Layer, read
from eval.corpora.census import census, is_faulty, spans
from eval.corpora.ecb_tags import CUT_PREPOSITION
from eval.corpora.eventstoryline import UNTYPED
from eval.corpora.folder import data_folder
from eval.corpora.re3d import CUT_WORD
from eval.gold import GoldDocument

COUNTS: Mapping[str, Mapping[str, int]] = {
    "meantime": {
        "documents": 60,
        "sentences": 909,
        "entities": 1216,
        "times": 203,
        "events": 1304,
        "arguments": 1044,
        "event times": 248,
        "places": 58,
        "relations": 253,
    },
    "eventstoryline": {
        "documents": 189,
        "sentences": 2894,
        "entities": 3204,
        "times": 659,
        "events": 3897,
        "event times": 2839,
        "relations": 1594,
    },
    "ecbplus": {"documents": 850, "sentences": 13600, "times": 2122, "events": 13370},
    "gum": {"documents": 96, "entities": 10997, "times": 895, "clause relations": 1168},
    "re3d": {"documents": 63, "entities": 2082, "times": 128},
    "causal_news": {"documents": 1624, "clause relations": 2257},
    "wikigold": {"documents": 145, "sentences": 1696, "entities": 2846},
    "wnut17": {"documents": 4403, "entities": 2310},
    "sec_fin5": {"documents": 5, "entities": 1161},
    "uner_ewt_dev": {"documents": 318, "sentences": 2001, "entities": 966},
}


@cache
def documents(name: str) -> tuple[GoldDocument, ...]:
    """A corpus, which must be there."""
    assert data_folder().is_dir(), f"the corpora of ../shared/data are not there: {data_folder()}"
    return tuple(read(name))


@pytest.mark.parametrize("name", CORPORA)
def test_each_corpus_holds_what_it_held(name: str) -> None:
    counted = census(documents(name)).found
    assert {what: counted[what] for what in COUNTS[name]} == COUNTS[name]


@pytest.mark.parametrize("name", CORPORA)
def test_every_span_quotes_text_without_white_space_at_its_ends(name: str) -> None:
    for document in documents(name):
        assert not [span for span in spans(document) if is_faulty(document, span)]
        assert all(0 <= start < end <= len(document.text) for start, end in document.scored)


@pytest.mark.parametrize("name", CORPORA)
def test_documents_have_names_of_their_own_and_ids_of_events_too(name: str) -> None:
    names = [document.document_id for document in documents(name)]
    assert len(names) == len(set(names))
    for document in documents(name):
        ids = [event.event_id for event in document.events or ()]
        assert len(ids) == len(set(ids))
        ends = {end for one in document.relations or () for end in (one.source, one.target)}
        assert ends <= set(ids)


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_has_the_layers_and_kinds_that_it_is_said_to_have(name: str) -> None:
    found: set[Layer] = set()
    entity_kinds: set[str] = set()
    relation_kinds: set[str] = set()
    for document in documents(name):
        layers: dict[Layer, object] = {
            "sentences": document.sentences,
            "entities": document.entities,
            "times": document.times,
            "events": document.events,
            "relations": document.relations,
            "clause relations": document.clause_relations,
        }
        for event in document.events or ():
            layers |= {
                "arguments": event.arguments,
                "event times": event.times,
                "places": event.places,
            }
        found |= {layer for layer, what in layers.items() if what is not None}
        entity_kinds |= {one.kind for one in document.entities or ()}
        relation_kinds |= {one.kind for one in document.relations or ()}
        relation_kinds |= {one.kind for one in document.clause_relations or ()}
    corpus = CORPORA[name]
    assert found == set(corpus.layers)
    assert entity_kinds == corpus.entity_kinds
    assert relation_kinds == corpus.relation_kinds


def test_provenance_tells_of_every_corpus() -> None:
    with (data_folder() / "PROVENANCE.tsv").open(newline="") as file:
        known = {line["dir"] for line in csv.DictReader(file, delimiter="\t")}
    assert {corpus.provenance for corpus in CORPORA.values()} <= known


def test_what_is_mended_is_what_was_found() -> None:
    assert census(documents("re3d")).mended[CUT_WORD] == 58
    assert census(documents("eventstoryline")).mended[UNTYPED] == 16
    assert census(documents("ecbplus")).mended[CUT_PREPOSITION] == 1319


def test_all_of_eventstoryline_is_in_ecbplus_with_the_same_text() -> None:
    texts = {one.document_id: one.text for one in documents("ecbplus")}
    assert all(texts[one.document_id] == one.text for one in documents("eventstoryline"))
    assert len(set(texts.values())) == len(texts)


def test_meantime_is_scored_to_the_sixth_sentence() -> None:
    for document in documents("meantime"):
        (scored,) = document.scored
        last = (document.sentences or ())[:6][-1]
        assert scored == (0, last.end)
