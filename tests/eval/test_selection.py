"""Which documents are evaluated: by corpus, split and number."""

from pathlib import Path

import pytest

from eval.corpora.catalogue import CORPORA
from eval.corpora.errors import CorpusAbsentError
from eval.errors import EvaluationError
from eval.selection import choose
from processors.profile_loading import load_profiles
from tests.eval.small import write_events, write_names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_names(tmp_path)
    write_events(tmp_path)
    return tmp_path


def ids(names: list[str], split: str, folder: Path, limit: int | None = None) -> list[list[str]]:
    chosen = choose(names, split, folder, limit)
    return [[document.document_id for document in one.documents] for one in chosen]


def test_documents_are_those_of_the_split_in_the_order_of_the_corpora(folder: Path) -> None:
    assert ids(["meantime"], "test", folder) == [["corpus_apple/1_A"]]
    assert ids(["meantime"], "train", folder) == [["corpus_airbus/1_A"]]
    assert ids(["meantime"], "all", folder) == [["corpus_apple/1_A", "corpus_airbus/1_A"]]
    assert ids(["uner_ewt_dev", "meantime", "uner_ewt_dev"], "test", folder) == [
        ["reviews-1", "reviews-2", "reviews-3"],
        ["corpus_apple/1_A"],
    ]


def test_a_limit_takes_the_first_of_each_corpus(folder: Path) -> None:
    assert ids(["uner_ewt_dev", "meantime"], "test", folder, limit=2) == [
        ["reviews-1", "reviews-2"],
        ["corpus_apple/1_A"],
    ]


def test_what_is_scored_is_what_the_corpus_is_exhaustive_in(folder: Path) -> None:
    (meantime,) = choose(["meantime"], "test", folder)

    assert meantime.scope.entity_kinds == {"person", "organization", "place"}
    assert meantime.scope.relation_kinds == {"causes", "precedes"}


def test_a_corpus_that_is_none_is_named_with_those_there_are(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="no corpus 'nope'; there are meantime, eventst"):
        choose(["meantime", "nope"], "test", folder)


def test_a_split_that_a_named_corpus_lacks_is_said_with_those_it_has(folder: Path) -> None:
    with pytest.raises(EvaluationError, match="meantime has no documents in dev: choose train or"):
        choose(["meantime"], "dev", folder)


def test_without_names_every_corpus_must_be_there(folder: Path) -> None:
    with pytest.raises(CorpusAbsentError, match=r"gold/eventstoryline\S* is not in"):
        choose([], "test", folder)


def test_roles_of_a_corpus_are_compared_as_ours(folder: Path) -> None:
    (chosen,) = choose(["meantime"], "test", folder)

    assert "buyer" in chosen.scope.roles["Arg0"]
    assert "buyer" not in chosen.scope.roles["Arg1"]


def test_roles_that_are_right_for_gold_ones_are_those_of_the_news_profile() -> None:
    known = {role for kind in load_profiles()["news"].events.values() for role in kind.roles}
    named = {role for corpus in CORPORA.values() for ours in corpus.roles.values() for role in ours}

    assert named <= known
