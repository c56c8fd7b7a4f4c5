from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from processors.detail import plan_detail
from processors.relationship import plan_relationship
from processors.summary import plan_summary
from processors.validation import validate
from schemas.completion import Attempt, Completed
from schemas.errors import RefusedError
from schemas.extraction import Extraction
from schemas.ids import content_id
from schemas.output import DetailOutput, FoundRelationship, Quote, RelationshipOutput
from schemas.profile import Profile
from schemas.version import document_version
from schemas.work import Work
from tests.processors.works import (
    ACME,
    ACME_MENTIONS,
    PROFILES,
    answered,
    event_of,
    extracted,
    failed,
    found,
    planned,
    related,
    summarized,
    work_of,
)

WORK = work_of(ACME, *ACME_MENTIONS)


def judged(work: Work, profiles: Mapping[str, Profile] = PROFILES) -> Extraction:
    message = validate(work, profiles).message
    assert isinstance(message, Extraction)
    return message


def attempt(**counts: object) -> Attempt:
    return Attempt.model_validate(
        {
            "engine": "openai",
            "model": "m",
            "model_revision": "1",
            "outcome": "completed",
            "called_at": datetime(2024, 3, 5, tzinfo=UTC),
            **counts,
        }
    )


def with_attempts(work: Work, *attempts: Attempt) -> Work:
    first, *others = work.completions
    return work.model_copy(
        update={"completions": (first.model_copy(update={"attempts": attempts}), *others)}
    )


class TestTheDesignsExample:
    extraction = extracted(WORK)

    def test_is_validated(self) -> None:
        assert (self.extraction.status, self.extraction.findings) == ("validated", ())
        assert validate(answered(related(WORK)), PROFILES).topic == "extractions.validated"

    def test_has_a_purchase_and_a_change_of_personnel(self) -> None:
        assert [
            (e.kind, e.text, e.start, e.end, str(e.time_start)[:10], e.place)
            for e in self.extraction.events
        ] == [
            ("purchase", "bought", 5, 11, "2024-03-03", "London"),
            ("personnel", "resigned", 62, 70, "2024-03-04", ""),
        ]

    def test_says_who_takes_part(self) -> None:
        assert [
            (a.role, a.text, a.start, a.end, bool(a.entity_id)) for a in self.extraction.arguments
        ] == [
            ("buyer", "Acme", 0, 4, True),
            ("object", "Widget Ltd", 12, 22, True),
            ("person", "Its founder", 50, 61, False),
        ]

    def test_puts_one_before_the_other(self) -> None:
        (link,) = self.extraction.relationships
        bought, resigned = (event.event_id for event in self.extraction.events)
        assert (link.kind, link.text) == ("precedes", "a day later")
        assert (link.source_event_id, link.target_event_id) == (bought, resigned)


class TestTheVerdict:
    def test_a_document_without_events_is_validated_with_a_word(self) -> None:
        extraction = judged(planned(work_of(""), plan_summary))
        assert extraction.status == "validated"
        assert [(f.rule, f.severity) for f in extraction.findings] == [("emptiness", "info")]

    def test_a_warning_puts_it_in_review(self) -> None:
        work = summarized(WORK, found("purchase", "bought", confidence=0.1))
        done = answered(work, DetailOutput(event=found("purchase", "bought", confidence=0.1)))
        outcome = validate(planned(done, plan_relationship), PROFILES)
        assert outcome.topic == "extractions.review"
        assert isinstance(outcome.message, Extraction)
        assert [finding.rule for finding in outcome.message.findings] == [
            "confidence", "expected_precision",
        ]  # fmt: skip

    def test_a_failed_task_puts_it_in_review(self) -> None:
        extraction = judged(failed(related(WORK)))
        assert extraction.status == "review"
        assert [f.message for f in extraction.findings] == ["the relationship task failed: timeout"]

    def test_findings_of_the_levels_before_count(self) -> None:
        work = summarized(WORK, found("wedding", "resigned"))
        assert judged(work).status == "review"

    def test_a_link_to_nowhere_puts_it_in_review(self) -> None:
        work = related(WORK)
        link = FoundRelationship(
            kind="causes",
            source=event_of(work, "bought").event_id,
            target="nowhere",
            evidence=Quote(text="later"),
        )
        extraction = judged(answered(work, RelationshipOutput(relationships=(link,))))
        assert (extraction.status, extraction.relationships) == ("review", ())


