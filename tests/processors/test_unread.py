"""A text that the local engine cannot read is told apart from one without events."""

import pytest

from processors.detail import plan_detail
from processors.summary import plan_summary
from schemas.completion import Attempt, Completed
from schemas.output import SummaryOutput
from tests.flow import noon
from tests.processors.works import planned, with_completions, work_of

GERMAN = "Die Firma Acme kaufte am Montag die Widget GmbH in Berlin."


def told(text: str, language: str, engine: str = "local") -> list[tuple[str, str]]:
    """Severity and message of what is said of a text that an engine found no events in."""
    work = planned(work_of(text, language=language), plan_summary)
    by = Attempt(
        engine=engine, model="m", model_revision="1", outcome="completed", called_at=noon()
    )
    done = [
        Completed(task_id=task.task_id, output=SummaryOutput(), attempts=(by,))
        for task in work.tasks
    ]
    findings = planned(with_completions(work, done), plan_detail).findings
    return [(one.severity, one.message) for one in findings if one.rule == "unread_language"]


def test_a_language_without_words_is_for_a_person_to_see() -> None:
    assert told(GERMAN, "de") == [
        (
            "warning",
            "the engine local reads no events in the language de: profile news has no triggers "
            "for it; a language model reads them",
        )
    ]


def test_a_text_in_no_language_is_worth_a_word() -> None:
    assert told("0012 | 33 | 418\n0013 | 34 | 419", "und") == [
        ("info", "no language was recognised, so the engine local looked for no events")
    ]


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_a_language_with_words_was_read(language: str) -> None:
    assert told("No news today.", language) == []


def test_a_language_model_reads_every_language() -> None:
    assert told(GERMAN, "de", engine="openai") == []
