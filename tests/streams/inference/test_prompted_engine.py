"""An engine made of a language model: what it asks, what it keeps, what comes of failures."""

import asyncio

import pytest

from processors.prompting.prompt import Prompt
from schemas.completion import Completed, Completion, Failed, FailureKind
from schemas.errors import RefusedError
from schemas.output import SummaryOutput
from streams.inference.engine import EngineDeadError
from streams.inference.generation import Generation, GenerationRequest
from streams.inference.scripted_model import ScriptedModel
from tests.flow import noon
from tests.processors.works import ACME, detailed, found
from tests.streams.inference.models import (
    BOUGHT,
    COST,
    IDENTITY,
    Prompted,
    asked,
    events,
    fails,
    in_turn,
    prompted,
    says,
    wrote,
)

NO_KIND = '{"e": [{"k": "wedding"}]}'


def outcomes(done: Completion) -> list[str]:
    return [attempt.outcome for attempt in done.attempts]


def failure(done: Completion) -> tuple[str, list[str]]:
    assert isinstance(done, Failed)
    return done.kind, outcomes(done)


def triggers(done: Completion) -> list[str]:
    assert isinstance(done, Completed)
    assert isinstance(done.output, SummaryOutput)
    return [event.trigger.text for event in done.output.events]


class TestAnAnswer:
    async def test_that_is_valid_is_the_output(self) -> None:
        one = prompted(events(BOUGHT))

        done = await one.engine.complete(*asked())

        assert isinstance(done, Completed)
        assert done.output == SummaryOutput(events=(BOUGHT,))
        assert done.task_id == asked()[0].task_id

    async def test_comes_with_one_attempt_that_is_counted_timed_and_priced(self) -> None:
        done = await prompted(events(BOUGHT)).engine.complete(*asked())

        (attempt,) = done.attempts
        assert (attempt.engine, attempt.model, attempt.model_revision) == ("openai", "m8", "r1")
        assert (attempt.outcome, attempt.finish_reason) == ("completed", "stop")
        assert (attempt.prompt_tokens, attempt.cached_tokens, attempt.completion_tokens) == (
            1_000,
            600,
            50,
        )
        assert (attempt.queue_ms, attempt.first_token_ms, attempt.run_ms) == (3.5, 20.5, 250.25)
        assert attempt.cost_usd == pytest.approx(COST)
        assert (attempt.called_at, attempt.from_cache) == (noon(), False)

    async def test_is_asked_for_with_the_documents_prompt(self) -> None:
        one = prompted(events())

        await one.engine.complete(*asked())

        (request,) = one.model.requests
        assert ACME in request.prompt.document
        assert (request.document_id, request.prompt.repair) == ("d1", None)


class TestTheCache:
    async def test_answers_the_second_time_without_a_call_or_a_cost(self) -> None:
        one = prompted(events(BOUGHT))
        first = await one.engine.complete(*asked())

        second = await one.engine.complete(*asked())

        assert len(one.model.requests) == 1
        assert triggers(second) == triggers(first)
        (attempt,) = second.attempts
        assert (attempt.outcome, attempt.from_cache, attempt.cost_usd) == ("completed", True, 0.0)
        assert (attempt.prompt_tokens, attempt.run_ms) == (1_000, 0.0)

    async def test_gives_a_repaired_answer_to_who_asks_the_same(self) -> None:
        one = prompted(says(NO_KIND), events(BOUGHT))
        await one.engine.complete(*asked())

        again = await one.engine.complete(*asked())

        assert len(one.model.requests) == 2
        assert triggers(again) == ["bought"]
        assert [attempt.from_cache for attempt in again.attempts] == [True]

    async def test_lets_those_who_ask_the_same_at_once_share_a_call(self) -> None:
        one = prompted(events(BOUGHT))

        done = await asyncio.gather(*(one.engine.complete(*asked()) for _ in range(5)))

        assert len(one.model.requests) == 1
        assert [each.attempts[0].from_cache for each in done] == [False] + [True] * 4
        assert sum(each.attempts[0].cost_usd or 0 for each in done) == pytest.approx(COST)

    @pytest.mark.parametrize("cut", ['{"e": []}', '{"e": ['])
    async def test_keeps_nothing_that_was_cut_off(self, cut: str) -> None:
        one = prompted(says(cut, "length"), says(cut, "length"), events(BOUGHT))
        assert failure(await one.engine.complete(*asked()))[0] == "invalid_output"

        assert triggers(await one.engine.complete(*asked())) == ["bought"]

    async def test_keeps_no_failure(self) -> None:
        one = prompted(fails("engine_error"), events(BOUGHT))
        await one.engine.complete(*asked())

        assert triggers(await one.engine.complete(*asked())) == ["bought"]


