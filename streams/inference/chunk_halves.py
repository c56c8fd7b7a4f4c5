"""A chunk that no context holds: its halves, asked by themselves."""

from schemas.annotation import Chunk
from schemas.ids import content_id
from schemas.output import SummaryOutput
from schemas.task import SummaryTask
from schemas.work import Work


def halves(task: SummaryTask, work: Work) -> tuple[tuple[SummaryTask, Work], ...]:
    """The task over either half of its chunk, parted at the sentence nearest to the middle.

    Returns:
        Two tasks, each with a work whose chunks are the halves; nothing where the chunk is one
        sentence, which cannot be parted.
    """
    chunk = work.chunks[task.chunk]
    middle = (chunk.start + chunk.end) // 2
    begins = [span.start for span in work.sentences if chunk.start < span.start < chunk.end]
    if not begins:
        return ()
    cut = min(begins, key=lambda begin: abs(begin - middle))
    end = max(span.end for span in work.sentences if span.start < cut)
    parts = (
        Chunk(index=0, start=chunk.start, end=end),
        Chunk(index=1, start=cut, end=chunk.end),
    )
    parted = work.model_copy(update={"chunks": parts})
    return tuple(
        (
            task.model_copy(
                update={
                    "task_id": content_id("half", task.task_id, part.start, part.end),
                    "chunk": part.index,
                    "event_limit": max(1, task.event_limit // 2),
                    "estimated_tokens": max(1, task.estimated_tokens // 2),
                }
            ),
            parted,
        )
        for part in parts
    )


def merged(outputs: tuple[SummaryOutput, ...]) -> SummaryOutput:
    """The events of both halves, in the order of the text."""
    return SummaryOutput(events=tuple(event for output in outputs for event in output.events))
