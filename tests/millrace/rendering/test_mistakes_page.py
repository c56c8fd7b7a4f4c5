"""The page of what an engine missed and got wrong."""

import re
from dataclasses import replace

import pytest

from eval.gold import GoldEntity, Span
from millrace.rendering import mistakes_page
from millrace.rendering.mistakes_page import MOST_OF_KIND, page
from tests.millrace.rendering.mistakes import document, scored
from tests.millrace.rendering.test_html_document import ATTRIBUTES, ELEMENTS, HOSTILE, Parsed

OWN_ELEMENTS = {"section", "details", "summary", "fieldset", "legend", "label", "input", "ul"}
OWN_ATTRIBUTES = {"open", "type", "checked"}


def html(**changes: object) -> str:
    return page("made/system", "test", scored(document(**changes)))


def marks(written: str) -> list[tuple[str, str, str]]:
    """Each mistake: its class, its label and its words."""
    pattern = r'<mark class="(\w+)" data-label="([^"]*)">([^<]*)</mark>'
    return [(one[1], one[2], one[3]) for one in re.finditer(pattern, written)]


def test_nothing_of_a_document_is_taken_as_html() -> None:
    name = GoldEntity(Span(0, 8), HOSTILE)
    hostile = document(document_id=HOSTILE, text=HOSTILE, entities=(name,), sentences=None)
    corpus, made = scored(hostile)[0]
    written = page(HOSTILE, HOSTILE, [(corpus, replace(made, system=HOSTILE))])

    found = Parsed(written)
    assert {name for name, _ in found.elements} <= ELEMENTS | OWN_ELEMENTS
    assert {name for _, named in found.elements for name in named} <= ATTRIBUTES | OWN_ATTRIBUTES
    assert "<script" not in written
    assert written.count("</style>") == written.count("</title>") == 1


def test_it_needs_no_other_file_and_no_script() -> None:
    written = html()

    assert not re.search(
        r"https?:|src=|href=\"(?!#)|@import|url\(|<script|\son\w+=", written
    )  # fmt: skip
    assert 'Content-Security-Policy" content="default-src ' in written


def test_what_was_missed_and_what_was_wrong_are_marked_in_their_sentence() -> None:
    found = marks(html())

    assert ("missed", "− causes source 1", "rose") in found
    assert ("wrong", "✗ travel", "went") in found
    assert ("missed", "− Arg0", "Acme") in found
    assert ("missed", "− 2024-03-03", "bought") not in found


def test_one_place_that_is_both_says_so_and_what_differs_is_quoted() -> None:
    found = marks(html())

    assert ("both", "✗ person, − organization", "Acme") in [
        (group, ", ".join(sorted(label.split(", "), reverse=True)), words)
        for group, label, words in found
    ]
    assert ("both", "✗ place “Widget”, − organization “Widget Ltd”", "Widget Ltd") in found


def test_days_are_shown_without_their_seconds() -> None:
    labels = [label for _, label, _ in marks(html())]

    assert any("− 2024-03-03" in label for label in labels)
    assert any("✗ 2024-03-04" in label for label in labels)
    assert not any("T00:00" in label for label in labels)


def test_mistakes_are_sorted_by_corpus_metric_and_kind_with_their_numbers() -> None:
    text = " ".join(Parsed(html()).text.split())

    order = ["meantime", "entities: 2 missed, 3 wrong", "organization: 2 missed, 0 wrong"]
    places = [text.index(one) for one in order]
    assert places == sorted(places)
    assert "relations with kind: 1 missed, 1 wrong" in text
    assert "expected calibration error" in text


def test_every_box_has_a_rule_that_hides_and_what_it_hides_is_there() -> None:
    written = html()

    boxes = re.findall(r'<input type="checkbox" id="([\w-]+)" checked>', written)
    assert {"show-missed", "show-wrong", "show-entities", "show-corpus-meantime"} <= set(boxes)
    for box in boxes:
        (hidden, *_) = re.findall(rf"main:has\(#{box}:not\(:checked\)\) (\S+) {{", written)
        name = re.split(r"[.#:]", hidden)[1] if hidden[0] in ".#" else "missed"
        assert f'"{name}"' in written


def test_of_a_kind_so_many_sentences_are_shown_and_the_others_counted() -> None:
    documents = [document(document_id=f"d{number}") for number in range(MOST_OF_KIND + 5)]

    text = Parsed(page("made", "test", scored(*documents))).text

    assert f"({MOST_OF_KIND} of {MOST_OF_KIND + 5} sentences shown)" in text


def test_the_whole_page_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes_page, "MOST_SENTENCES", 3)

    written = html()

    assert written.count("<li ") == 3
    assert "the page ends after 3" in written
    assert "(0 of 1 sentences shown)" in Parsed(written).text


def test_a_corpus_without_a_mistake_is_still_there_with_its_scores() -> None:
    text = Parsed(page("made", "test", scored(document(scored=())))).text

    assert "meantime" in text
    assert "scores" in text
