from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from processors.learned.participant_phrases import candidates
from processors.lexical.sentence import Sentence
from schemas.annotation import Span
from tests.processors.learned.sentences import marked


def phrases(words: str, *names: tuple[str, str]) -> list[str]:
    """The own words of each phrase."""
    sentence, triggers = marked(words, *names)
    return [_text(sentence, one.first, one.head) for one in candidates(sentence, triggers)]


def cuts(words: str, phrase: str, *names: tuple[str, str]) -> dict[str, str]:
    """The cuts of the phrase with these own words, by how they were made."""
    sentence, triggers = marked(words, *names)
    (found,) = (
        one
        for one in candidates(sentence, triggers)
        if _text(sentence, one.first, one.head) == phrase
    )
    return {one.how: _text(sentence, one.first, one.last) for one in found.cuts}


def _text(sentence: Sentence, first: int, last: int) -> str:
    return sentence.text[sentence.tokens[first].start : sentence.tokens[last].end]


class TestAPhrase:
    def test_ends_where_a_verb_stands(self) -> None:
        assert phrases("The old mill *bought two new saws") == ["The old mill", "two new saws"]

    def test_is_a_pronoun(self) -> None:
        assert phrases("They *sold it , which *hurt") == ["They", "it", "which"]

    def test_holds_the_possessor_beside_the_whole(self) -> None:
        assert phrases("Acme 's new mill *burned") == ["Acme", "Acme 's new mill"]
        assert phrases("its mill *burned") == ["its", "its mill"]

    def test_ends_before_a_noun_that_is_an_event(self) -> None:
        assert phrases("the tanker **order *fell") == ["the tanker", "the tanker order"]

    def test_may_count(self) -> None:
        assert phrases("The first jets *left") == ["The first jets"]

    def test_is_no_time(self) -> None:
        assert phrases("Acme *left a day later") == ["Acme"]
        assert phrases("Acme *left on 3 March", ("date", "3 March")) == ["Acme"]

    def test_is_not_what_that_opens_a_clause_with(self) -> None:
        assert phrases("He *said that Ann *left") == ["He", "Ann"]
        assert phrases("That mill *burned") == ["That mill"]


class TestCuts:
    def test_take_in_what_of_and_another_preposition_add(self) -> None:
        assert cuts("the head of the mill in Leeds *left", "the head") == {
            "own": "the head",
            "of": "the head of the mill",
            "of+": "the head of the mill in Leeds",
        }

    def test_leave_what_stands_before_a_name(self) -> None:
        text = "mill owner Ann Lee *left"
        found = cuts(text, "mill owner Ann Lee", ("person", "Ann Lee"))
        assert found == {"own": "mill owner Ann Lee", "name": "Ann Lee"}

    def test_take_in_a_name_that_explains(self) -> None:
        found = cuts("the owner , Ann Lee , *left", "the owner", ("person", "Ann Lee"))
        assert found["apposition"] == "the owner , Ann Lee"

    def test_take_in_what_is_joined(self) -> None:
        assert cuts("iron and steel *fell", "iron")["joined"] == "iron and steel"

    def test_leave_the_article_of_an_event(self) -> None:
        assert cuts("the Acme **deal *failed", "the Acme")["bare"] == "Acme"

    def test_do_not_end_in_a_possessive(self) -> None:
        found = cuts("the largest order of its kind *fell", "the largest order")
        assert found["of"] == "the largest order of its kind"


@given(st.text(max_size=200))
def test_any_text_is_cut_within_itself(text: str) -> None:
    sentence = Sentence(text, Span(start=0, end=len(text)), [])
    for one in candidates(sentence, []):
        assert 0 <= one.first <= one.head < len(sentence.tokens)
        assert all(0 <= cut.first <= cut.last < len(sentence.tokens) for cut in one.cuts)


def test_time_grows_with_the_words_alone() -> None:
    def seconds(size: int) -> float:
        text = "of the mill and iron , " * size
        sentence = Sentence(text, Span(start=0, end=len(text)), [])
        began = process_time()
        candidates(sentence, [])
        return process_time() - began

    seconds(100)
    # Ten times the words; a hundred times the seconds would be their square.
    assert min(seconds(2000) for _ in range(3)) < 50 * min(seconds(200) for _ in range(9))
