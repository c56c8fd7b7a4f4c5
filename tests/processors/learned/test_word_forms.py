import pytest

from processors.learned.event_features import sentence_features
from processors.learned.word_forms import is_verb, verb_of
from processors.learned.word_senses import senses


@pytest.mark.parametrize("word", ["attack", "announce", "plan", "carry", "run"])
def test_a_verb_is_known_by_its_other_forms(word: str) -> None:
    assert is_verb(word)


@pytest.mark.parametrize("word", ["", "a", "tsunami", "of", "1,200", "é"])
def test_other_words_are_no_verbs(word: str) -> None:
    assert not is_verb(word)


@pytest.mark.parametrize(
    ("noun", "verb"),
    [
        ("announcement", "announce"),
        ("celebration", "celebrate"),
        ("arrival", "arrive"),
        ("decision", "decide"),
        ("table", ""),
    ],
)
def test_a_noun_leads_to_the_verb_it_is_made_of(noun: str, verb: str) -> None:
    assert verb_of(noun) == verb


def test_a_word_has_the_topics_of_its_senses() -> None:
    assert "n=event" in senses("quake")
    assert "v1=communication" in senses("announce")
    assert senses("acmecorp") == ()


class TestTheFeaturesOfASentence:
    def test_are_those_of_each_word(self) -> None:
        assert len(sentence_features(["Acme", "bought", "Widget", "."])) == 4
        assert sentence_features([]) == []

    def test_tell_a_word_its_base_form_and_its_neighbours(self) -> None:
        attacked = sentence_features(["Acme", "attacked", "mills"])[1]
        assert {"l=attack", "s=verb-ed", "-1w=acme", "+1l=mill"} <= set(attacked)

    def test_tell_where_all_is_in_capitals(self) -> None:
        assert "shouted" in sentence_features(["ACME", "BOUGHT", "WIDGET"])[0]
        assert "shouted" not in sentence_features(["Acme", "bought", "Widget"])[0]