class TestFailure:
    def test_a_document_whose_every_task_failed_is_refused(self) -> None:
        work = planned(failed(planned(WORK, plan_summary)), plan_detail)
        with pytest.raises(
            RefusedError, match=r"all 1 tasks failed \(timeout 1 times\)"
        ) as refused:
            validate(work, PROFILES)
        assert refused.value.kind == "all_tasks_failed"

    def test_an_unknown_profile_is_refused(self) -> None:
        with pytest.raises(RefusedError, match="is not known here"):
            validate(related(WORK), {})


class TestTheRevision:
    revision = extracted(WORK).revision

    def test_is_repeated_by_a_repeat(self) -> None:
        assert extracted(WORK).to_json() == extracted(WORK).to_json()

    def test_does_not_depend_on_run_pass_or_cost(self) -> None:
        run = WORK.run.model_copy(update={"run_id": "trial"})
        origin = WORK.origin.model_copy(update={"generation": 3, "attempt": 2})
        again = related(WORK.model_copy(update={"run": run, "origin": origin}))
        costly = with_attempts(answered(again), attempt(prompt_tokens=9, cost_usd=0.1))
        assert judged(costly).revision == self.revision

    def test_changes_with_what_was_extracted(self) -> None:
        assert judged(answered(related(WORK), RelationshipOutput())).revision != self.revision

    def test_changes_with_the_text(self) -> None:
        longer = work_of(ACME + " That is all.", *ACME_MENTIONS)
        assert extracted(longer).revision != self.revision

    def test_decides_the_version_among_equal_passes(self) -> None:
        origin = WORK.origin.model_copy(update={"generation": 3})
        extraction = extracted(WORK.model_copy(update={"origin": origin}))
        assert extraction.version == document_version(
            origin.ingested_at, origin.source_offset, 3, extraction.revision
        )


class TestTokens:
    def test_are_summed_over_all_calls(self) -> None:
        first = attempt(prompt_tokens=100, completion_tokens=5, cost_usd=0.25)
        again = attempt(prompt_tokens=100, cached_tokens=90, completion_tokens=7, cost_usd=0.5)
        extraction = judged(with_attempts(answered(related(WORK)), first, again))
        assert extraction.tokens.model_dump() == {"prompt": 200, "cached": 90, "completion": 12}
        assert extraction.cost_usd == 0.75

    def test_are_unknown_where_no_engine_counts(self) -> None:
        extraction = judged(with_attempts(answered(related(WORK)), attempt()))
        assert extraction.tokens.model_dump() == {
            "prompt": None,
            "cached": None,
            "completion": None,
        }
        assert extraction.cost_usd is None


def test_an_answer_is_not_trusted() -> None:
    """An engine that answers nonsense everywhere gets findings, and crashes nothing."""
    nonsense = "\x00\u202e🤷 ' OR 1=1 --"
    work = summarized(
        WORK,
        found("purchase", nonsense, salience=1.0, mentions=[{"text": nonsense, "at": 10**9}]),
        found("purchase", "bought", at=10**12),
        found(nonsense, nonsense),
    )
    event = found(
        nonsense,
        nonsense,
        time={"text": nonsense},
        place={"text": nonsense},
        arguments=[
            {"role": nonsense, "value": {"text": nonsense}},
            {"role": "buyer", "value": {"text": nonsense, "at": 10**9}},
        ],
    )
    answers = [DetailOutput(event=event, events=(event, event)) for _ in work.tasks]
    linked = planned(answered(work, *answers), plan_relationship)
    link = FoundRelationship(
        kind=nonsense, source=nonsense, target=nonsense, evidence=Quote(text=nonsense)
    )
    extraction = judged(answered(linked, RelationshipOutput(relationships=(link,))))
    assert extraction.status == "review"
    assert {finding.rule for finding in extraction.findings} == {
        "unknown_kind",
        "unknown_role",
        "unusable_link",
        "ungrounded_time",
        "ungrounded_place",
        "ungrounded_share",
    }
    assert Extraction.from_json(extraction.to_json()) == extraction


def test_the_completion_ids_of_all_levels_travel_along() -> None:
    work = answered(related(WORK))
    assert len(work.completions) == 4
    assert all(isinstance(done, Completed) for done in work.completions)
    assert len({done.task_id for done in work.completions}) == 4
    assert content_id("task") not in {done.task_id for done in work.completions}
