import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.learned.models import english_models
from processors.lexical.answering import answer
from processors.lexical.identity import ENGINE, MODEL, model_revision
from processors.summary import plan_summary
from schemas.output import DetailOutput, SummaryOutput
from schemas.work import Work
from tests.processors.works import (
    ACME,
    ACME_MENTIONS,
    PROFILES,
    detailed,
    extracted,
    planned,
    related,
    work_of,
)

WORK = work_of(ACME, *ACME_MENTIONS)
FIRE = "A fire killed two men in the mill. Ann resigned."
# Words, signs and what is hard to cut: every one may stand beside every other.
WORDS = re.findall(
    r"\S+|\n",
    "Acme bought Widget sold resigned fire strike attacks killed because after later the a not "
    "will to was by of in 3 March , . ; ' \n 🎉 İstanbul İ 收购 地震により ’s he'll I'll : “ ” who",
)


def details(work: Work) -> list[DetailOutput]:
    outputs = [answer(task, work, PROFILES[work.profile]) for task in work.tasks]
    return [output for output in outputs if isinstance(output, DetailOutput)]


def test_the_engine_has_a_name_and_a_revision_that_its_models_are_part_of() -> None:
    assert (ENGINE, MODEL) == ("local", "lexical")
    assert model_revision().endswith(f"+english-{english_models().manifest().version}")


class TestASummary:
    def test_holds_the_chunks_own_events_alone(self) -> None:
        work = planned(WORK, plan_summary)
        half = work.model_copy(update={"chunks": (work.chunks[0].model_copy(update={"end": 49}),)})
        output = answer(work.tasks[0], half, PROFILES["news"])
        assert isinstance(output, SummaryOutput)
        assert [event.trigger.text for event in output.events] == ["bought"]

    def test_keeps_the_most_salient_where_there_are_too_many(self) -> None:
        text = "It was cold. " * 9 + "Acme sold a mill. " * 3 + "Ann resigned."
        work = planned(work_of(text, title="Ann resigns"), plan_summary)
        task = work.tasks[0].model_copy(update={"event_limit": 2})
        output = answer(task, work, PROFILES["news"])
        assert isinstance(output, SummaryOutput)
        assert [event.trigger.text for event in output.events] == ["sold", "resigned"]

    def test_says_where_each_trigger_stands(self) -> None:
        work = planned(WORK, plan_summary)
        output = answer(work.tasks[0], work, PROFILES["news"])
        assert isinstance(output, SummaryOutput)
        assert [event.trigger.at for event in output.events] == [5, 62]

    def test_sums_up_by_the_sentence(self) -> None:
        work = planned(work_of("Acme  bought\r\nWidget Ltd.\n\n\nGood."), plan_summary)
        output = answer(work.tasks[0], work, PROFILES["news"])
        assert isinstance(output, SummaryOutput)
        assert output.events[0].summary in ("Acme bought Widget Ltd.", "Acme bought")


class TestADetail:
    def test_completes_the_event_asked_about(self) -> None:
        bought = details(detailed(WORK))[0].event
        assert [(a.role, a.value.at) for a in bought.arguments] == [("buyer", 0), ("object", 12)]
        assert bought.time is not None
        assert bought.place is not None
        assert (bought.time.text, bought.place.text) == ("3 March 2024", "London")

    def test_gives_every_event_nearby_and_says_whether_it_belongs(self) -> None:
        limits = PROFILES["news"].limits.model_copy(update={"main_events": 1})
        profile = PROFILES["news"].model_copy(update={"limits": limits})
        work = detailed(work_of(FIRE))
        main = work.events[0]
        task = work.tasks[0].model_copy(
            update={"nearby": tuple(event.event_id for event in work.events[1:])}
        )
        output = answer(task, work, profile)
        assert isinstance(output, DetailOutput)
        assert main.text == "fire"
        assert [(event.trigger.text, event.belongs) for event in output.events] == [
            ("killed", True),
            ("resigned", False),
        ]

    def test_of_an_event_that_the_engine_did_not_find_repeats_it(self) -> None:
        work = detailed(WORK)
        event = work.events[0].model_copy(update={"kind": "agreement"})
        other = work.model_copy(update={"events": (event, *work.events[1:])})
        again = details(other)[0].event
        assert (again.kind, again.trigger.text, again.arguments) == ("agreement", "bought", ())

    def test_of_an_event_that_is_not_there_is_an_error(self) -> None:
        work = detailed(WORK).model_copy(update={"events": ()})
        with pytest.raises(LookupError, match="which its task asks about"):
            details(work)


@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from(["en", "zh", "ja", "de"]))
def test_any_text_is_extracted_with_the_right_offsets(words: list[str], language: str) -> None:
    text = " ".join(words)
    for profile in ("news", "email", "neutral"):
        extraction = extracted(work_of(text, profile=profile, language=language))
        assert extraction.status == "validated" or {
            finding.rule for finding in extraction.findings
        } <= {"confidence"}
        for grounded in (*extraction.events, *extraction.arguments, *extraction.relationships):
            assert grounded.grounding == "exact"
            assert text[grounded.start : grounded.end] == grounded.text


def test_an_answer_is_the_same_every_time() -> None:
    assert extracted(WORK).to_json() == extracted(WORK).to_json()


def test_cost_grows_with_the_text_alone() -> None:
    def seconds(repeats: int) -> float:
        work = work_of((ACME + " ") * repeats)
        begun = time.process_time()
        extracted(work)
        return time.process_time() - begun

    seconds(20)
    # Eight times the text in eight times the time, with room for a busy machine.
    assert seconds(800) < 24 * max(seconds(100), 0.01)


def test_an_email_takes_a_few_milliseconds() -> None:
    text = (ACME + " Please send me the report. ") * 12
    work = work_of(text, profile="email")
    related(work)
    begun = time.process_time()
    for _ in range(10):
        extracted(work)
    assert (time.process_time() - begun) / 10 < 0.05
