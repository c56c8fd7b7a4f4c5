from pathlib import Path

import pytest

from eval.corpora.errors import CorpusAbsentError
from eval.gold import GoldDocument, GoldEvent, Span
from eval.splits import Part
from training.triggers import PARTS, Sentence, fitted, labelled, train

TEXT = "Acme took over Widget. Nobody cared."
FIRST = Span(0, 22)


def document(*spans: tuple[int, int], scored: Span = FIRST) -> GoldDocument:
    events = tuple(GoldEvent(f"e{start}", Span(start, end)) for start, end in spans)
    return GoldDocument("made", "one", "one", TEXT, scored=(scored,), events=events)


def labels(*spans: tuple[int, int]) -> str:
    return " ".join(label for sentence in labelled(document(*spans)) for label in sentence.labels)


class TestALabelledSentence:
    def test_says_where_triggers_begin_and_go_on(self) -> None:
        assert labels((5, 14)) == "O B I O O"

    def test_takes_a_word_that_a_trigger_begins_within(self) -> None:
        assert labels((6, 9)) == "O B O O O"

    def test_holds_the_first_of_two_triggers_that_share_a_word(self) -> None:
        assert labels((5, 9), (5, 14)) == "O B O O O"

    def test_is_left_out_where_gold_is_not_exhaustive(self) -> None:
        assert [sentence.words[0] for sentence in labelled(document((5, 14)))] == ["Acme"]
        whole = document((5, 14), scored=Span(0, len(TEXT)))
        assert [sentence.words[0] for sentence in labelled(whole)] == ["Acme", "Nobody"]


class TestAModel:
    SENTENCES = (
        Sentence(["Acme", "bought", "Widget", "."], ["O", "B", "O", "O"]),
        Sentence(["Widget", "was", "a", "mill", "."], ["O"] * 5),
    )

    def test_is_the_same_bytes_from_the_same_sentences(self) -> None:
        assert fitted(self.SENTENCES) == fitted(self.SENTENCES)

    def test_learns_from_no_document_that_tests(self) -> None:
        assert all("test" not in part.splits for part in PARTS)

    def test_needs_the_corpora(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusAbsentError):
            train((Part("meantime", ("train",)),), tmp_path)
