import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from eval.found import Found, Words
from eval.gold import GoldDocument, Span
from eval.running import System, local_system, send_all, started, system_of
from eval.scoring.metrics import metrics
from eval.scoring.scope import Scope
from processors.profile_loading import load_profiles
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import load_templates
from schemas.completion import Completed, Completion, Failed
from schemas.output import (
    DetailOutput,
    FoundEvent,
    Quote,
    RelationshipOutput,
    SummaryOutput,
)
from schemas.task import DetailTask, SummaryTask, Task
from schemas.work import Work
from streams.inference.cache.memory import MemoryCompletions
from streams.inference.cache.single_flight import SingleFlight
from streams.inference.conversation import PromptedSettings
from streams.inference.embedded_engine import EmbeddedEngine
from streams.inference.engine import EngineDeadError, EngineIdentity
from streams.inference.generation import Generation, GenerationRequest
from streams.inference.prices import Prices
from streams.inference.prompted_engine import PromptedEngine
from streams.inference.scripted_engine import ScriptedEngine
from streams.inference.scripted_model import ScriptedModel
from tests.model_answers import Rehearsing

PROFILES = load_profiles()
TEXT = "Acme bought Widget Ltd in London on 3 March 2024. Its founder resigned a day later."
SCRIPTED = EngineIdentity("scripted", "made", "1")


def document(text: str = TEXT, document_id: str = "d1") -> GoldDocument:
    return GoldDocument("made", document_id, "t1", text, published_at="2024-03-05")


def scripted(script: Callable[[Task, Work], Completion]) -> System:
    return system_of(ScriptedEngine(script, SCRIPTED), PROFILES)


def only(system: System, text: str = TEXT) -> Found:
    (found,) = send_all(system, [document(text)]).found
    return found


def quoted(words: str, text: str = TEXT) -> Words:
    start = text.index(words)
    return Words(words, Span(start, start + len(words)), "exact")


def inventing(task: Task, _: Work) -> Completion:
    """Answers with an event that the text holds, and one that it does not."""
    if isinstance(task, SummaryTask):
        events = (
            FoundEvent(kind="purchase", trigger=Quote(text="bought")),
            FoundEvent(kind="agreement", trigger=Quote(text="signed a treaty with Mars")),
        )
        return Completed(task_id=task.task_id, output=SummaryOutput(events=events))
    if isinstance(task, DetailTask):
        again = FoundEvent(kind="purchase", trigger=Quote(text="bought"))
        return Completed(task_id=task.task_id, output=DetailOutput(event=again))
    return Completed(task_id=task.task_id, output=RelationshipOutput())


def test_the_local_engine_finds_what_the_pipeline_finds() -> None:
    found = only(local_system())

    bought, resigned = found.events
    assert (bought.kind, bought.trigger) == ("purchase", quoted("bought"))
    assert bought.mentions == (quoted("bought").span,)
    assert {(one.role, one.words) for one in bought.arguments} >= {
        ("buyer", quoted("Acme")),
        ("object", quoted("Widget Ltd")),
    }
    assert bought.place == quoted("London")
    assert resigned.trigger == quoted("resigned")
    assert [(one.text, one.kind) for one in found.entities][:2] == [
        ("Acme", "organization"),
        ("Widget Ltd", "organization"),
    ]


def test_a_time_has_its_words_its_value_and_its_bounds() -> None:
    time = only(local_system()).events[0].time

    assert time is not None
    assert time.words == quoted("3 March 2024")
    assert time.value == "2024-03-03"
    assert time.start == datetime(2024, 3, 3, tzinfo=UTC)
    assert time.end == datetime(2024, 3, 3, 23, 59, 59, tzinfo=UTC)


def test_days_are_counted_from_the_publication() -> None:
    time = only(local_system(), "Acme bought Widget Ltd yesterday.").events[0].time

    assert time is not None
    assert time.value == "2024-03-04"


def test_words_that_stand_in_several_places_are_those_nearest_to_the_trigger() -> None:
    text = "London is a large city of many people. Acme bought Widget Ltd in London."

    place = only(local_system(), text).events[0].place

    assert place is not None
    assert place.span == Span(text.rindex("London"), text.rindex("London") + 6)


def test_links_name_the_events_that_were_found() -> None:
    found = only(local_system())

    (link,) = found.relations
    assert (link.kind, link.source, link.target) == (
        "precedes",
        found.events[0].event_id,
        found.events[1].event_id,
    )
    assert link.evidence == quoted("a day later")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "\ufeff  " + TEXT,
        "👩‍👩‍👧 said:\r\n\r\n" + TEXT,
        "Ａｃｍｅ\u2028" + TEXT.replace(" ", "\u00a0", 3),
        "買収: アクメは2024年3月3日にウィジェットを買収した。" + TEXT,
        TEXT.upper(),
    ],
)
def test_offsets_are_those_of_the_text_as_it_was_given(text: str) -> None:
    given = document(text)
    found = only(local_system("neutral"), text)

    assert found.events or found.entities
    rates = {one.name: one.judge(given, found) for one in metrics(Scope()) if one.is_rate}
    for name in ("offsets", "not invented"):
        judgement = rates[name]
        assert judgement is not None
        assert judgement.counts.right > 0
        assert judgement.wrong == ()


def test_what_an_engine_invents_is_found_without_a_place() -> None:
    found = only(scripted(inventing))

    places = {event.trigger.text: event.trigger.span for event in found.events}
    assert places == {"bought": quoted("bought").span, "signed a treaty with Mars": None}
    assert [event.mentions for event in found.events if event.trigger.span is None] == [()]


