from datetime import UTC, datetime

import pytest

from processors.asking import answers, estimated_tokens, finding, merged_findings, profile_of
from processors.summary import plan_summary
from schemas.completion import Attempt, Completed, Failed, Outcome
from schemas.errors import RefusedError
from schemas.extraction import Finding
from schemas.output import DetailOutput, RelationshipOutput, SummaryOutput
from schemas.run import Specification, TierModel
from schemas.task import DetailTask, SummaryTask
from schemas.work import Work
from tests.processors.works import (
    ACME,
    PROFILES,
    answered,
    detailed,
    failed,
    found,
    planned,
    with_completions,
    work_of,
)


def test_the_profile_is_the_documents() -> None:
    assert profile_of(work_of(ACME, profile="email"), PROFILES).name == "email"


def test_an_unknown_profile_is_refused_by_name() -> None:
    work = work_of(ACME).model_copy(update={"profile": "poetry"})
    with pytest.raises(RefusedError, match=r"'poetry' is not known here \(known: email, neutral"):
        profile_of(work, PROFILES)


def test_tokens_are_about_a_quarter_of_the_bytes() -> None:
    assert estimated_tokens("word " * 400) - estimated_tokens("") == 500
    assert estimated_tokens("收购" * 400) - estimated_tokens("") == 600


class TestAnswers:
    def test_each_task_comes_with_its_output(self) -> None:
        output = SummaryOutput()
        work = answered(planned(work_of(ACME), plan_summary), output)
        assert answers(work, SummaryTask, SummaryOutput).pairs == ((work.tasks[0], output),)

    def test_a_failed_task_is_a_finding_that_names_the_failure(self) -> None:
        work = failed(planned(work_of(ACME), plan_summary))
        (found,) = answers(work, SummaryTask, SummaryOutput).findings
        assert (found.rule, found.severity) == ("task_failed", "error")
        assert found.message == "the summary task of chunk 0 failed: timeout"

    def test_a_task_without_a_completion_is_a_finding(self) -> None:
        work = planned(work_of(ACME), plan_summary)
        (found,) = answers(work, SummaryTask, SummaryOutput).findings
        assert found.message == "the summary task of chunk 0 failed: no answer came"

    def test_an_output_of_another_level_is_a_finding(self) -> None:
        work = planned(work_of(ACME), plan_summary)
        wrong = Completed(task_id=work.tasks[0].task_id, output=RelationshipOutput())
        got = answers(with_completions(work, [wrong]), SummaryTask, SummaryOutput)
        assert got.pairs == ()
        assert got.findings[0].message.endswith("answered with the output of relationship")


def by(engine: str, model: str, outcome: Outcome = "completed") -> Attempt:
    """A call of an engine."""
    return Attempt(
        engine=engine,
        model=model,
        model_revision="1",
        outcome=outcome,
        called_at=datetime(2024, 3, 5, tzinfo=UTC),
    )


M8 = by("openai", "m8")
M70 = by("openai", "m70")
RULES = by("local", "lexical")


def wanting_m8(work: Work, m8: str = "m8") -> Work:
    """The work in a run that wants m8 in the document's tier, and has m70 in another."""
    specification = Specification(
        engine="openai",
        model=m8,
        prompt_version="1",
        tier="standard",
        tiers=(
            TierModel(tier="standard", engine="openai", model=m8),
            TierModel(tier="large", engine="openai", model="m70"),
        ),
    )
    run = work.run.model_copy(update={"specification": specification})
    return work.model_copy(update={"run": run})


class TestWhoAnswered:
    def findings(self, *attempts: Attempt, m8: str = "m8") -> list[tuple[str, str, str]]:
        """Rule, severity and message where a summary was answered after these calls."""
        work = wanting_m8(planned(work_of(ACME), plan_summary), m8)
        done = Completed(task_id=work.tasks[0].task_id, output=SummaryOutput(), attempts=attempts)
        got = answers(with_completions(work, [done]), SummaryTask, SummaryOutput)
        assert len(got.pairs) == 1
        return [(one.rule, one.severity, one.message) for one in got.findings]

    def test_is_no_finding_where_it_is_the_model_that_the_run_wants(self) -> None:
        assert self.findings(M8) == []
        assert self.findings(by("openai", "m8", "invalid_output"), M8) == []

    def test_is_worth_a_word_where_another_revision_of_the_model_did(self) -> None:
        assert self.findings(M8, m8=f"m8@{M8.model_revision}") == []
        assert self.findings(M8, m8="m8@r2") == [
            (
                "fallback",
                "info",
                f"the summary task of chunk 0 was answered by openai/m8@{M8.model_revision}",
            )
        ]

    def test_is_no_finding_where_it_is_not_known(self) -> None:
        assert self.findings() == []

    def test_is_worth_a_word_where_another_model_of_the_run_did(self) -> None:
        assert self.findings(by("openai", "m8", "timeout"), M70) == [
            (
                "fallback",
                "info",
                "the summary task of chunk 0 was answered by openai/m70 (timeout)",
            )
        ]

    def test_is_for_a_person_to_see_where_rules_answered_in_a_models_place(self) -> None:
        late, cut = by("openai", "m8", "timeout"), by("openai", "m70", "invalid_output")

        assert self.findings(late, late, cut, RULES) == [
            (
                "fallback",
                "warning",
                "the summary task of chunk 0 was answered by local/lexical "
                "(timeout, invalid_output)",
            )
        ]

    def test_names_no_call_that_succeeded_as_a_failure(self) -> None:
        half = by("openai", "m8", "context_overflow")

        ((_, _, message),) = self.findings(half, M8, by("openai", "m8", "refusal"), RULES)

        assert message.endswith("(context_overflow, refusal)")

    def test_needs_no_failed_call(self) -> None:
        ((_, _, message),) = self.findings(RULES)

        assert message.endswith("answered by local/lexical")

    def test_is_said_of_the_event_that_was_asked_about(self) -> None:
        work = wanting_m8(detailed(work_of(ACME)))
        task = work.tasks[0]
        assert isinstance(task, DetailTask)
        output = DetailOutput(event=found("purchase", "bought"))
        done = Completed(task_id=task.task_id, output=output, attempts=(RULES,))

        got = answers(with_completions(work, [done]), DetailTask, DetailOutput)

        said: dict[str, list[Finding]] = {}
        for one in got.findings:
            said.setdefault(one.rule, []).append(one)
        assert [one.subject_id for one in said["fallback"]] == [task.event_id]

    def test_is_not_said_of_a_failed_task(self) -> None:
        work = wanting_m8(planned(work_of(ACME), plan_summary))
        lost = Failed(
            task_id=work.tasks[0].task_id,
            kind="timeout",
            retryable=True,
            message="too slow",
            attempts=(M70,),
        )

        got = answers(with_completions(work, [lost]), SummaryTask, SummaryOutput)

        assert [one.rule for one in got.findings] == ["task_failed"]


def test_a_finding_keeps_its_id() -> None:
    work = work_of(ACME)
    one = finding(work, "emptiness", "info", "", "no events were found")
    assert one == finding(work, "emptiness", "info", "", "no events were found")
    assert one.subject_id == "d1"


def test_findings_are_merged_without_repeats() -> None:
    work = work_of(ACME)
    one = finding(work, "emptiness", "info", "", "no events were found")
    other = finding(work, "confidence", "warning", "e1", "confidence 0.10 is under 0.30")
    assert merged_findings((one,), (other, one)) == (one, other)
