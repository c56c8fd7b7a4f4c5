"""The part of a document that a prompt shows, and what is said of the document above it."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from processors.prompting.fence import neutral
from processors.span_index import SpanIndex
from schemas.annotation import Chunk, Span
from schemas.extraction import Event
from schemas.task import DetailTask, RelationshipTask, SummaryTask
from schemas.work import Work

# What stands above the text is a line each, and comes from outside too.
_LINE_CHARACTERS = 300
_LEFT_OUT = "\n[…]\n"


class Part(NamedTuple):
    """A document's text, or one of several chunks of it, as the template ``document`` shows it."""

    title: str
    published: str
    language: str
    number: int
    parts: int
    text: str


def part_of(
    task: SummaryTask | DetailTask | RelationshipTask, work: Work, events: dict[str, Event]
) -> Part | None:
    """What a task's prompt shows: the chunk asked about, or that in which its event stands.

    All tasks of a document of one chunk show the same. The relationships of a document of several
    chunks are told by sentences instead: None.
    """
    if not work.chunks:
        return _part(work, Chunk(start=0, end=len(work.document.text), index=0), 1)
    chunk = work.chunks[0]
    if isinstance(task, SummaryTask):
        chunk = next((found for found in work.chunks if found.index == task.chunk), chunk)
    elif len(work.chunks) > 1:
        if isinstance(task, RelationshipTask):
            return None
        start = events[task.event_id].start
        chunk = next(SpanIndex(work.chunks).overlapping(start, start + 1), chunk)
    return _part(work, chunk, len(work.chunks))


def _part(work: Work, chunk: Chunk, count: int) -> Part:
    document, sentences = work.document, work.sentences
    published = document.published_at
    return Part(
        title=_line(document.title),
        published=published.isoformat(timespec="minutes") if published else "",
        language="" if document.language == "und" else _line(document.language),
        number=chunk.index + 1,
        parts=count,
        text=neutral(_read(document.text, sentences, chunk)),
    )


def _read(text: str, sentences: Sequence[Span], chunk: Chunk) -> str:
    """The words of a chunk; what of a mail is not read for events is only hinted at."""
    first = bisect_left(sentences, chunk.start, key=lambda sentence: sentence.start)
    behind = bisect_left(sentences, chunk.end, first, key=lambda sentence: sentence.start)
    shown: list[str] = []
    start = chunk.start
    for one, following in pairwise(sentences[first:behind]):
        if text[one.end : following.start].strip():
            shown += [text[start : one.end], _LEFT_OUT]
            start = following.start
    return "".join([*shown, text[start : chunk.end]])


def _line(words: str) -> str:
    return neutral(" ".join(words[:_LINE_CHARACTERS].split()))
