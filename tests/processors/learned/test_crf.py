"""A conditional random field: a label and a probability for every token, however many there are."""

from itertools import pairwise
from pathlib import Path

import pycrfsuite
import pytest

from processors.learned.crf import MAX_TOKENS, Crf


@pytest.fixture
def crf(tmp_path: Path) -> Crf:
    trainer = pycrfsuite.Trainer(verbose=False, params={"max_iterations": 20})
    for _ in range(5):
        trainer.append([["w=a"], ["w=b"], ["w=c"]], ["O", "B-person", "I-person"])
    trainer.train(str(tmp_path / "model.crf"))
    return Crf((tmp_path / "model.crf").read_bytes())


def test_each_token_has_a_label_and_its_probability(crf: Crf) -> None:
    tagged = crf.tag([["w=a"], ["w=b"], ["w=c"]])

    assert [one.label for one in tagged] == ["O", "B-person", "I-person"]
    assert all(0.5 < one.probability <= 1 for one in tagged)


def test_no_tokens_have_no_labels(crf: Crf) -> None:
    assert crf.tag([]) == []


def test_features_that_the_model_never_saw_do_no_harm(crf: Crf) -> None:
    assert len(crf.tag([["\U0001f600"], [], ["w=\x00"]])) == 3


def test_a_long_sentence_is_tagged_in_pieces(crf: Crf) -> None:
    tagged = crf.tag([["w=a"], ["w=b"], ["w=c"]] * MAX_TOKENS)

    assert len(tagged) == 3 * MAX_TOKENS
    assert not any(one.label == other.label == "B-person" for one, other in pairwise(tagged))


def test_the_labels_of_a_model_are_told(crf: Crf) -> None:
    assert crf.labels == ("B-person", "I-person", "O")
