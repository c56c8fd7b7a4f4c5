"""MEANTIME: what its tags, roles and links become."""

from pathlib import Path
from typing import Any

import pytest

from eval.corpora import meantime
from eval.corpora.errors import CorpusError
from eval.gold import GoldDocument, GoldRelation
from tests.eval.corpora.written import Json, cat_document, entities, quoted, write_records

SENTENCES = (
    "Acme buys Widget",
    "March 01, 2008",
    "Acme bought Widget in Oslo on Friday, the company will take its mills over.",
    "Nobody was told.",
    "It fell.",
    "It rose.",
    "Much later Acme sold it.",
)
SAID = {"polarity": "POS", "certainty": "CERTAIN", "time": "NON_FUTURE", "pos": "VERB"}


def read(folder: Path, **parts: Any) -> GoldDocument:
    """One document of these sentences, as read."""
    parts.setdefault("mentions", ())
    write(folder, cat_document("corpus_mills/1_A", SENTENCES, **parts))
    (document,) = meantime.read(folder)
    return document


def write(folder: Path, *records: Json) -> None:
    """A file of MEANTIME."""
    write_records(folder, meantime.FILE, records)


def test_sentences_0_to_5_are_scored_and_no_others(tmp_path: Path) -> None:
    document = read(tmp_path)
    assert quoted(document, document.scored) == ["\n".join(SENTENCES[:6])]
    assert quoted(document, document.sentences or ()) == list(SENTENCES)


def test_the_topic_is_the_folder_and_the_date_line_dates(tmp_path: Path) -> None:
    attrs = {"type": "DATE", "value": "2008-03-01", "functionInDocument": "CREATION_TIME"}
    document = read(tmp_path, mentions=[("1", "TIMEX3", "March 01, 2008", attrs)])
    assert (document.topic, document.published_at) == ("mills", "2008-03-01")
    (time,) = document.times or ()
    assert (time.value, time.kind, time.is_publication) == ("2008-03-01", "date", True)


def test_entities_are_of_our_kinds_and_say_whether_they_are_names(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        mentions=[
            ("1", "ENTITY_MENTION", "Acme", {"syntactic_type": "NAM"}),
            ("2", "ENTITY_MENTION", "the company", {"syntactic_type": "NOM"}),
            ("3", "ENTITY_MENTION", "Oslo", {}),
            ("4", "ENTITY_MENTION", "its", {}),
            ("5", "ENTITY_MENTION", "its mills", {}),
        ],
        instances=[
            ("a", "ENTITY", {"ent_type": "ORG"}, ["1", "2", "4"]),
            ("b", "ENTITY", {"ent_type": "LOC"}, ["3"]),
            ("c", "ENTITY", {"ent_type": "PRO"}, ["5"]),
        ],
    )
    found = document.entities or ()
    assert entities(document) == [
        ("Acme", "organization"),
        ("Oslo", "place"),
        ("the company", "organization"),
        ("its", "organization"),
    ]
    assert [one.is_name for one in found] == [True, None, False, False]
    assert found[0].entity == found[2].entity == found[3].entity != found[1].entity


def test_a_mention_that_means_several_things_means_the_first(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        mentions=[("1", "EVENT_MENTION", "bought", SAID)],
        instances=[("a", "EVENT", {"class": "OTHER"}, ["1"]), ("b", "EVENT", {}, ["1"])],
    )
    assert [(one.instance, one.kind) for one in document.events or ()] == [("a", "OTHER")]