class TestAnAnswerThatIsNotValid:
    async def test_is_repaired_once_with_what_was_wrong(self) -> None:
        one = prompted(says(NO_KIND), events(BOUGHT))

        done = await one.engine.complete(*asked())

        assert triggers(done) == ["bought"]
        assert outcomes(done) == ["invalid_output", "completed"]
        repair = one.model.requests[1].prompt.repair
        assert repair is not None
        assert repair.answer == NO_KIND
        assert "e.0.k: should be a kind of event: purchase, " in repair.problem

    async def test_costs_what_both_calls_cost(self) -> None:
        done = await prompted(says("{}"), events()).engine.complete(*asked())

        assert [attempt.cost_usd for attempt in done.attempts] == pytest.approx([COST, COST])

    async def test_makes_each_call_under_an_id_of_its_own(self) -> None:
        one = prompted(says("{}"), events())

        await one.engine.complete(*asked())

        assert len({request.request_id for request in one.model.requests}) == 2

    async def test_twice_fails(self) -> None:
        done = await prompted(says("{}"), says("no JSON")).engine.complete(*asked())

        assert failure(done) == ("invalid_output", ["invalid_output", "invalid_output"])

    async def test_that_was_cut_off_is_asked_for_shorter(self) -> None:
        one = prompted(says('{"e": []}', "length"), events())

        done = await one.engine.complete(*asked())

        assert outcomes(done) == ["invalid_output", "completed"]
        repair = one.model.requests[1].prompt.repair
        assert repair is not None
        assert "cut off (length): write a shorter answer" in repair.problem


class TestAFailedCall:
    @pytest.mark.parametrize("kind", ["timeout", "engine_error"])
    async def test_that_may_pass_is_made_once_more(self, kind: FailureKind) -> None:
        one = prompted(fails(kind, retryable=True), events(BOUGHT))

        done = await one.engine.complete(*asked())

        assert (triggers(done), outcomes(done)) == (["bought"], [kind, "completed"])
        assert one.model.requests[0].prompt == one.model.requests[1].prompt

    async def test_is_not_made_a_third_time(self) -> None:
        late = fails("timeout", retryable=True)

        done = await prompted(late, late).engine.complete(*asked())

        assert failure(done) == ("timeout", ["timeout", "timeout"])

    @pytest.mark.parametrize("kind", ["engine_error", "refusal", "unserved"])
    async def test_that_cannot_succeed_fails_at_once(self, kind: FailureKind) -> None:
        done = await prompted(fails(kind)).engine.complete(*asked())

        assert failure(done) == (kind, [kind])
        assert isinstance(done, Failed)
        assert (done.retryable, done.attempts[0].cost_usd) == (False, None)

    async def test_may_follow_a_repair_and_be_repeated_with_it(self) -> None:
        one = prompted(says("{}"), fails("timeout", retryable=True), events(BOUGHT))

        done = await one.engine.complete(*asked())

        assert outcomes(done) == ["invalid_output", "timeout", "completed"]
        assert one.model.requests[1].prompt == one.model.requests[2].prompt

    async def test_says_how_long_it_took(self) -> None:
        done = await prompted(fails("refusal")).engine.complete(*asked())

        assert 0 < done.attempts[0].run_ms < 5_000


