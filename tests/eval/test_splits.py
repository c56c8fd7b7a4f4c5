"""Splits: fixed, by topic, without a text on two sides."""

import re
from collections import defaultdict

import pytest

from eval import splits
from eval.corpora.catalogue import CORPORA, read
from eval.gold import GoldDocument
from eval.splits import EVENTSTORYLINE_TOPICS, ROWS, SPLITS, Part, Row, documents, split_of


def test_a_topic_is_on_the_same_side_in_eventstoryline_and_ecbplus() -> None:
    for topic in EVENTSTORYLINE_TOPICS:
        assert split_of("eventstoryline", topic) == split_of("ecbplus", topic)


def test_splits_are_what_they_were() -> None:
    assert sorted(
        (topic for topic in EVENTSTORYLINE_TOPICS if split_of("ecbplus", topic) == "test"), key=int
    ) == ["1", "4", "13", "23", "24", "35"]
    assert [split_of("meantime", topic) for topic in ("airbus", "apple")] == ["train", "test"]
    assert [split_of("wnut17", topic) for topic in ("tweet-1", "comment-1")] == ["train", "dev"]
    assert split_of("uner_ewt_dev", "reviews-1") == "test"


def test_the_topics_of_eventstoryline_are_those_of_its_file() -> None:
    assert {one.topic for one in read("eventstoryline")} == EVENTSTORYLINE_TOPICS


def test_the_docstring_tells_the_sizes() -> None:
    table = re.findall(r"^\| (\w+) \| (\d.*) \|$", splits.__doc__ or "", re.MULTILINE)
    assert dict(table) == {name: _sizes(list(read(name))) for name in CORPORA}


def _sizes(of_corpus: list[GoldDocument]) -> str:
    """Documents by split, and topics where they are fewer."""
    are_topics_fewer = len({one.topic for one in of_corpus}) < len(of_corpus)
    cells = []
    for split in SPLITS:
        topics = [one.topic for one in of_corpus if split_of(one.corpus, one.topic) == split]
        told = f" ({len(set(topics))})" if are_topics_fewer and topics else ""
        cells.append(f"{len(topics)}{told}")
    return " | ".join(cells)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_topic_and_no_text_trains_and_tests(row: Row) -> None:
    trained, tested = list(documents(row.train)), list(documents(row.test))
    assert trained
    assert tested
    assert not {one.text for one in trained} & {one.text for one in tested}
    shared = {"ecbplus": "stories", "eventstoryline": "stories"}
    sides = [
        {(shared.get(one.corpus, one.corpus), one.topic) for one in side}
        for side in (trained, tested)
    ]
    assert not sides[0] & sides[1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_trains_and_tests_has_the_layer(row: Row) -> None:
    assert all(row.layer in CORPORA[part.corpus].layers for part in (*row.train, *row.test))


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if "unknown" in row.name or "foreign" in row.name],
    ids=lambda row: row.name,
)
def test_where_the_guideline_is_unknown_nothing_of_the_corpus_trains(row: Row) -> None:
    assert not {part.corpus for part in row.train} & {part.corpus for part in row.test}


def test_of_a_text_in_two_corpora_the_first_ones_gold_counts() -> None:
    chosen = defaultdict(set)
    parts = (Part("eventstoryline", ("train",)), Part("ecbplus", ("train",)))
    for document in documents(parts):
        chosen[document.corpus].add(document.document_id)
    assert len(chosen["eventstoryline"]) == 89
    assert not chosen["eventstoryline"] & chosen["ecbplus"]
    assert len(chosen["ecbplus"]) == 473 - 89
