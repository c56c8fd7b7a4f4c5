"""Small documents to learn from."""

from eval.gold import GoldDocument, GoldEntity, Span


def document(text: str, *names: tuple[str, str], corpus: str = "lessons") -> GoldDocument:
    """A document with names: the first place of each, and its kind."""
    spans = ((text.index(name), name, kind) for name, kind in names)
    return GoldDocument(
        corpus=corpus,
        document_id=text,
        topic=text,
        text=text,
        scored=(Span(0, len(text)),),
        entities=tuple(
            GoldEntity(Span(start, start + len(name)), kind, is_name=True)
            for start, name, kind in spans
        ),
    )
