"""GUM, re3d and the Causal News Corpus."""

from pathlib import Path

import pytest

from eval.corpora import causal_news, gum, re3d
from eval.corpora.spans import TRIMMED
from eval.gold import GoldDocument
from tests.eval.corpora.written import Json, at, entities, quoted, write_records

GUM_TEXT = "Since Acme of Oslo, Norway closed in 1994, we moved. Later we came back."


def gum_document(folder: Path, **parts: object) -> GoldDocument:
    """One document of GUM, as read."""
    record = {
        "doc_id": "GUM_news_acme",
        "genre": "news",
        "date": "2015-09-22",
        "text": GUM_TEXT,
        "sentences": [at(GUM_TEXT, "Since Acme of Oslo, Norway closed in 1994, we moved.")],
        "entities": [],
        "dates": [],
        "discourse_relations": [],
    }
    write_records(folder, gum.FILE, [record | parts])
    (document,) = gum.read(folder)
    return document


def placed(words: str, **rest: object) -> Json:
    """Words of the text of GUM with their offsets."""
    start, end = at(GUM_TEXT, words)
    return {"start": start, "end": end, "text": words, **rest}


def test_nested_entities_are_all_read(tmp_path: Path) -> None:
    document = gum_document(
        tmp_path,
        entities=[
            placed("Oslo, Norway", type="place", eid="1"),
            placed("Norway", type="place", eid="2"),
            placed("we", type="person", eid="3"),
            placed("1994", type="time", eid="4"),
        ],
    )
    assert entities(document) == [
        ("Oslo, Norway", "place"),
        ("Norway", "place"),
        ("we", "person"),
    ]
    assert [one.is_name for one in document.entities or ()] == [None, None, False]
    assert (document.published_at, document.notes["genre"]) == ("2015-09-22", "news")


@pytest.mark.parametrize(
    ("tei", "value"),
    [
        ({"when": "1994"}, "1994"),
        ({"when": "1994-03-01", "rend": "bold"}, "1994-03-01"),
        ({"when": "--09"}, "XXXX-09"),
        ({"from": "1994-03", "to": "1994-06"}, "1994-03/1994-06"),
        ({"notBefore": "1976", "notAfter": "1979"}, None),
        ({"from": "1994"}, None),
        ({"when": "-0044"}, None),
    ],
)
def test_dates_have_iso_values(tmp_path: Path, tei: Json, value: str | None) -> None:
    document = gum_document(tmp_path, dates=[placed("1994", value=tei)])
    assert [one.value for one in document.times or ()] == [value]


@pytest.mark.parametrize(
    ("first", "second", "sense", "source", "kind"),
    [
        ("we moved", "we came back", "contingency.cause.result", "we moved", "causes"),
        ("we moved", "we came back", "contingency.cause.reason", "we came back", "causes"),
        ("Since Acme", "we moved", "contingency.cause.reason", "Since Acme", "causes"),
        ("Since Acme", "we moved", "temporal.asynchronous.succession", "Since Acme", "precedes"),
        ("we moved", "Later", "temporal.asynchronous.precedence", "we moved", "precedes"),
        ("we moved", "we came back", "expansion.equivalence", "we moved", "same_as"),
    ],
)
def test_relations_of_clauses_go_from_what_was_first(
    tmp_path: Path, first: str, second: str, sense: str, source: str, kind: str
) -> None:
    relation = {"arg1": [at(GUM_TEXT, first)], "arg2": [at(GUM_TEXT, second)], "sense": sense}
    document = gum_document(tmp_path, discourse_relations=[relation])
    (read,) = document.clause_relations or ()
    assert (quoted(document, [read.source]), read.kind) == ([source], kind)
    assert {read.source, read.target} == {
        tuple(relation["arg1"][0]),
        tuple(relation["arg2"][0]),
    }


def test_other_senses_are_left_out(tmp_path: Path) -> None:
    relation = {"arg1": [[0, 5]], "arg2": [[6, 9]], "sense": "comparison.contrast"}
    assert gum_document(tmp_path, discourse_relations=[relation]).clause_relations == ()


RE3D_TEXT = "The campaign against Daesh, the U.S.-led coalition and Acme (Widget) on Monday"


def re3d_document(folder: Path, found: list[tuple[str, str]], **parts: object) -> GoldDocument:
    """One document of re3d with these words marked, as read."""
    marked = [
        {"start": at(RE3D_TEXT, words)[0], "end": at(RE3D_TEXT, words)[1], "type": sort}
        for words, sort in found
    ]
    record = {
        "doc_id": "1",
        "source": "made up",
        "text": RE3D_TEXT,
        "entities": marked,
        "relations": [],
    }
    write_records(folder, re3d.FILE, [record | parts])
    (document,) = re3d.read(folder)
    return document


def test_entities_that_cut_through_a_word_are_left_out(tmp_path: Path) -> None:
    found = [("The camp", "Location"), ("st Daesh", "Organisation"), ("Daesh", "Organisation")]
    document = re3d_document(tmp_path, found)
    assert entities(document) == [("Daesh", "organization")]
    assert document.mended == {re3d.CUT_WORD: 2}


def test_spaces_at_the_end_of_an_entity_are_cut(tmp_path: Path) -> None:
    document = re3d_document(tmp_path, [("the U.S.-led ", "Organisation")])
    assert entities(document) == [("the U.S.-led", "organization")]
    assert document.mended == {TRIMMED: 1}


def test_one_span_may_be_of_two_kinds_and_a_time_is_no_entity(tmp_path: Path) -> None:
    document = re3d_document(
        tmp_path,
        [("Acme", "Location"), ("Acme", "Organisation"), ("Monday", "Temporal"), ("on", "Weapon")],
    )
    assert entities(document) == [("Acme", "organization"), ("Acme", "place")]
    assert quoted(document, [one.span for one in document.times or ()]) == ["Monday"]


def test_synonyms_are_one_entity_and_other_relations_are_left_out(tmp_path: Path) -> None:
    acme, widget = at(RE3D_TEXT, "Acme"), at(RE3D_TEXT, "Widget")
    document = re3d_document(
        tmp_path,
        [("Daesh", "Organisation"), ("Acme", "Organisation"), ("Widget", "Organisation")],
        relations=[
            {"type": "IsSynonymOf", "source": acme, "target": widget},
            {"type": "Likes", "source": acme, "target": at(RE3D_TEXT, "Daesh")},
        ],
    )
    assert [one.entity for one in document.entities or ()] == [None, "0", "0"]
    assert document.relations is None


def test_cause_effect_and_signal_of_a_sentence(tmp_path: Path) -> None:
    text = "The mill closed because prices fell ."
    relation = {
        "cause": at(text, "prices fell ."),
        "effect": at(text, "The mill closed"),
        "signals": [at(text, "because")],
    }
    record = {"id": "cnc_train_05_299_7", "text": text, "relations": [relation]}
    write_records(tmp_path, causal_news.FILE, [record])
    (document,) = causal_news.read(tmp_path)
    (read,) = document.clause_relations or ()
    assert quoted(document, [read.source, read.target, *read.signals]) == [
        "prices fell .",
        "The mill closed",
        "because",
    ]
    assert (read.kind, document.topic, document.events) == ("causes", "cnc_train_05_299", None)
