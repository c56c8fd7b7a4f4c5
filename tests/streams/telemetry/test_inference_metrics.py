"""What is counted of model calls. Each test has a tier of its own, so that it counts from zero."""

from typing import Any

import pytest

from schemas.completion import Attempt, Completed, Completion, Failed
from schemas.output import SummaryOutput
from schemas.record import Record
from schemas.work import Work
from streams.inference.admission.ticket import Limits
from streams.inference.answering import Answering, answer_record
from streams.inference.embedded_engine import local_identity
from streams.inference.lane import Lane
from streams.inference.scripted_engine import ScriptedEngine
from streams.inference.serving.breaker import Breaker
from streams.inference.serving.routing import Server
from streams.telemetry.inference_metrics import count_calls, count_server_failure, watch_servers
from streams.telemetry.metrics import value_of
from tests.flow import inputs_of, noon

CALL = ("chat", "openai", "acme/reader")


def attempt(**values: Any) -> Attempt:
    known = {
        "engine": "openai", "model": "acme/reader", "model_revision": "1", "outcome": "completed",
        "called_at": noon(), "prompt_tokens": 1_000, "cached_tokens": 800, "completion_tokens": 50,
        "first_token_ms": 120.0, "run_ms": 900.0, "cost_usd": 0.25,
    }  # fmt: skip
    return Attempt.model_validate(known | values)


@pytest.fixture
async def work() -> Work:
    """A message with one task of the level summary."""
    return Work.from_json((await inputs_of("d"))["inference"].value or b"")


def completed(work: Work, *attempts: Attempt) -> Completion:
    (task,) = work.tasks
    return Completed(task_id=task.task_id, output=SummaryOutput(), attempts=attempts)


def of_call(name: str, tier: str, **labels: str) -> float | None:
    operation, provider, model = CALL
    return value_of(
        name,
        gen_ai_operation_name=operation,
        gen_ai_provider_name=provider,
        gen_ai_request_model=model,
        tier=tier,
        level="summary",
        **labels,
    )


def calls(tier: str, outcome: str, answered_by: str) -> float | None:
    return value_of(
        "millrace_inference_calls_total",
        tier=tier,
        level="summary",
        outcome=outcome,
        answered_by=answered_by,
    )


def tokens(tier: str, kind: str) -> float | None:
    return value_of("millrace_inference_tokens_total", tier=tier, level="summary", kind=kind)


def test_a_call_is_counted_with_its_tokens_times_and_cost(work: Work) -> None:
    count_calls(work, [completed(work, attempt())], "paid")

    assert calls("paid", "completed", "engine") == 1
    assert [tokens("paid", kind) for kind in ("prompt", "cached", "completion")] == [1_000, 800, 50]
    assert value_of("millrace_inference_cost_dollars_total", tier="paid") == 0.25
    assert of_call("gen_ai_client_operation_duration_seconds_sum", "paid") == 0.9
    assert of_call("gen_ai_server_time_to_first_token_seconds_sum", "paid") == 0.12
    for kind, wanted in (("input", 1_000), ("output", 50)):
        assert of_call("gen_ai_client_token_usage_sum", "paid", gen_ai_token_type=kind) == wanted


def test_what_the_cache_answers_costs_nothing_and_reaches_no_engine(work: Work) -> None:
    count_calls(work, [completed(work, attempt(from_cache=True))], "kept")

    assert calls("kept", "completed", "cache") == 1
    assert tokens("kept", "prompt") is None
    assert of_call("gen_ai_client_operation_duration_seconds_count", "kept") is None


def test_what_an_engine_does_not_know_is_not_counted_as_none_at_all(work: Work) -> None:
    unknown = attempt(
        prompt_tokens=None, cached_tokens=None, completion_tokens=None, first_token_ms=None
    )
    count_calls(work, [completed(work, unknown)], "uncounted")

    assert tokens("uncounted", "prompt") is None
    assert (
        of_call("gen_ai_client_token_usage_count", "uncounted", gen_ai_token_type="input") is None
    )
    assert of_call("gen_ai_server_time_to_first_token_seconds_count", "uncounted") is None


def test_a_repeat_is_counted_by_what_failed_before(work: Work) -> None:
    (task,) = work.tasks
    tries = (attempt(outcome="invalid_output"), attempt(outcome="timeout"))
    failed = Failed(
        task_id=task.task_id, kind="timeout", retryable=True, message="late", attempts=tries
    )
    count_calls(work, [failed], "repeated")

    after = {"tier": "repeated", "after": "invalid_output"}
    assert value_of("millrace_inference_retries_total", **after) == 1
    assert calls("repeated", "timeout", "engine") == 1
    late = {"tier": "repeated", "kind": "timeout"}
    assert value_of("millrace_inference_engine_failures_total", **late) == 1


def test_what_failed_in_the_tier_before_is_counted_there_alone(work: Work) -> None:
    first = completed(work, attempt(outcome="invalid_output"))
    brought = work.model_copy(update={"completions": (first,)})
    count_calls(
        brought, [completed(work, attempt(outcome="invalid_output"), attempt())], "the larger"
    )

    assert calls("the larger", "invalid_output", "engine") is None
    assert calls("the larger", "completed", "engine") == 1
    after = {"tier": "the larger", "after": "invalid_output"}
    assert value_of("millrace_inference_retries_total", **after) == 1


def test_a_server_is_held_back_until_it_answers_and_while_it_fails() -> None:
    server = Server("http://here:8000", Breaker(1, first_wait_s=1.0, longest_wait_s=1.0))
    watch_servers("watched", [server])
    shown = {"tier": "watched", "server": "http://here:8000"}

    assert value_of("millrace_inference_breaker_open", **shown) == 1
    server.breaker.begin_probe(0.0)
    server.breaker.probe_succeeded()
    assert value_of("millrace_inference_breaker_open", **shown) == 0
    server.breaker.failed(0.0)
    assert value_of("millrace_inference_breaker_open", **shown) == 1
    server.breaker.begin_probe(9.0)
    assert value_of("millrace_inference_breaker_open", **shown) == 1
    server.breaker.probe_succeeded()
    assert value_of("millrace_inference_breaker_open", **shown) == 0


def test_a_try_that_a_server_failed_on_is_counted_by_its_kind() -> None:
    count_server_failure("served", "unreachable")

    failed = {"tier": "served", "kind": "unreachable"}
    assert value_of("millrace_inference_engine_failures_total", **failed) == 1


async def test_answering_a_message_counts_its_calls() -> None:
    given: Record = (await inputs_of("d"))["inference"]
    engine = ScriptedEngine(lambda task, work: completed(work, attempt()), local_identity())
    lanes = {"standard": Lane("standard", engine, Limits(linger_s=0))}
    before = calls("standard", "completed", "engine") or 0

    await answer_record(given, Answering(lanes, clock=noon))

    assert calls("standard", "completed", "engine") == before + 1
    assert engine.calls != []
