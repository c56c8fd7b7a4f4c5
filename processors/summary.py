"""The summary level: one question for each chunk, what happens here?"""

from collections.abc import Mapping

from processors.asking import estimated_tokens, profile_of, task_id
from processors.outcome import Outcome
from schemas.annotation import Chunk
from schemas.profile import Profile
from schemas.task import SummaryTask
from schemas.topics import extraction_topic, inference_topic
from schemas.work import Work

# More than a chunk's main events are asked for: what is not main is kept beside them.
_LIMIT_PER_MAIN_EVENT = 4
_CHARACTERS_PER_EVENT = 20
# An engine that is a language model may be asked for fewer.
_MOST_EVENTS = 400


def plan_summary(work: Work, profiles: Mapping[str, Profile]) -> Outcome:
    """Ask for the events of each chunk.

    Returns:
        The work with one ``SummaryTask`` a chunk, for the tier's summary topic. A document without
        chunks, or under a profile without kinds of events, has nothing to ask: it continues at
        ``extraction.relationship``.

    Raises:
        RefusedError: ``unknown_profile``.
    """
    profile = profile_of(work, profiles)
    chunks = work.chunks if profile.events else ()
    tasks = tuple(_task(work, chunk, profile) for chunk in chunks)
    planned = work.model_copy(update={"tasks": tasks})
    if not tasks:
        return Outcome(extraction_topic("relationship"), planned)
    return Outcome(inference_topic(work.tier_of("summary"), "summary"), planned)


def _task(work: Work, chunk: Chunk, profile: Profile) -> SummaryTask:
    wanted = max(
        profile.limits.main_events * _LIMIT_PER_MAIN_EVENT,
        (chunk.end - chunk.start) // _CHARACTERS_PER_EVENT,
    )
    limit = min(wanted, _MOST_EVENTS)
    return SummaryTask(
        task_id=task_id(work, "summary", chunk.index, chunk.start, chunk.end, limit),
        document_id=work.document.document_id,
        run_id=work.run.run_id,
        profile=profile.name,
        prompt_version=work.run.specification.prompt_version,
        estimated_tokens=estimated_tokens(work.document.text[chunk.start : chunk.end]),
        chunk=chunk.index,
        event_limit=limit,
    )
