"""A second opinion: events that the local engine finds, too, are surer than others."""

from typing import Any

import pytest

from processors.agreement import with_second_opinion
from processors.detail import plan_detail
from processors.summary import plan_summary
from schemas.completion import Attempt, Completed
from schemas.output import SummaryOutput
from schemas.work import Work
from tests.flow import noon
from tests.processors.works import ACME, PROFILES, found, planned, with_completions, work_of

ASKING = PROFILES["news"].model_copy(
    update={"review": PROFILES["news"].review.model_copy(update={"second_opinion": True})}
)


def answered_by(engine: str, *words: str, text: str = ACME, **changes: Any) -> Work:
    """The work that an engine found these words in, each with a confidence of 0.6."""
    work = planned(work_of(text, **changes), plan_summary)
    by = Attempt(
        engine=engine, model="m", model_revision="1", outcome="completed", called_at=noon()
    )
    events = tuple(found("purchase", one, confidence=0.6) for one in words)
    done = Completed(
        task_id=work.tasks[0].task_id, output=SummaryOutput(events=events), attempts=(by,)
    )
    return planned(with_completions(work, [done]), plan_detail)


def confidences(work: Work, profile: Any = ASKING) -> dict[str, float]:
    return {event.text: event.confidence for event in with_second_opinion(work, profile)}


def test_what_both_find_is_surer_and_what_one_finds_is_less() -> None:
    told = confidences(answered_by("openai", "bought", "London"))

    assert told["bought"] == pytest.approx(0.75)
    assert told["London"] == pytest.approx(0.429)


def test_without_being_asked_for_it_changes_nothing() -> None:
    work = answered_by("openai", "bought", "London")

    assert set(confidences(work, PROFILES["news"]).values()) == {0.6}


def test_the_local_engine_is_no_second_opinion_of_itself() -> None:
    assert set(confidences(answered_by("local", "bought", "London")).values()) == {0.6}


def test_a_language_that_it_cannot_read_has_none() -> None:
    work = answered_by("openai", "kaufte", text="Acme kaufte Widget.", language="de")

    assert confidences(work) == {"kaufte": 0.6}
