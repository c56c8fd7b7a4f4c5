"""What model calls take and cost, and how full the engines are."""

from collections.abc import Iterable
from functools import partial

from schemas import metrics
from schemas.completion import Attempt, Completion
from schemas.topics import LEVELS, Level
from schemas.work import Work
from streams.inference.calls import new_attempts
from streams.inference.lane import Lane
from streams.inference.serving.routing import Server
from streams.telemetry.metrics import count, observe, show_always

_FAILURES_OF_ENGINES = frozenset({"engine_error", "timeout"})
# As OpenTelemetry's conventions name the operation of a chat completion.
_OPERATION = "chat"


def count_calls(work: Work, completions: Iterable[Completion], tier: str) -> None:
    """Count the attempts that were made for the tasks of ``work`` in this tier."""
    completions = tuple(completions)
    attempts = {done.task_id: done.attempts for done in completions}
    for task, ordinal, attempt in new_attempts(work, completions):
        answered_by = "cache" if attempt.from_cache else "engine"
        count(metrics.CALLS, tier, task.level, attempt.outcome, answered_by)
        if ordinal:
            count(metrics.RETRIES, tier, attempts[task.task_id][ordinal - 1].outcome)
        if attempt.outcome in _FAILURES_OF_ENGINES:
            count(metrics.ENGINE_FAILURES, tier, attempt.outcome)
        if not attempt.from_cache:
            _count_call(attempt, tier, task.level)


def _count_call(attempt: Attempt, tier: str, level: Level) -> None:
    call = (_OPERATION, attempt.engine, attempt.model, tier, level)
    observe(metrics.CALL_SECONDS, attempt.run_ms / 1000, *call)
    if attempt.first_token_ms is not None:
        observe(metrics.FIRST_TOKEN_SECONDS, attempt.first_token_ms / 1000, *call)
    counts = {
        "prompt": attempt.prompt_tokens,
        "cached": attempt.cached_tokens,
        "completion": attempt.completion_tokens,
    }
    for kind, tokens in counts.items():
        if tokens:
            count(metrics.TOKENS, tier, level, kind, by=tokens)
    for kind, tokens in (("input", counts["prompt"]), ("output", counts["completion"])):
        if tokens is not None:
            observe(metrics.CALL_TOKENS, tokens, *call, kind)
    if attempt.cost_usd:
        count(metrics.COST, tier, by=attempt.cost_usd)


def count_server_failure(tier: str, kind: str) -> None:
    """Count a try of a call that a server failed on, which may be made again within the call."""
    count(metrics.ENGINE_FAILURES, tier, kind)


def watch_servers(tier: str, servers: Iterable[Server]) -> None:
    """Have a gauge for each server show whether calls to it are held back."""
    for server in servers:
        show_always(metrics.BREAKER_OPEN, partial(_is_open, server), tier, server.url)


def _is_open(server: Server) -> float:
    return float(server.breaker.state != "closed")


def watch_lane(lane: Lane) -> None:
    """Have the gauges of a tier show what its lane holds at the moment they are asked for."""
    tier = lane.tier
    show_always(metrics.IN_FLIGHT, lambda: lane.load.in_flight, tier)
    show_always(metrics.BATCH_FILL, lambda: lane.load.fill, tier)
    show_always(metrics.OPEN_DOCUMENTS, lambda: lane.load.open_documents, tier)
    for level in LEVELS:
        show_always(metrics.WAITING, partial(_waiting, lane, level), tier, level)


def _waiting(lane: Lane, level: Level) -> float:
    return lane.load.waiting[level]
