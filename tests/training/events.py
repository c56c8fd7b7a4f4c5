"""Small documents with events to learn from."""

from eval.gold import GoldArgument, GoldDocument, GoldEvent, Span


def told(text: str, *events: tuple[str, str, str, str]) -> GoldDocument:
    """A document with events: trigger, doer, undergoer and place by their words, empty for none."""
    return GoldDocument(
        corpus="lessons",
        document_id=text,
        topic=text,
        text=text,
        scored=(Span(0, len(text)),),
        events=tuple(_event(text, *event) for event in events),
    )


def _event(text: str, trigger: str, doer: str, undergoer: str, place: str) -> GoldEvent:
    roles = (("Arg0", doer), ("Arg1", undergoer))
    return GoldEvent(
        trigger,
        _span(text, trigger),
        arguments=tuple(GoldArgument(_span(text, words), role) for role, words in roles if words),
        places=(_span(text, place),) if place else (),
    )


def _span(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))
