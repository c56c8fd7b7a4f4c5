"""A recogniser by choice: what it reads, and what stays with the rules."""

from collections.abc import Collection, Sequence

import pytest

from processors.errors import RecogniserError
from processors.recognition.entities import find_entities
from processors.recognition.found import Found
from processors.recognition.recogniser import NameFinder, Recogniser, bundled_recogniser
from processors.sentences import split_sentences
from schemas.annotation import EntityMention, Span
from schemas.document import Document
from tests.processors.documents import KINDS


class Known:
    """Finds the words that it is told, once each."""

    identity = "known"

    def __init__(self, kinds: dict[str, str], languages: Collection[str] = ()) -> None:
        self._kinds = kinds
        self.languages = languages

    def names(self, text: str, sentences: Sequence[Span]) -> list[Found]:
        at = [(text.find(word), word) for word in self._kinds]
        return [
            Found(start, start + len(word), self._kinds[word], "", "model")
            for start, word in sorted(at)
            if start >= 0
        ]


def mentions(
    recogniser: Recogniser, text: str, language: str = "en", kinds: Collection[str] = KINDS
) -> list[EntityMention]:
    document = Document(document_id="d1", text=text, language=language)
    sentences = split_sentences(text, language)
    return list(find_entities(document, sentences, frozenset(kinds), recogniser).mentions)


def told(found: list[EntityMention]) -> list[tuple[str, str, str]]:
    return [(one.text, one.kind, one.origin) for one in found]


def chosen(languages: Collection[str] = (), **kinds: str) -> Recogniser:
    return Recogniser(lambda: Known(kinds, languages))


def test_names_are_those_of_the_chosen_recogniser_alone() -> None:
    found = mentions(chosen(zorblat="organization"), "He met zorblat and Theresa May in London.")

    assert told(found) == [("zorblat", "organization", "model")]


def test_dates_and_amounts_stay_with_the_rules() -> None:
    found = mentions(chosen(May="person"), "In May 2024 zorblat paid $5.")

    assert told(found) == [("May 2024", "date", "rule"), ("$5", "money", "rule")]


def test_a_kind_that_is_not_of_names_counts_where_the_profile_has_it() -> None:
    recogniser = chosen(widget="product", zorblat="organization")
    text = "The widget of zorblat"

    assert told(mentions(recogniser, text)) == [("zorblat", "organization", "model")]
    assert told(mentions(recogniser, text, kinds=(*KINDS, "product"))) == [
        ("widget", "product", "model"),
        ("zorblat", "organization", "model"),
    ]


def test_languages_that_it_does_not_read_are_left_to_the_rules() -> None:
    german = chosen(languages=("de",), Bericht="person")

    assert told(mentions(german, "Der Bericht aus London.", "de")) == [
        ("Bericht", "person", "model")
    ]
    assert told(mentions(german, "Le Bericht de London.", "fr")) == [("London", "place", "rule")]


def test_the_languages_of_the_setting_count_over_its_own() -> None:
    french = Recogniser(lambda: Known({"Bericht": "person"}, ("de",)), ("fr",))

    assert told(mentions(french, "Le Bericht.", "fr")) == [("Bericht", "person", "model")]
    assert mentions(french, "Der Bericht.", "de") == []


def test_names_in_chinese_that_it_says_nothing_of_are_told_by_rules() -> None:
    text = "王小明先生在北京工作。"

    assert ("北京", "place", "rule") in told(mentions(chosen(), text, "zh"))
    # What it found counts, however long the rules' claim is.
    assert told(mentions(chosen(小明="person", 北京="organization"), text, "zh")) == [
        ("小明", "person", "model"),
        ("北京", "organization", "model"),
    ]


def test_it_is_loaded_once_at_first_use() -> None:
    opened: list[NameFinder] = []

    def open_finder() -> NameFinder:
        opened.append(Known({"zorblat": "organization"}))
        return opened[-1]

    recogniser = Recogniser(open_finder)
    assert opened == []
    recogniser.prepare()
    mentions(recogniser, "It is zorblat.")
    mentions(recogniser, "It is zorblat.")

    assert len(opened) == 1


def test_one_that_cannot_be_loaded_says_so_when_it_is_prepared() -> None:
    def open_finder() -> NameFinder:
        raise RecogniserError("not here")

    with pytest.raises(RecogniserError, match="not here"):
        Recogniser(open_finder).prepare()


def test_the_bundled_one_finds_what_it_always_did() -> None:
    recogniser = bundled_recogniser()
    recogniser.prepare()

    assert recogniser.identity == "local"
    assert told(mentions(recogniser, "Theresa May left London.")) == [
        ("Theresa May", "person", "rule"),
        ("London", "place", "rule"),
    ]


def test_what_is_not_read_is_left_to_the_rules() -> None:
    text = "zorblat met Theresa May there. They say that zorblat saw Theresa Smith."
    read, unread = split_sentences(text, "en")
    document = Document(document_id="d1", text=text, language="en")
    found = chosen(zorblat="organization").names(document, [read], [unread])

    assert {text[one.start : one.end] for one in found} == {"zorblat", "Theresa Smith"}
