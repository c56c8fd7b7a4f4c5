"""Validation: links grounded, every rule checked, and the verdict: validated or review."""

from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic_core import to_json

from processors.agreement import with_second_opinion
from processors.asking import answers, finding, merged_findings, profile_of
from processors.link_grounding import ground_relationships
from processors.outcome import Outcome
from processors.rules import RULES, Candidate
from schemas.completion import Attempt, Failed
from schemas.errors import RefusedError
from schemas.extraction import Extraction, Finding, Relationship, Status, Tokens
from schemas.ids import content_id, document_id
from schemas.output import RelationshipOutput
from schemas.profile import Profile
from schemas.task import RelationshipTask
from schemas.topics import EXTRACTIONS_REVIEW, EXTRACTIONS_VALIDATED
from schemas.version import document_version
from schemas.work import Work


def validate(work: Work, profiles: Mapping[str, Profile]) -> Outcome:
    """Ground the links between events, check every rule, and decide.

    Any finding above ``info`` puts the document in review.

    Returns:
        The extraction, for ``extractions.validated`` or ``extractions.review``.

    Raises:
        RefusedError: ``unknown_profile``; ``all_tasks_failed``, where no task was answered.
        ModelFileError: the profile asks for a second opinion, and a model is missing or damaged.
    """
    profile = profile_of(work, profiles)
    _refuse_if_nothing_was_answered(work)
    work = work.model_copy(update={"events": with_second_opinion(work, profile)})
    answered = answers(work, RelationshipTask, RelationshipOutput)
    links, link_findings = ground_relationships(
        work, profile, [link for _, output in answered.pairs for link in output.relationships]
    )
    findings = merged_findings(
        work.findings, answered.findings, link_findings, _breaches(work, profile, links)
    )
    status: Status = (
        "validated" if all(found.severity == "info" for found in findings) else "review"
    )
    extraction = _extraction(work, links, findings, status)
    return Outcome(
        EXTRACTIONS_VALIDATED if status == "validated" else EXTRACTIONS_REVIEW, extraction
    )


def _refuse_if_nothing_was_answered(work: Work) -> None:
    failures = [done for done in work.completions if isinstance(done, Failed)]
    if failures and len(failures) == len(work.completions):
        kinds = Counter(failure.kind for failure in failures)
        counted = ", ".join(f"{kind} {count} times" for kind, count in sorted(kinds.items()))
        raise RefusedError(
            "all_tasks_failed",
            f"all {len(failures)} tasks failed ({counted}): mend the engine, then replay the "
            "document from documents.annotated",
        )


def _breaches(
    work: Work, profile: Profile, relationships: tuple[Relationship, ...]
) -> tuple[Finding, ...]:
    candidate = Candidate(
        text=work.document.text,
        profile=profile,
        entities=work.entities,
        events=work.events,
        arguments=work.arguments,
        relationships=relationships,
    )
    return tuple(
        finding(work, rule.name, rule.severity, subject_id, message)
        for rule in RULES
        for subject_id, message in rule.check(candidate)
    )


def _extraction(
    work: Work,
    relationships: tuple[Relationship, ...],
    findings: tuple[Finding, ...],
    status: Status,
) -> Extraction:
    revision = content_id(
        "extraction",
        document_id(work.document.text),
        work.profile,
        status,
        *(
            to_json(values).decode()
            for values in (work.entities, work.events, work.arguments, relationships, findings)
        ),
    )
    origin = work.origin
    attempts = [attempt for done in work.completions for attempt in done.attempts]
    return Extraction(
        run=work.run,
        origin=origin,
        document=work.document,
        profile=work.profile,
        status=status,
        revision=revision,
        version=document_version(
            origin.ingested_at, origin.source_offset, origin.generation, revision
        ),
        entities=work.entities,
        events=work.events,
        arguments=work.arguments,
        relationships=relationships,
        findings=findings,
        tokens=_tokens(attempts),
        cost_usd=_sum(attempt.cost_usd for attempt in attempts),
    )


def _tokens(attempts: list[Attempt]) -> Tokens:
    return Tokens(
        prompt=_whole(attempt.prompt_tokens for attempt in attempts),
        cached=_whole(attempt.cached_tokens for attempt in attempts),
        completion=_whole(attempt.completion_tokens for attempt in attempts),
    )


def _sum(counts: Iterable[float | None]) -> float | None:
    """The sum of what was counted; None where nothing was."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _whole(counts: Iterable[int | None]) -> int | None:
    total = _sum(counts)
    return None if total is None else int(total)
