"""What the three levels share: a document's profile, its tasks' identities, and their answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from processors.errors import ProfileError
from processors.lexical.identity import ENGINE
from processors.profile_overrides import overridden
from schemas.completion import Completed
from schemas.errors import RefusedError
from schemas.extraction import Finding, Severity
from schemas.ids import content_id
from schemas.output import DetailOutput, RelationshipOutput, SummaryOutput
from schemas.profile import Profile
from schemas.run import Run, revised
from schemas.task import DetailTask, RelationshipTask, SummaryTask
from schemas.topics import Level
from schemas.work import Work

# A token is about four bytes of UTF-8 in English, and about one Chinese character.
_BYTES_PER_TOKEN = 4
# Instructions, the level's question and the answer.
_FRAME_TOKENS = 500

TaskOf = TypeVar("TaskOf", SummaryTask, DetailTask, RelationshipTask)
OutputOf = TypeVar("OutputOf", SummaryOutput, DetailOutput, RelationshipOutput)


@dataclass(frozen=True, slots=True)
class Answered(Generic[TaskOf, OutputOf]):
    """The tasks of one level with their outputs, and a finding for each that has none."""

    pairs: tuple[tuple[TaskOf, OutputOf], ...]
    findings: tuple[Finding, ...]


def profile_of(work: Work, profiles: Mapping[str, Profile]) -> Profile:
    """The document's profile, with what its run changes of it.

    Raises:
        RefusedError: ``unknown_profile``, no profile of that name is known here, or what the run
            changes does not fit it any more.
    """
    profile = profiles.get(work.profile)
    if profile is None:
        known = ", ".join(sorted(profiles)) or "none"
        raise RefusedError(
            "unknown_profile",
            f"profile {work.profile!r} is not known here (known: {known}): add its file to the "
            "folder of profiles, or produce the document with another",
        )
    return profile_in(work.run, profile)


def profile_in(run: Run, profile: Profile) -> Profile:
    """A profile with what a run changes of it.

    Raises:
        RefusedError: ``unknown_profile``, the changes do not fit it any more.
    """
    changes = run.specification.override_of(profile.name)
    if changes is None:
        return profile
    try:
        return overridden(profile, changes)
    except ProfileError as error:
        raise RefusedError("unknown_profile", str(error)) from None


def task_id(work: Work, level: Level, *asked: str | int) -> str:
    """The identity of a question: repeated for the same text, run and question."""
    origin = work.origin
    return content_id(
        "task",
        work.document.document_id,
        origin.ingested_at.isoformat(),
        origin.source_offset,
        work.run.run_id,
        level,
        *asked,
    )


def estimated_tokens(text: str) -> int:
    """About how many tokens a task over ``text`` takes, its question and answer included."""
    return _FRAME_TOKENS + len(text.encode("utf-8", "surrogatepass")) // _BYTES_PER_TOKEN


def answers(
    work: Work, task_type: type[TaskOf], output_type: type[OutputOf]
) -> Answered[TaskOf, OutputOf]:
    """Pair the tasks of the present level with their completions.

    Args:
        work: with the tasks of one level, and the completions of all levels so far.
        task_type: the present level's kind of task; tasks of other levels are left alone.
        output_type: what the level answers with.
    """
    completions = {completion.task_id: completion for completion in work.completions}
    pairs: list[tuple[TaskOf, OutputOf]] = []
    findings: list[Finding] = []
    for task in work.tasks:
        if not isinstance(task, task_type):
            continue
        completion = completions.get(task.task_id)
        if completion is None:
            why = "no answer came"
        elif not isinstance(completion, Completed):
            why = completion.kind
        elif not isinstance(completion.output, output_type):
            why = f"answered with the output of {completion.output.level}"
        else:
            pairs.append((task, completion.output))
            findings += _fallback(work, task, completion)
            continue
        findings.append(
            finding(
                work,
                "task_failed",
                "error",
                task.event_id if isinstance(task, DetailTask) else "",
                f"{_named(task)} failed: {why}",
            )
        )
    return Answered(tuple(pairs), tuple(findings))


def _fallback(
    work: Work, task: SummaryTask | DetailTask | RelationshipTask, completion: Completed
) -> list[Finding]:
    """Says who answered in place of the model that the run wants, and why that did not."""
    wanted = work.run.specification.served_by(work.tier_of(task.level))
    last = completion.attempts[-1] if completion.attempts else None
    if wanted is None or last is None:
        return []
    if last.engine == wanted.engine and wanted.is_model(last.model, last.model_revision):
        return []
    outcomes = dict.fromkeys(one.outcome for one in completion.attempts[:-1])
    failures = ", ".join(outcome for outcome in outcomes if outcome != "completed")
    why = f" ({failures})" if failures else ""
    # Another model is one that the run names for this; rules in its place a person should see.
    severity: Severity = "warning" if last.engine == ENGINE != wanted.engine else "info"
    subject = task.event_id if isinstance(task, DetailTask) else ""
    model = revised(last.model, last.model_revision) if "@" in wanted.model else last.model
    message = f"{_named(task)} was answered by {last.engine}/{model}{why}"
    return [finding(work, "fallback", severity, subject, message)]


def _named(task: SummaryTask | DetailTask | RelationshipTask) -> str:
    of_chunk = f" of chunk {task.chunk}" if isinstance(task, SummaryTask) else ""
    return f"the {task.level} task{of_chunk}"


def finding(work: Work, rule: str, severity: Severity, subject_id: str, message: str) -> Finding:
    """A finding about ``subject_id`` (the document where empty); repeated, it keeps its id."""
    subject_id = subject_id or work.document.document_id
    return Finding(
        finding_id=content_id("finding", work.document.document_id, rule, subject_id, message),
        subject_id=subject_id,
        rule=rule,
        severity=severity,
        message=message,
    )


def merged_findings(*groups: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings of all groups in order, each once."""
    return tuple({found.finding_id: found for group in groups for found in group}.values())
