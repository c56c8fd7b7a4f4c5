"""A chunk that no context holds: its halves, asked by themselves."""

from collections import defaultdict
from collections.abc import Iterable

from processors.grounding import ground
from schemas.annotation import Chunk, Span
from schemas.ids import content_id
from schemas.output import FoundEvent, SummaryOutput
from schemas.task import SummaryTask
from schemas.work import Work


def halves(task: SummaryTask, work: Work) -> tuple[tuple[SummaryTask, Work], ...]:
    """The task over either half of its chunk, parted at the sentence nearest to the middle.

    Returns:
        Two tasks, each with a work whose chunks are the halves; nothing where the chunk is one
        sentence, which cannot be parted.
    """
    chunk = _chunk(task, work)
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


def placed(output: SummaryOutput, half: SummaryTask, work: Work) -> SummaryOutput:
    """The half's events, with the places of their triggers in the document.

    Grounding reads a chunk's events from its start on: without a place, words of the second half
    would be found in the first, where they may stand as well.
    """
    part, text = _chunk(half, work), work.document.text
    # As grounding does it: repeated words mean the next place, not the same.
    behind: dict[str, int] = defaultdict(lambda: part.start)
    events: list[FoundEvent] = []
    for event in output.events:
        words = event.trigger.text
        found = ground(text, event.trigger, Span(start=min(behind[words], part.end), end=part.end))
        if found.grounding != "ungrounded" and part.start <= found.start < part.end:
            behind[words] = max(behind[words], found.end)
            if event.trigger.at is None:
                trigger = event.trigger.model_copy(update={"at": found.start})
                event = event.model_copy(update={"trigger": trigger})
        events.append(event)
    return SummaryOutput(events=tuple(events))


def merged(outputs: Iterable[SummaryOutput]) -> SummaryOutput:
    """The events of both halves, in the order of the text."""
    return SummaryOutput(events=tuple(event for output in outputs for event in output.events))


def _chunk(task: SummaryTask, work: Work) -> Chunk:
    """The task's chunk, the whole text where there is none of that number."""
    whole = Chunk(index=0, start=0, end=len(work.document.text))
    return next((chunk for chunk in work.chunks if chunk.index == task.chunk), whole)
