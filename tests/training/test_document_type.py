"""The model that tells sorts of documents apart."""

from pathlib import Path

import pytest

from eval.corpora.errors import CorpusAbsentError
from processors.learned.document_features import document_features
from training.document_type import PARTS, Sample, cross_validated, fitted, train

NEWS = "Police said on Monday that the man was arrested, according to officials. " * 4
MAIL = "Hi Bob,\n\nCan you call me today? I'll be in.\n\nThanks,\nAnn\n"
GUIDE = "The town is known for its many churches, which often are of the 12th century. " * 4
TEXTS = {"news": NEWS, "email": MAIL, "neutral": GUIDE}
SAMPLES = tuple(
    Sample(profile, f"{profile}/{number}", text + "It was. " * (number % 7))
    for profile, text in TEXTS.items()
    for number in range(40)
)


def test_it_is_the_same_bytes_from_the_same_texts() -> None:
    assert fitted(SAMPLES) == fitted(SAMPLES)


def test_it_is_judged_on_folds_that_it_did_not_learn_from() -> None:
    assert list(cross_validated(SAMPLES)) == [
        "Cross-validation (5 folds by topic): 100.0% (email 40 of 40, neutral 40 of 40, "
        "news 40 of 40).",
        "Of those with a confidence of 0.9, right: 100.0% (email 40 of 40, news 40 of 40).",
    ]


def test_it_holds_no_word_of_a_text_that_is_not_on_its_list() -> None:
    features = document_features("Dear Xanthippe,\n\nQuixotic plans, please.\n\nRegards,\nZebedee")
    assert not any("xanth" in one or "quix" in one or "zebed" in one for one in features)
    assert "greeting=dear" in features
    assert "has=please" in features


def test_it_learns_from_no_document_that_tests() -> None:
    assert all("test" not in part.splits for part in PARTS)


def test_it_needs_the_corpora(tmp_path: Path) -> None:
    with pytest.raises(CorpusAbsentError):
        train(tmp_path)
