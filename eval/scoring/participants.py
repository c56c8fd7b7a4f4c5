"""Scores of participants end to end: the event, the participant's span, and its role."""

from functools import partial

from eval.found import Found, FoundEvent
from eval.gold import GoldDocument, GoldEvent
from eval.scoring.attachments import Attachment, Parts, judge_attached
from eval.scoring.heads import phrase_head, share_a_character
from eval.scoring.judging import Item, Judgement, Metric, Same, same_span
from eval.scoring.scope import Naming, Scope


def participant_metrics(scope: Scope) -> tuple[Metric, ...]:
    """The scores of participants; roles are compared as the scope translates them."""
    return (
        Metric(
            "participants",
            "an argument with the exact span of a gold one, of an event with its exact trigger; "
            "those that are gold times or places of the event are left out",
            ("events", "arguments"),
            partial(_judge, by_head=False, naming=None),
        ),
        Metric(
            "participants by head",
            "an argument that covers the head of a gold one, which covers its head, of an event "
            "that matches by head; a phrase's head is its last word before what describes it",
            ("events", "arguments"),
            partial(_judge, by_head=True, naming=None),
        ),
        Metric(
            "participants with roles",
            "the same by head, and the role is one of ours for the gold one; arguments of gold "
            "roles that have none of ours are left out",
            ("events", "arguments"),
            partial(_judge, by_head=True, naming=scope.roles),
        ),
    )


def _judge(
    document: GoldDocument, found: Found, by_head: bool, naming: Naming | None
) -> Judgement | None:
    if naming is not None and not naming:
        return None
    spans = phrases_by_head(document) if by_head else same_span

    def same(gold: Item, other: Item) -> bool:
        fitting = None if naming is None else naming.get(gold.kind)
        return spans(gold, other) and (fitting is None or other.kind in fitting)

    attachment = Attachment(partial(_gold, naming=naming), partial(_found, naming=naming), same)
    return judge_attached(document, found, attachment, by_head)


def phrases_by_head(document: GoldDocument) -> Same:
    """Whether each of two phrases covers a character of the other's head."""
    text = document.text

    def same(gold: Item, found: Item) -> bool:
        return share_a_character(phrase_head(text, gold.span), found.span) and share_a_character(
            phrase_head(text, found.span), gold.span
        )

    return same


def _gold(event: GoldEvent, naming: Naming | None) -> Parts | None:
    if event.arguments is None:
        return None
    items = [Item(one.span, one.role or "") for one in event.arguments]
    # Corpora keep times and places apart; some roles of ours may be filled by them.
    apart = [Item(span) for span in (*(event.times or ()), *(event.places or ()))]
    if naming is None:
        # One who plays two roles is one participant.
        return Parts(tuple({item.span: item for item in items}.values()), tuple(apart))
    unnamed = [item for item in items if item.kind not in naming]
    return Parts(tuple(item for item in items if item.kind in naming), (*unnamed, *apart))


def _found(event: FoundEvent, naming: Naming | None) -> list[Item]:
    items = [
        Item(one.words.span, one.role) for one in event.arguments if one.words.span is not None
    ]
    return items if naming is not None else list({item.span: item for item in items}.values())
