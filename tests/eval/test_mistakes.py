"""Mistakes in their sentences: which are shown, where, and cut to what can be read."""

from dataclasses import replace

from eval.found import Found
from eval.gold import GoldArgument, GoldDocument, GoldEntity, GoldEvent, GoldRelation, Span
from eval.marked_sentences import MOST_CHARACTERS, Sentence, Shown
from eval.mistakes import OfMetric, mistakes
from eval.running import Passed
from eval.scoring.report import report
from tests.eval.scoring.made import (
    ALL_KINDS,
    FIRST,
    TEXT,
    at,
    entity,
    event,
    found,
    gold,
    gold_event,
    gold_link,
    link,
)

SECOND = Span(at("Because").start, len(TEXT))
NAMES = (GoldEntity(at("Acme"), "organization"), GoldEntity(at("Leeds"), "place"))


def of(documents: list[GoldDocument], *ours: Found, most: int = 9) -> dict[str, OfMetric]:
    """The mistakes by metric."""
    scores = report("made", documents, Passed(ours, 1.0, 1.0), ALL_KINDS)
    return {one.metric: one for one in mistakes(scores, documents, most)}


def only_sentence(one: OfMetric) -> Sentence:
    (kind,) = one.kinds
    (sentence,) = kind.sentences
    return sentence


def words(sentence: Sentence) -> list[tuple[str, str, str]]:
    """What is marked in a sentence: its sort, kind and words."""
    return [
        (one.sort, one.kind, sentence.text[one.span.start : one.span.end]) for one in sentence.shown
    ]


def test_a_mistake_is_shown_in_its_sentence_with_all_that_is_right_and_wrong_there() -> None:
    document = gold(entities=NAMES, sentences=(FIRST, SECOND))
    ours = found(entities=(entity("Acme", "organization"), entity("London", "place")))

    kinds = of([document], ours)["entities"].kinds

    (place,) = kinds
    assert (place.kind, place.missed, place.wrong, place.in_sentences) == ("place", 1, 1, 2)
    missed, wrong = place.sentences
    assert missed.text == TEXT[SECOND.start : SECOND.end]
    assert words(missed) == [("missed", "place", "Leeds")]
    assert words(wrong) == [("wrong", "place", "London"), ("right", "organization", "Acme")]
    assert [*missed.sorts, *wrong.sorts] == ["missed", "wrong"]


def test_sentences_are_found_where_the_corpus_has_none() -> None:
    document = gold(entities=NAMES[1:])

    sentence = only_sentence(of([document], found())["entities"])

    assert sentence.text == "Because prices rose, workers went on strike in Leeds."


def test_the_kind_with_most_mistakes_comes_first() -> None:
    names = (*NAMES, GoldEntity(at("Widget Ltd"), "organization"))

    kinds = of([gold(entities=names)], found())["entities"].kinds

    assert [(one.kind, one.missed) for one in kinds] == [("organization", 2), ("place", 1)]


def test_what_belongs_to_an_event_is_shown_with_the_event() -> None:
    bought = GoldEvent("e", at("bought"), arguments=(GoldArgument(at("Acme"), "Arg0"),))
    document = gold(events=(bought,))

    sentence = only_sentence(of([document], found(event("bought")))["participants by head"])

    assert words(sentence) == [("missed", "Arg0", "Acme"), ("of", "", "bought")]


def test_the_ends_of_links_are_told_apart_and_links_numbered_where_there_are_several() -> None:
    events = (gold_event("rose"), gold_event("strike"), gold_event("went"))
    document = gold(events=events, relations=gold_link("rose", "strike"))

    def ends(one: GoldDocument) -> list[tuple[str, str, int]]:
        sentence = only_sentence(of([one], found())["relations with kind"])
        return [(words(sentence)[n][2], s.end, s.link) for n, s in enumerate(sentence.shown)]

    assert ends(document) == [("rose", "source", 0), ("strike", "target", 0)]
    two = (*gold_link("rose", "strike"), GoldRelation("rose", "went", "causes"))
    assert sorted(ends(replace(document, relations=two))) == [
        ("rose", "source", 1),
        ("rose", "source", 2),
        ("strike", "target", 1),
        ("went", "target", 2),
    ]


def test_a_link_between_sentences_shows_both() -> None:
    document = gold(
        events=(gold_event("bought"), gold_event("rose")), relations=gold_link("bought", "rose"),
        clause_relations=(), sentences=(FIRST, SECOND),
    )  # fmt: skip
    ours = found(event("bought"), event("rose"), relations=(link("bought", "rose"),))

    scores = report("made", [document], Passed((ours,), 1.0, 1.0), ALL_KINDS)
    (clauses,) = (one for one in mistakes(scores, [document], 9) if one.metric[0] == "c")

    assert only_sentence(clauses).text == TEXT


def test_a_sentence_that_is_too_long_is_cut_around_its_first_mistake() -> None:
    before, after = "word " * 400, " word" * 400
    text = f"{before}Acme{after}"
    name = GoldEntity(Span(len(before), len(before) + 4), "organization")
    whole = (Span(0, len(text)),)
    document = GoldDocument(
        "made", "d1", "t1", text, sentences=whole, scored=whole, entities=(name,)
    )

    sentence = only_sentence(of([document], found())["entities"])

    assert len(sentence.text) == MOST_CHARACTERS
    assert sentence.is_cut == (True, True)
    assert words(sentence) == [("missed", "organization", "Acme")]


def test_so_many_sentences_are_shown_of_a_kind_evenly_and_the_others_counted() -> None:
    documents = [replace(gold(entities=NAMES[:1]), document_id=f"d{n}") for n in range(10)]
    ours = [Found(one.document_id) for one in documents]

    (kind,) = of(documents, *ours, most=3)["entities"].kinds

    assert (kind.missed, kind.in_sentences) == (10, 10)
    assert [one.document_id for one in kind.sentences] == ["d0", "d3", "d6"]


def test_what_is_right_is_said_with_the_metrics_that_it_builds_upon() -> None:
    events = (gold_event("rose"), gold_event("strike"))
    document = gold(events=events, relations=gold_link("rose", "strike"))

    said = of([document], found())["relations with kind"].counts

    names = ["relations: a link", "relations with direction: the same", "relations with kind: the"]
    assert [said.index(one) for one in names] == sorted(said.index(one) for one in names)
    assert "triggers" not in said


def test_without_a_mistake_a_metric_has_no_kinds() -> None:
    ours = found(entities=(entity("Acme", "organization"), entity("Leeds", "place")))

    assert of([gold(entities=NAMES)], ours)["entities"].kinds == ()


def test_offsets_are_those_of_the_sentence() -> None:
    document = gold(entities=NAMES[1:], sentences=(FIRST, SECOND))

    sentence = only_sentence(of([document], found())["entities"])

    start = sentence.text.index("Leeds")
    assert sentence.shown == (Shown(Span(start, start + 5), "missed", "place"),)
