"""Links and times are asked about gold events."""

from dataclasses import replace

from eval.gold import GoldDocument, Span
from eval.scoring.metrics import metrics
from eval.scoring.scope import Scope
from processors.learned.link_tagging import LinkTagger
from processors.learned.maxent import Maxent
from processors.learned.time_tagging import TimeTagger
from tests.training.test_links import TEXT, document
from training import links, times
from training.items import Item, fitted
from training.scores import linked, timed


def scored(*relations: tuple[str, str]) -> GoldDocument:
    return replace(document(*relations), scored=(Span(0, len(TEXT)),))


LEARNED = [scored(("quake", "killed"))] * 5
SCOPE = Scope(relation_kinds=frozenset({"causes"}))


def model(items: list[Item]) -> Maxent:
    return Maxent.from_bytes(fitted(items, {"c1": 0.0, "c2": 0.01}))


def right_wrong_missed(name: str, gold: GoldDocument, found: object) -> tuple[int, int, int]:
    (metric,) = [one for one in metrics(SCOPE) if one.name == name]
    counts = metric.judge(gold, found).counts  # type: ignore[arg-type, union-attr]
    return counts.right, counts.wrong, counts.missed


def test_links_of_gold_events_that_are_gold_are_right() -> None:
    tagger = LinkTagger(model([item for one in LEARNED for item in links.items(one)]))

    assert right_wrong_missed("relations", LEARNED[0], linked(tagger, LEARNED[0])) == (1, 0, 0)
    other = scored(("saw", "fall"))
    assert right_wrong_missed("relations", other, linked(tagger, other)) == (0, 1, 1)


def test_times_of_gold_events_that_are_gold_are_right() -> None:
    tagger = TimeTagger(model([item for one in LEARNED for item in times.items(one)]))

    assert right_wrong_missed("event times", LEARNED[0], timed(tagger, LEARNED[0])) == (1, 0, 0)
