"""Scores of mentions merged into one event: pairs of mentions, as gold and as found.

Only pairs of gold triggers that were found by head count, so that it is merging that is measured.
A word that the corpus has as mentions of several events is left out.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from eval.found import Found
from eval.gold import GoldDocument, Span
from eval.scoring.events import matched_events
from eval.scoring.judging import Item, Judgement, Metric, judge

MERGING_METRICS = (
    Metric(
        "merged mentions",
        "two mentions of one found event that match gold triggers of one event by head",
        ("events",),
        lambda document, found: _judge(document, found),
    ),
)


def _judge(document: GoldDocument, found: Found) -> Judgement | None:
    instances: dict[Span, set[str]] = {}
    for event in document.events or ():
        if event.instance is not None:
            instances.setdefault(event.span, set()).add(event.instance)
    if not instances:
        return None
    matched = {
        mention: trigger
        for mention, trigger in matched_events(document, found, by_head=True).items()
        if len(instances.get(trigger, ())) == 1
    }
    gold: dict[str, set[Span]] = {}
    for trigger in matched.values():
        gold.setdefault(next(iter(instances[trigger])), set()).add(trigger)
    ours = ({matched[span] for span in event.mentions if span in matched} for event in found.events)
    return judge(
        document,
        _pairs(gold.values()),
        _pairs(ours),
        lambda one, other: (one.span, one.other) == (other.span, other.other),
    )


def _pairs(groups: Iterable[set[Span]]) -> Iterator[Item]:
    for group in groups:
        for first, second in combinations(sorted(group), 2):
            yield Item(first, other=second)
