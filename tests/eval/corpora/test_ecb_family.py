"""ECB+ and EventStoryLine: one tag set, one set of texts."""

from pathlib import Path

import pytest

from eval.corpora import ecbplus, eventstoryline
from eval.corpora.ecb_tags import CUT_PREPOSITION
from eval.corpora.spans import TRIMMED
from eval.gold import GoldDocument, GoldRelation
from tests.eval.corpora.written import Json, cat_document, entities, quoted, write_records

SENTENCES = (
    "Fire razes mill",
    "3 March 2013",
    "A fire destroyed the mill in Oslo on Friday, Acme said.",
    "Nobody has read this.",
    "It did not spread to the school.",
)
DATED = {"value": "2013-03-03", "DCT": "TRUE"}
MENTIONS: tuple[tuple[str, str, str, Json], ...] = (
    ("1", "TIME_DATE", "3 March 2013", DATED),
    ("2", "ACTION_OCCURRENCE", "fire", {}),
    ("3", "ACTION_OCCURRENCE", "destroyed", {}),
    ("4", "LOC_GEO", "in Oslo", {}),
    ("5", "TIME_DATE", "on Friday", {"value": "2013-3-1"}),
    ("6", "HUMAN_PART_ORG", "Acme", {}),
    ("7", "NEG_ACTION_OCCURRENCE", "spread", {}),
    ("8", "NON_HUMAN_PART", "the mill", {}),
)


def story(folder: Path, *relations: tuple[str, str, str, Json]) -> GoldDocument:
    """One document of EventStoryLine, as read."""
    record = cat_document("37_1ecbplus", SENTENCES, MENTIONS, relations=relations, first=1)
    write_records(folder, eventstoryline.FILE, [record])
    (document,) = eventstoryline.read(folder)
    return document


def test_only_sentences_with_a_mention_are_scored(tmp_path: Path) -> None:
    document = story(tmp_path)
    assert quoted(document, document.scored) == ["\n".join(SENTENCES[1:3]), SENTENCES[4]]


def test_prepositions_are_cut_from_places_and_times(tmp_path: Path) -> None:
    document = story(tmp_path)
    assert entities(document) == [("Oslo", "place"), ("Acme", "organization")]
    assert quoted(document, [one.span for one in document.times or ()]) == [
        "3 March 2013",
        "Friday",
    ]
    assert document.mended[CUT_PREPOSITION] == 2


def test_a_preposition_alone_and_what_narrows_a_time_down_stay(tmp_path: Path) -> None:
    mentions: list[tuple[str, str, str, Json]] = [
        ("1", "LOC_OTHER", "inside", {}),
        ("2", "TIME_OF_THE_DAY", "about noon", {}),
        ("3", "LOC_GEO", "into the Indus valley", {}),
    ]
    record = cat_document(
        "1_1ecb", ["He went into the Indus valley, inside at about noon."], mentions
    )
    write_records(tmp_path, ecbplus.FILE, [record])
    (document,) = ecbplus.read(tmp_path)
    assert [words for words, _ in entities(document)] == ["the Indus valley", "inside"]
    assert quoted(document, [one.span for one in document.times or ()]) == ["about noon"]


def test_white_space_at_the_ends_of_a_span_is_cut_and_counted(tmp_path: Path) -> None:
    record = cat_document("20_2ecb", ["11 / 28 / 05\t\t", "x"], [("1", "TIME_DATE", "05\t\t", {})])
    write_records(tmp_path, ecbplus.FILE, [record])
    (document,) = ecbplus.read(tmp_path)
    assert quoted(document, [one.span for one in document.times or ()]) == ["05"]
    assert document.mended == {TRIMMED: 2}


def test_a_negated_event_keeps_its_kind_and_has_not_happened(tmp_path: Path) -> None:
    events = story(tmp_path).events or ()
    assert {event.kind for event in events} == {"ACTION_OCCURRENCE"}
    assert [event.polarity for event in events] == [None, None, "negative"]


def test_the_topic_is_the_number_before_the_name_in_both(tmp_path: Path) -> None:
    write_records(tmp_path, ecbplus.FILE, [cat_document("37_1ecbplus", SENTENCES, MENTIONS)])
    (other,) = ecbplus.read(tmp_path)
    assert other.topic == story(tmp_path).topic == "37"
    assert other.text == story(tmp_path).text


def test_ecbplus_has_no_links_and_says_so_by_none(tmp_path: Path) -> None:
    write_records(tmp_path, ecbplus.FILE, [cat_document("37_1ecbplus", SENTENCES, MENTIONS)])
    (document,) = ecbplus.read(tmp_path)
    assert document.relations is None
    assert {(one.arguments, one.times, one.places) for one in document.events or ()} == {
        (None, None, None)
    }


@pytest.mark.parametrize(
    ("said", "cause", "effect"),
    [
        ({"relType": "PRECONDITION"}, "2", "3"),
        ({"relType": "FALLING_ACTION"}, "3", "2"),
        ({"relType": "PRECONDITION", "CAUSED_BY": "TRUE"}, "3", "2"),
        ({"relType": "FALLING_ACTION", "CAUSED_BY": "TRUE"}, "3", "2"),
    ],
)
def test_a_plot_link_goes_from_cause_to_effect(
    tmp_path: Path, said: Json, cause: str, effect: str
) -> None:
    document = story(tmp_path, ("PLOT_LINK", "2", "3", said))
    assert document.relations == (GoldRelation(cause, effect, "causes"),)


def test_a_link_told_from_both_ends_is_one(tmp_path: Path) -> None:
    document = story(
        tmp_path,
        ("PLOT_LINK", "2", "3", {"relType": "PRECONDITION"}),
        ("PLOT_LINK", "3", "2", {"relType": "FALLING_ACTION"}),
    )
    assert document.relations == (GoldRelation("2", "3", "causes"),)


@pytest.mark.parametrize("said", [{}, {"relType": ""}])
def test_a_plot_link_without_a_type_is_left_out(tmp_path: Path, said: Json) -> None:
    document = story(tmp_path, ("PLOT_LINK", "2", "3", said))
    assert document.relations == ()
    assert document.mended[eventstoryline.UNTYPED] == 1


def test_the_times_of_an_event_are_those_that_hold_begin_or_end_it(tmp_path: Path) -> None:
    document = story(
        tmp_path,
        ("TLINK", "5", "2", {"relType": "CONTAINS"}),
        ("TLINK", "1", "2", {"relType": "AFTER"}),
        ("TLINK", "5", "3", {"relType": "BEGUN_ON"}),
        ("TLINK", "1", "3", {}),
    )
    when = [quoted(document, event.times or ()) for event in document.events or ()]
    assert when == [["Friday"], ["Friday"], []]


def test_the_date_line_dates_and_values_get_their_zeros(tmp_path: Path) -> None:
    document = story(tmp_path)
    assert document.published_at == "2013-03-03"
    assert [(one.value, one.is_publication) for one in document.times or ()] == [
        ("2013-03-03", True),
        ("2013-03-01", False),
    ]
