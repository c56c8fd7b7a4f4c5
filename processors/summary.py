"""The summary level: one question for each chunk, what happens here?"""

from collections.abc import Iterator, Mapping, Sequence

from processors.asking import estimated_tokens, finding, profile_of, task_id
from processors.outcome import Outcome
from schemas.annotation import Chunk
from schemas.extraction import Finding
from schemas.profile import Profile
from schemas.task import SummaryTask
from schemas.topics import extraction_topic, inference_topic
from schemas.work import Work

# More than a chunk's main events are asked for: what is not main is kept beside them.
_LIMIT_PER_MAIN_EVENT = 4
_CHARACTERS_PER_EVENT = 20
# An engine that is a language model may be asked for fewer.
_MOST_EVENTS = 400
# A message with all events and the answers that gave them must fit its topic: 8 MiB by default. A
# MiB of prose holds 17,000 events, and each takes up to so many bytes in the end.
_ROOM_BYTES = 7_864_320
_EVENT_BYTES = 1_250
_ENTITY_BYTES = 240
_SENTENCE_BYTES = 32
# So few always fit.
_FEW_CHUNKS = 8


def plan_summary(work: Work, profiles: Mapping[str, Profile]) -> Outcome:
    """Ask for the events of each chunk.

    Returns:
        The work with one ``SummaryTask`` a chunk, for the tier's summary topic. A document without
        chunks, or under a profile without kinds of events, has nothing to ask: it continues at
        ``extraction.relationship``. One that is so large that its events would not fit a message is
        asked for fewer of each chunk, and a finding says so.

    Raises:
        RefusedError: ``unknown_profile``.
    """
    profile = profile_of(work, profiles)
    chunks = work.chunks if profile.events else ()
    room = _room(work, chunks)
    tasks = tuple(_task(work, chunk, profile, room) for chunk in chunks)
    findings = (*work.findings, *_less(work, room)) if room < _MOST_EVENTS else work.findings
    planned = work.model_copy(update={"tasks": tasks, "findings": findings})
    if not tasks:
        return Outcome(extraction_topic("relationship"), planned)
    return Outcome(inference_topic(work.tier_of("summary"), "summary"), planned)


def _room(work: Work, chunks: Sequence[Chunk]) -> int:
    """How many events of each chunk there is room for."""
    if len(chunks) <= _FEW_CHUNKS:
        return _MOST_EVENTS
    taken = (
        len(work.document.text.encode())
        + _SENTENCE_BYTES * len(work.sentences)
        + _ENTITY_BYTES * len(work.entities)
    )
    room = (_ROOM_BYTES - taken) // _EVENT_BYTES // len(chunks)
    return max(1, min(room, _MOST_EVENTS))


def _less(work: Work, room: int) -> Iterator[Finding]:
    message = (
        f"the document is so large that only the {room} most salient events of each chunk are "
        "looked for: split it to have them all"
    )
    yield finding(work, "event_limit", "warning", "", message)


def _task(work: Work, chunk: Chunk, profile: Profile, room: int) -> SummaryTask:
    wanted = max(
        profile.limits.main_events * _LIMIT_PER_MAIN_EVENT,
        (chunk.end - chunk.start) // _CHARACTERS_PER_EVENT,
    )
    limit = min(wanted, room)
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