class TestAChunkThatNoContextHolds:
    TEXT = "Acme sold Widget. It resigned. Acme bought Widget. It bought Gadget."

    async def test_is_asked_in_halves_whose_events_come_in_order(self) -> None:
        one = prompted(
            fails("context_overflow"),
            events(found("personnel", "resigned")),
            events(BOUGHT, BOUGHT),
        )

        done = await one.engine.complete(*asked(self.TEXT))

        assert triggers(done) == ["resigned", "bought", "bought"]
        assert outcomes(done) == ["context_overflow", "completed", "completed"]
        assert done.task_id == asked(self.TEXT)[0].task_id
        shown = [request.prompt.document for request in one.model.requests[1:]]
        assert ["resigned" in part for part in shown] == [True, False]
        assert ["Gadget" in part for part in shown] == [False, True]

    async def test_is_parted_again_where_a_half_is_too_long_as_well(self) -> None:
        too_long = fails("context_overflow")
        one = prompted(too_long, too_long, events(), events(), events(BOUGHT))

        done = await one.engine.complete(*asked(self.TEXT))

        assert triggers(done) == ["bought"]
        assert len(done.attempts) == 5

    async def test_fails_where_it_is_one_sentence(self) -> None:
        done = await prompted(fails("context_overflow")).engine.complete(*asked("Acme sold it."))

        assert failure(done) == ("context_overflow", ["context_overflow"])

    async def test_fails_as_its_half_does(self) -> None:
        one = prompted(fails("context_overflow"), events(), fails("refusal"))

        done = await one.engine.complete(*asked(self.TEXT))

        assert failure(done) == ("refusal", ["context_overflow", "completed", "refusal"])
        assert done.task_id == asked(self.TEXT)[0].task_id

    async def test_has_its_halves_remembered(self) -> None:
        too_long = fails("context_overflow")
        one = prompted(too_long, events(), events(BOUGHT), too_long)
        await one.engine.complete(*asked(self.TEXT))

        again = await one.engine.complete(*asked(self.TEXT))

        assert [attempt.from_cache for attempt in again.attempts] == [False, True, True]


class TestWhatPassesOn:
    async def test_a_dead_engine_is_raised_and_nothing_is_kept(self) -> None:
        def die(_: GenerationRequest) -> Generation:
            raise EngineDeadError("gone")

        one = prompted(die, events(BOUGHT))
        with pytest.raises(EngineDeadError):
            await one.engine.complete(*asked())

        done = await one.engine.complete(*asked())
        assert [attempt.from_cache for attempt in done.attempts] == [False]

    async def test_a_cancelled_task_cancels_its_call(self) -> None:
        called, call = asyncio.Event(), asyncio.get_running_loop().create_future()

        async def wait(_: GenerationRequest) -> Generation:
            called.set()
            await call
            return wrote("{}")

        one = Prompted(ScriptedModel(wait, IDENTITY))
        asking = asyncio.create_task(one.engine.complete(*asked()))
        await asyncio.wait_for(called.wait(), 5)
        asking.cancel()
        await asyncio.wait([asking], timeout=5)

        assert asking.cancelled()
        assert call.cancelled()

    async def test_an_unknown_profile_is_refused_by_name(self) -> None:
        task, work = asked()
        elsewhere = work.model_copy(update={"profile": "poetry"})

        with pytest.raises(RefusedError, match="'poetry' is not known here"):
            await prompted().engine.complete(task, elsewhere)

    async def test_an_unknown_version_of_prompts_is_refused_by_name(self) -> None:
        task, work = asked()

        with pytest.raises(RefusedError, match="prompts of version '99' are not known here"):
            await prompted().engine.complete(task.model_copy(update={"prompt_version": "99"}), work)


async def test_a_task_whose_prompt_cannot_be_rendered_fails_alone() -> None:
    work = detailed(asked()[1].model_copy(update={"tasks": ()}))
    lost = work.model_copy(update={"events": ()})
    one = prompted(events())

    done = await one.engine.complete(lost.tasks[0], lost)

    assert failure(done) == ("engine_error", [])
    assert isinstance(done, Failed)
    assert done.message == "its prompt could not be rendered (LookupError)"
    assert isinstance(await one.engine.complete(*asked()), Completed)


@pytest.mark.parametrize(
    "answer",
    [
        ACME,
        f'{{"e": "{ACME}"}}',
        f'{{"{ACME}": []}}',
        f'{{"e": [{{"k": "{ACME}", "t": "Widget", "{ACME}": 1}}]}}',
    ],
)
async def test_a_failure_never_quotes_the_document(answer: str) -> None:
    done = await Prompted(
        ScriptedModel(in_turn(says(answer), says(answer)), IDENTITY)
    ).engine.complete(*asked())

    assert isinstance(done, Failed)
    assert not any(word in done.message for word in ("Acme", "Widget", "London"))


def test_a_model_in_memory_is_known_by_its_identity() -> None:
    assert prompted().engine.identity == IDENTITY


def test_prompts_of_a_repair_begin_as_the_first_did() -> None:
    prompt = Prompt("instructions", "document", "question", {}, 8)

    assert prompt.repaired("{}", "events: is missing").prefix == prompt.prefix
