from eval.found import Found
from eval.gold import GoldDocument
from eval.scoring.merging import MERGING_METRICS
from tests.eval.scoring.made import counts, event, found, gold, gold_event

DOCUMENT = gold(
    events=(
        gold_event("bought", instance="1"),
        gold_event("rose", instance="1"),
        gold_event("strike", instance="2"),
    )
)


def merged(document: GoldDocument, ours: Found) -> tuple[int, int, int]:
    return counts("merged mentions", document, ours)


def test_a_pair_that_gold_merges_is_right() -> None:
    assert merged(DOCUMENT, found(event("bought", "rose"), event("strike"))) == (1, 0, 0)


def test_a_pair_that_gold_keeps_apart_is_wrong() -> None:
    assert merged(DOCUMENT, found(event("bought"), event("rose", "strike"))) == (0, 1, 1)


def test_of_three_that_are_merged_every_pair_counts() -> None:
    assert merged(DOCUMENT, found(event("bought", "rose", "strike"))) == (1, 2, 0)


def test_what_was_not_found_was_not_to_be_merged() -> None:
    assert merged(DOCUMENT, found(event("bought"))) == (0, 0, 0)


def test_words_that_are_no_gold_trigger_do_not_count() -> None:
    assert merged(DOCUMENT, found(event("bought", "rose", "prices"))) == (1, 0, 0)


def test_words_of_two_events_do_not_count() -> None:
    both = gold(events=(*(DOCUMENT.events or ()), gold_event("rose", instance="3")))
    assert merged(both, found(event("bought", "rose"))) == (0, 0, 0)


def test_a_corpus_without_instances_is_not_judged() -> None:
    (metric,) = MERGING_METRICS
    assert metric.judge(gold(events=(gold_event("rose"),)), found(event("rose"))) is None
