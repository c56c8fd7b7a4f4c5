import pytest

from processors.asking import answers, estimated_tokens, finding, merged_findings, profile_of
from processors.summary import plan_summary
from schemas.completion import Completed
from schemas.errors import RefusedError
from schemas.output import RelationshipOutput, SummaryOutput
from schemas.task import SummaryTask
from tests.processors.works import (
    ACME,
    PROFILES,
    answered,
    failed,
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