def test_an_engine_of_prompts_goes_the_same_way_with_its_tokens_and_cost() -> None:
    rules = Rehearsing()
    rehearsed = only(system_of(rules, PROFILES))
    answers = {question.user: written for question, written in rules.answers.items()}

    def write(request: GenerationRequest) -> Generation:
        written = answers[request.prompt.user]
        return Generation(written, "stop", prompt_tokens=100, completion_tokens=10)

    engine = PromptedEngine(
        ScriptedModel(write, SCRIPTED),
        PromptRenderer(PROFILES, load_templates()),
        SingleFlight(MemoryCompletions(max_bytes=1_000_000, max_age_s=3_600)),
        PromptedSettings(Prices(prompt=1.0, cached=0.0, completion=1.0)),
    )
    system = system_of(engine, PROFILES)
    found = only(system)

    assert system.name == "scripted/made"
    assert found.events == rehearsed.events
    assert found.relations == rehearsed.relations
    assert found.spent.prompt_tokens == 100 * len(answers)
    assert found.spent.completion_tokens == 10 * len(answers)
    assert found.spent.cost_usd == pytest.approx(110 * len(answers) / 1e6)


def test_a_document_that_is_refused_has_nothing_found_and_says_why() -> None:
    def failing(task: Task, _: Work) -> Completion:
        return Failed(task_id=task.task_id, kind="timeout", retryable=True, message="too slow")

    assert only(scripted(failing)).refused == "validation: all_tasks_failed"
    assert only(local_system(), " \n").refused == "ner: empty"
    assert only(local_system(), " \n").events == ()


def test_documents_come_back_in_their_order_each_with_its_own() -> None:
    cities = ("London", "Paris", "Berlin", "Madrid", "Rome")
    documents = [document(f"Acme bought Widget Ltd in {city}.", city) for city in cities]

    passed = send_all(local_system(), documents)

    assert tuple(one.document_id for one in passed.found) == cities
    assert tuple(one.entities[-1].text for one in passed.found) == cities


def test_the_time_of_every_stage_is_measured() -> None:
    passed = send_all(local_system(), [document()])

    spent = passed.found[0].spent
    assert set(spent.cpu_s) == {
        "ner",
        "summary",
        "inference",
        "detail",
        "relationship",
        "validation",
    }
    assert all(seconds > 0 for seconds in spent.cpu_s.values())
    assert sum(spent.cpu_s.values()) <= passed.cpu_s
    assert 0 < spent.wall_s <= passed.wall_s
    assert spent.cost_usd == 0.0
    assert spent.prompt_tokens is None


def test_several_documents_are_under_way_where_the_system_says_so() -> None:
    both_here = asyncio.Event()
    waiting: set[str] = set()

    async def meet(task: Task, work: Work) -> Completion:
        waiting.add(work.document.document_id)
        if len(waiting) == 2:
            both_here.set()
        await asyncio.wait_for(both_here.wait(), 10)
        return Completed(task_id=task.task_id, output=SummaryOutput())

    engine = ScriptedEngine(meet, SCRIPTED)
    system = system_of(engine, PROFILES, at_once=2)

    passed = send_all(system, [document(), document(document_id="d2")])

    assert engine.most_in_flight == 2
    # What the engine took cannot be told apart by documents.
    assert "inference" not in passed.found[0].spent.cpu_s


def test_an_engine_is_started_once_for_several_passes() -> None:
    life: list[str] = []

    class Living(EmbeddedEngine):
        async def start(self) -> None:
            life.append("started")

        async def close(self) -> None:
            await super().close()
            life.append("closed")

    def note(found: Found) -> None:
        life.append(found.document_id)

    with started(system_of(Living(PROFILES), PROFILES), note) as send:
        first = send([document(document_id="d1"), document(document_id="d2")])
        second = send([document(document_id="d3")])

    assert life == ["started", "d1", "d2", "d3", "closed"]
    assert [len(one.found) for one in (first, second)] == [2, 1]
    assert [one.found[0].document_id for one in (first, second)] == ["d1", "d3"]


def test_what_is_under_way_ends_before_an_engine_that_died_is_closed() -> None:
    life: list[str] = []
    both_here = asyncio.Event()

    class Dying(EmbeddedEngine):
        async def complete(self, task: Task, work: Work) -> Completion:
            if work.document.document_id == "d2":
                both_here.set()
                raise EngineDeadError("the engine is gone")
            await both_here.wait()
            try:
                await asyncio.Event().wait()
            finally:
                life.append("given up")
            raise AssertionError

        async def close(self) -> None:
            await super().close()
            life.append("closed")

    system = system_of(Dying(PROFILES), PROFILES, at_once=2)

    with pytest.raises(EngineDeadError):
        send_all(system, [document(), document(document_id="d2")])

    assert life == ["given up", "closed"]


def test_an_engine_that_is_dead_ends_the_run() -> None:
    def dying(task: Task, work: Work) -> Completion:
        raise EngineDeadError("the engine is gone")

    with pytest.raises(EngineDeadError):
        send_all(scripted(dying), [document()])


def test_engines_are_started_before_and_closed_after_also_where_they_die() -> None:
    life: list[str] = []

    class Living(EmbeddedEngine):
        async def start(self) -> None:
            life.append("started")

        async def complete(self, task: Task, work: Work) -> Completion:
            life.append("asked")
            raise EngineDeadError("the engine is gone")

        async def close(self) -> None:
            await super().close()
            life.append("closed")

    with pytest.raises(EngineDeadError):
        send_all(system_of(Living(PROFILES), PROFILES), [document()])

    assert life == ["started", "asked", "closed"]
