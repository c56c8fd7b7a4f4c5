"""Triggers of the word lists and of a model together."""

from processors.lexical.english_triggers import find_english_triggers
from processors.lexical.lexicon import lexicon_of
from processors.lexical.sentence import Sentence
from processors.lexical.triggers import Trigger
from schemas.annotation import Span
from tests.processors.learned.triggers import small_tagger
from tests.processors.works import PROFILES

LEXICON = lexicon_of(PROFILES["news"], "en")


def found(text: str) -> list[tuple[str, Trigger]]:
    sentence = Sentence(text, Span(start=0, end=len(text)), ())
    triggers = find_english_triggers(sentence, LEXICON, small_tagger())
    tokens = sentence.tokens
    return [
        (f"{one.kind}:{text[tokens[one.first].start : tokens[one.last].end]}", one)
        for one in triggers
    ]


def kinds(text: str) -> list[str]:
    return [words for words, _ in found(text)]


def test_a_trigger_that_both_find_has_the_kind_of_the_list() -> None:
    assert kinds("Acme bought Widget.") == ["purchase:bought"]


def test_what_no_list_has_is_other() -> None:
    assert kinds("Guests hailed the wedding.") == ["other:hailed", "other:wedding"]


def test_triggers_come_in_the_order_of_the_text() -> None:
    assert kinds("Ann hailed the merger in London.") == ["other:hailed", "agreement:merger"]


def test_a_trigger_has_the_words_that_the_model_gives_it() -> None:
    assert kinds("Acme took over Widget Ltd.") == ["purchase:took over"]


def test_a_listed_word_that_the_model_takes_for_none_is_left_out() -> None:
    assert kinds("The bank in London has a fire department.") == []


def test_a_trigger_says_how_probable_it_is() -> None:
    probability = found("Acme bought Widget.")[0][1].probability
    assert probability is not None
    assert probability > 0.5


def test_verbs_and_nouns_are_told_apart() -> None:
    hailed, wedding = (one for _, one in found("Guests hailed the wedding."))
    assert (hailed.is_verb, hailed.is_noun) == (True, False)
    assert (wedding.is_verb, wedding.is_noun) == (False, True)


def test_without_a_model_only_listed_kinds_are_found() -> None:
    text = "Guests hailed the wedding. Acme bought Widget."
    sentence = Sentence(text, Span(start=0, end=len(text)), ())
    assert [one.kind for one in find_english_triggers(sentence, LEXICON, None)] == ["purchase"]
