"""Scores of entities: names by their exact span, with and without their kind."""

from collections.abc import Iterable
from functools import partial

from eval.found import Found
from eval.gold import GoldDocument, GoldEntity
from eval.scoring.judging import (
    Item,
    Judgement,
    Metric,
    Same,
    judge,
    same_span,
    same_span_and_kind,
)
from eval.scoring.scope import Scope


def entity_metrics(scope: Scope) -> tuple[Metric, ...]:
    """The scores of entities of the scope's kinds."""
    kinds = scope.entity_kinds
    return (
        Metric(
            "entities",
            "a name with the exact span and the kind of a gold one; of nested gold names the "
            "outermost, since those found never nest; mentions that are no names are left out",
            ("entities",),
            partial(_judge, kinds=kinds, same=same_span_and_kind),
        ),
        Metric(
            "entity spans",
            "the same, whatever the kind",
            ("entities",),
            partial(_judge, kinds=kinds, same=same_span),
        ),
    )


def _judge(
    document: GoldDocument, found: Found, kinds: frozenset[str], same: Same
) -> Judgement | None:
    if document.entities is None:
        return None
    names = [one for one in document.entities if one.is_name is not False]
    others = [one for one in document.entities if one.is_name is False]
    mentions = [one for one in found.entities if one.kind in kinds]
    return judge(
        document,
        (Item(one.span, one.kind) for one in outermost(names) if one.kind in kinds),
        (Item(one.span, one.kind) for one in mentions),
        same,
        ignored=(Item(one.span, one.kind) for one in others),
    )


def outermost(entities: Iterable[GoldEntity]) -> list[GoldEntity]:
    """The mentions that lie in no larger one, in the order of the text; one of equal spans."""
    kept: list[GoldEntity] = []
    for one in sorted(entities, key=lambda one: (one.span.start, -one.span.end)):
        # Ends of those kept only grow: a mention within any of them lies within the last.
        if not kept or one.span.end > kept[-1].span.end:
            kept.append(one)
    return kept
