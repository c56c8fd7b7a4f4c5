"""Chunks: whole sentences that fit one task."""

from collections.abc import Iterable

from schemas.annotation import Chunk, Span


def split_chunks(sentences: Iterable[Span], budget_characters: int) -> tuple[Chunk, ...]:
    """Gather sentences, in order, into chunks of at most ``budget_characters``.

    Args:
        sentences: ordered, non-overlapping spans.
        budget_characters: code points from a chunk's start to its end, space between its
            sentences included. A sentence longer than that is a chunk alone.

    Returns:
        Chunks from the start of their first to the end of their last sentence. Every sentence
        lies in exactly one.
    """
    chunks: list[Chunk] = []
    start: int | None = None
    end = 0
    for sentence in sentences:
        if start is not None and sentence.end - start > budget_characters:
            chunks.append(Chunk(index=len(chunks), start=start, end=end))
            start = None
        if start is None:
            start = sentence.start
        end = sentence.end
    if start is not None:
        chunks.append(Chunk(index=len(chunks), start=start, end=end))
    return tuple(chunks)
