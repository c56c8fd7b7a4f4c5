"""The records of ``inference.calls``: one for each real call."""

from collections.abc import Iterable, Iterator

from schemas import topics
from schemas.completion import Attempt, Completion, InferenceCall
from schemas.ids import content_id
from schemas.record import Outgoing
from schemas.task import Task
from schemas.work import Work


def new_attempts(
    work: Work, completions: Iterable[Completion]
) -> Iterator[tuple[Task, int, Attempt]]:
    """The attempts that were made now for the tasks of ``work``, each with its number from 0.

    Those that a message brought from another tier are left out.
    """
    tasks = {task.task_id: task for task in work.tasks}
    recorded = {done.task_id: len(done.attempts) for done in work.completions}
    for completion in completions:
        task = tasks[completion.task_id]
        for ordinal, attempt in enumerate(completion.attempts):
            if ordinal >= recorded.get(task.task_id, 0):
                yield task, ordinal, attempt


def call_records(work: Work, completions: Iterable[Completion], tier: str) -> list[Outgoing]:
    """What was tried for the tasks of ``work`` in this tier.

    Args:
        work: as it came: attempts that it brought from another tier are recorded already.
        completions: those of its own tasks.
        tier: where they were answered.
    """
    key = work.document.document_id.encode()
    origin = work.origin
    records = []
    for task, ordinal, attempt in new_attempts(work, completions):
        # A repeat that the cache answers is a row of its own: it must not hide what was paid.
        cached = ("cached",) if attempt.from_cache else ()
        call = InferenceCall(
            call_id=content_id(
                "call", task.task_id, origin.generation, origin.attempt, ordinal, *cached
            ),
            run_id=work.run.run_id,
            document_id=work.document.document_id,
            level=task.level,
            tier=tier,
            prompt_version=task.prompt_version,
            attempt=attempt,
        )
        records.append(Outgoing(topics.INFERENCE_CALLS, key, call.to_json()))
    return records
