"""Works made by hand for the tests of the three levels, and the local engine's way through them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from processors.chunks import split_chunks
from processors.detail import plan_detail
from processors.lexical.answering import answer
from processors.lexical.english_triggers import OTHER
from processors.outcome import Outcome
from processors.profile_loading import load_profiles
from processors.relationship import plan_relationship
from processors.sentences import split_sentences
from processors.summary import plan_summary
from processors.validation import validate
from schemas.annotation import EntityMention
from schemas.completion import Completed, Completion, Failed
from schemas.document import Document, Origin
from schemas.extraction import Event, Extraction
from schemas.ids import content_id
from schemas.output import FoundEvent, Output, Quote, SummaryOutput
from schemas.profile import Profile
from schemas.run import Run, Specification
from schemas.work import Work


def without_other(profile: Profile) -> Profile:
    """A profile whose kinds are those with word lists alone."""
    events = {kind: event for kind, event in profile.events.items() if kind != OTHER}
    return profile.model_copy(update={"events": events})


# Without the kind that asks for everything else: what a model finds beside the word lists would
# stand in the way of tests that are about the lists and the stages. It has tests of its own.
PROFILES = {name: without_other(profile) for name, profile in load_profiles().items()}
ACME = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later."
ACME_MENTIONS = (
    ("organization", "Acme"),
    ("organization", "Widget Ltd"),
    ("place", "London"),
    ("date", "3 March 2024", "2024-03-03"),
    ("date", "a day later", "2024-03-04"),
)
LIVE = Run(
    run_id="live",
    specification=Specification(
        engine="local", model="lexical", prompt_version="1", tier="standard"
    ),
)
INGESTED = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)

Plan = Callable[[Work, Mapping[str, Profile]], Outcome]


def mentions_in(text: str, *marked: tuple[str, ...]) -> tuple[EntityMention, ...]:
    """Mentions from (kind, words) or (kind, words, value), each at its next place in the text."""
    found = []
    behind: dict[str, int] = {}
    for kind, words, *value in marked:
        start = text.index(words, behind.get(words, 0))
        behind[words] = start + len(words)
        found.append(
            EntityMention(
                mention_id=content_id(kind, start),
                entity_id=content_id(kind, words),
                kind=kind,
                text=words,
                value=value[0] if value else words,
                start=start,
                end=start + len(words),
            )
        )
    return tuple(sorted(found, key=lambda mention: mention.start))


def work_of(
    text: str,
    *marked: tuple[str, ...],
    profile: str = "news",
    language: str = "en",
    title: str = "",
    chunk_characters: int = 24_000,
) -> Work:
    """A work as annotation leaves it."""
    sentences = split_sentences(text, language)
    return Work(
        run=LIVE,
        origin=Origin(
            source_topic="documents.ingest",
            source_partition=3,
            source_offset=41,
            ingested_at=INGESTED,
        ),
        document=Document(document_id="d1", text=text, title=title, language=language),
        profile=profile,
        tier="standard",
        sentences=sentences,
        chunks=split_chunks(sentences, chunk_characters),
        entities=mentions_in(text, *marked),
    )


def planned(work: Work, plan: Plan) -> Work:
    """What a plan sends on."""
    message = plan(work, PROFILES).message
    assert isinstance(message, Work)
    return message


def with_completions(work: Work, completions: Iterable[Completion]) -> Work:
    return work.model_copy(update={"completions": (*work.completions, *completions)})


def answered(work: Work, *outputs: Output) -> Work:
    """The work with an output for each of its tasks: the ones given, or the local engine's."""
    profile = PROFILES[work.profile]
    given = outputs or tuple(answer(task, work, profile) for task in work.tasks)
    return with_completions(
        work,
        (
            Completed(task_id=task.task_id, output=output)
            for task, output in zip(work.tasks, given, strict=True)
        ),
    )


def failed(work: Work) -> Work:
    """The work with every one of its tasks failed."""
    return with_completions(
        work,
        (
            Failed(task_id=task.task_id, kind="timeout", retryable=True, message="too slow")
            for task in work.tasks
        ),
    )


def detailed(work: Work) -> Work:
    """A work with the local engine's main events, as it waits for its details."""
    return planned(answered(planned(work, plan_summary)), plan_detail)


def related(work: Work) -> Work:
    """A work with the local engine's completed events, as it waits for its relationships."""
    return planned(answered(detailed(work)), plan_relationship)


def extracted(work: Work) -> Extraction:
    """The whole way through the levels with the local engine."""
    message = validate(answered(related(work)), PROFILES).message
    assert isinstance(message, Extraction)
    return message


def found(kind: str, words: str, at: int | None = None, **fields: object) -> FoundEvent:
    """An event in an engine's words."""
    return FoundEvent.model_validate(
        {"kind": kind, "trigger": Quote(text=words, at=at), "salience": 0.5, **fields}
    )


def summarized(work: Work, *events: FoundEvent) -> Work:
    """A work of one chunk with these events as its summary, as it waits for its details."""
    asked = planned(work, plan_summary)
    return planned(answered(asked, SummaryOutput(events=events)), plan_detail)


def event_of(work: Work | Extraction, words: str) -> Event:
    """The event with this trigger."""
    return next(event for event in work.events if event.text == words)