def test_an_event_has_its_participants_place_and_time(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        mentions=[
            ("1", "EVENT_MENTION", "bought", SAID),
            ("2", "ENTITY_MENTION", "Acme", {}),
            ("3", "ENTITY_MENTION", "Oslo", {}),
            ("4", "TIMEX3", "Friday", {"type": "DATE", "value": "2008-02-29"}),
            ("5", "TIMEX3", "March 01, 2008", {"type": "DATE", "value": "2008-03-01"}),
        ],
        instances=[("a", "EVENT", {"class": "OTHER"}, ["1"])],
        relations=[
            ("HAS_PARTICIPANT", "1", "2", {"sem_role": "Arg0"}),
            ("HAS_PARTICIPANT", "1", "3", {"sem_role": "Argm-LOC"}),
            ("TLINK", "1", "4", {"reltype": "IS_INCLUDED"}),
            ("TLINK", "1", "5", {"reltype": "BEFORE"}),
        ],
    )
    (event,) = document.events or ()
    (argument,) = event.arguments or ()
    assert quoted(document, [argument.span]) == ["Acme"]
    assert argument.role == "Arg0"
    assert quoted(document, event.places or ()) == ["Oslo"]
    assert quoted(document, event.times or ()) == ["Friday"]
    assert (event.kind, event.polarity) == ("OTHER", "positive")


def test_of_a_trigger_in_parts_the_first_is_taken(tmp_path: Path) -> None:
    document = read(tmp_path, mentions=[("1", "EVENT_MENTION", ["take", "over"], SAID)])
    (event,) = document.events or ()
    assert quoted(document, [event.span]) == ["take"]
    assert document.mended == {"a mention in parts": 1}


@pytest.mark.parametrize(("pos", "head"), [("VERB", "will"), ("NOUN", "take"), ("OTHER", None)])
def test_the_head_is_where_the_part_of_speech_has_it(
    tmp_path: Path, pos: str, head: str | None
) -> None:
    document = read(tmp_path, mentions=[("1", "EVENT_MENTION", "will take", {"pos": pos})])
    (event,) = document.events or ()
    assert quoted(document, [event.head] if event.head else []) == ([head] if head else [])


@pytest.mark.parametrize(
    ("said", "polarity"),
    [
        ({"polarity": "NEG", "time": "FUTURE"}, "negative"),
        ({"polarity": "POS", "time": "FUTURE"}, "possible"),
        ({"polarity": "POS", "certainty": "PROBABLE"}, "possible"),
        ({"polarity": "POS", "special_cases": "COND_IF_CLAUSE"}, "possible"),
        ({"polarity": "UNDERSPECIFIED"}, None),
        ({}, None),
    ],
)
def test_polarity_is_what_polarity_certainty_and_time_say(
    tmp_path: Path, said: Json, polarity: str | None
) -> None:
    document = read(tmp_path, mentions=[("1", "EVENT_MENTION", "bought", said)])
    assert [event.polarity for event in document.events or ()] == [polarity]


def test_causes_and_order_are_relations_and_the_rest_is_none(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        mentions=[
            ("1", "EVENT_MENTION", "bought", SAID),
            ("2", "EVENT_MENTION", "told", SAID),
            ("3", "TIMEX3", "Friday", {"type": "DATE"}),
        ],
        relations=[
            ("CLINK", "1", "2", {}),
            ("TLINK", "1", "2", {"reltype": "BEFORE"}),
            ("TLINK", "2", "1", {"reltype": "AFTER"}),
            ("TLINK", "2", "1", {"reltype": "IS_INCLUDED"}),
            ("SLINK", "1", "2", {}),
            ("TLINK", "1", "3", {"reltype": "BEFORE"}),
        ],
    )
    assert document.relations == (
        GoldRelation("1", "2", "causes"),
        GoldRelation("1", "2", "precedes"),
    )


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"mentions": None}, "mentions: Input should be a valid"),
        ({"relations": [{"type": "CLINK", "source": "1", "target": "9"}]}, "no mention or"),
        ({"text": "short"}, "span 0–16 in a text of 5 characters"),
        ({"sentences": {"0": [0, 16], "1": [10, 20]}}, "the sentence at 10 overlaps"),
    ],
)
def test_a_malformed_line_is_an_error_that_names_file_and_line(
    tmp_path: Path, change: Json, wrong: str
) -> None:
    good = cat_document("corpus_mills/1", SENTENCES, [])
    write(tmp_path, good, {**good, **change})
    with pytest.raises(CorpusError) as caught:
        list(meantime.read(tmp_path))
    assert str(caught.value).startswith(f"{tmp_path / meantime.FILE}, line 2: ")
    assert wrong in str(caught.value)
    assert "Acme" not in str(caught.value)
