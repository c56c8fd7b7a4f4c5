"""Two kept results compared: on what both were given, and on nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from json import dumps

import pytest

from eval.comparing import Compared, as_json, check_comparable, compare_kept
from eval.corpora.catalogue import CORPORA
from eval.errors import EvaluationError
from eval.found import Found
from eval.gold import GoldDocument, GoldEntity
from eval.kept import Kept, KeptDocument, digest
from eval.selection import Chosen
from tests.eval.scoring.made import at, entity, found, gold

DOCUMENTS = [
    replace(
        gold(entities=(GoldEntity(at("Acme"), "organization"),)),
        corpus="wikigold",
        document_id=f"d{number}",
    )
    for number in range(30)
]
CHOSEN = [Chosen(CORPORA["wikigold"], tuple(DOCUMENTS))]
RIGHT = found(entities=(entity("Acme", "organization"),))
WRONG = found(entities=(entity("Acme", "person"),))


def kept(
    system: str,
    ours: Mapping[str, Found],
    documents: Iterable[GoldDocument] = DOCUMENTS,
    split: str = "test",
) -> Kept:
    """What a system found, by document id."""
    lines = {
        one.document_id: KeptDocument(
            system=system, profile="news", corpus="wikigold", split=split, text=digest(one),
            found=replace(ours[one.document_id], document_id=one.document_id),
        )
        for one in documents
        if one.document_id in ours
    }  # fmt: skip
    return Kept(system, split, {"wikigold": lines})


def all_are(one: Found, count: int = 30) -> dict[str, Found]:
    return {f"d{number}": one for number in range(count)}


def compared(first: Kept, second: Kept) -> Compared:
    (one,) = compare_kept(first, second, CHOSEN)
    return one


def test_a_system_that_is_right_everywhere_is_surely_better_than_one_that_never_is() -> None:
    entities = compared(kept("a", all_are(WRONG)), kept("b", all_are(RIGHT))).by_metric["entities"]

    assert (entities.first, entities.second, entities.difference.value) == (0.0, 1.0, 1.0)
    assert entities.p_value is not None
    assert entities.p_value < 0.001


def test_two_that_are_the_same_differ_by_nothing() -> None:
    entities = compared(kept("a", all_are(RIGHT)), kept("b", all_are(RIGHT))).by_metric["entities"]

    assert (entities.difference.value, entities.p_value) == (0.0, 1.0)


def test_documents_that_only_one_has_are_named_and_not_compared() -> None:
    ours = all_are(RIGHT, 20)
    theirs = {**all_are(RIGHT, 10), "d29": WRONG}

    one = compared(kept("a", ours), kept("b", theirs))

    assert one.documents == 10
    assert one.only_first == tuple(f"d{number}" for number in range(10, 20))
    assert one.only_second == ("d29",)
    assert one.by_metric["entities"].second == 1.0


def test_without_a_document_in_both_nothing_is_compared() -> None:
    with pytest.raises(EvaluationError, match="wikigold: no document is in both"):
        compared(kept("a", {"d1": RIGHT}), kept("b", {"d2": RIGHT}))


def test_a_document_whose_text_has_changed_is_named_with_the_system_to_run_again() -> None:
    changed = [replace(DOCUMENTS[0], text="Another."), *DOCUMENTS[1:]]

    with pytest.raises(EvaluationError, match="text of document d0 is not the one that b was run"):
        compared(kept("a", all_are(RIGHT)), kept("b", all_are(RIGHT), changed))


def test_other_splits_and_corpora_are_refused() -> None:
    test = kept("a", all_are(RIGHT))

    with pytest.raises(EvaluationError, match="a was run on the split test, b on dev: run both"):
        check_comparable(test, kept("b", all_are(RIGHT), split="dev"))
    with pytest.raises(EvaluationError, match="a was run on wikigold, b on gum: run both on one"):
        check_comparable(test, Kept("b", "test", {"gum": {}}))
    check_comparable(test, kept("b", all_are(RIGHT)))


def test_scripts_get_the_same() -> None:
    one = as_json(compared(kept("a", all_are(WRONG, 2)), kept("b", all_are(RIGHT, 3))))

    assert (one["corpus"], one["documents"], one["only_second"]) == ("wikigold", 2, ["d2"])
    assert one["metrics"]["entities"]["difference"]["value"] == 1.0
    assert dumps(one)
