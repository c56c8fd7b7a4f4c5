from collections import Counter
from pathlib import Path

import pytest

from eval.corpora.errors import CorpusAbsentError
from eval.gold import GoldDocument
from processors.learned.participant_choosing import DOER, MEANT, PLACE, UNDERGOER
from tests.training.events import told
from training.participants import PARTS, fitted, labelled, train

TEXT = "The head of Acme bought the mill in Leeds."
DOCUMENT = told(TEXT, ("bought", "The head of Acme", "the mill", "Leeds"))


def parts(document: GoldDocument) -> Counter[str]:
    return Counter(label for one in labelled(document) for _, label in one.pairs if label != "-")


class TestALabelledSentence:
    def test_says_what_each_phrase_is_to_the_event(self) -> None:
        assert parts(DOCUMENT) == {DOER: 1, UNDERGOER: 1, PLACE: 1}

    def test_takes_the_phrase_with_the_head_where_none_is_cut_as_gold_is(self) -> None:
        odd = told(TEXT, ("bought", "head of Acme", "mill", ""))
        assert parts(odd) == {DOER: 1, UNDERGOER: 1}

    def test_says_which_cut_is_meant(self) -> None:
        (sentence,) = labelled(DOCUMENT)
        meant = [features for features, label in sentence.cuts if label == MEANT]
        assert [features[1] for features in meant] == ["of", "own"]

    def test_is_left_out_where_gold_is_not_exhaustive(self) -> None:
        two = told(f"{TEXT} Nobody cared.", ("bought", "The head of Acme", "the mill", ""))
        assert len(list(labelled(two))) == 2
        assert parts(two)[DOER] == 1


class TestTheModels:
    def test_are_the_same_bytes_from_the_same_sentences(self) -> None:
        assert fitted(labelled(DOCUMENT)) == fitted(labelled(DOCUMENT))

    def test_learn_from_no_document_that_tests(self) -> None:
        assert all("test" not in part.splits for part in PARTS)

    def test_need_the_corpora(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusAbsentError):
            train(tmp_path)
