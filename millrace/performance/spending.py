"""What documents cost, and what the engine's cache of prefixes spares, by the table of calls."""

from millrace.checks.finding import Finding, ok, warning
from millrace.performance.figures import Calls

_FEW_DOCUMENTS = 20
_FEW_TOKENS = 50_000
# A document of one chunk, whose levels share their prefix, has 0.72 of its tokens computed before.
_LOW = 0.3


def spending(calls: Calls) -> list[Finding]:
    """The cost of 1,000 documents and the hits of the prefix cache."""
    if calls.documents < _FEW_DOCUMENTS:
        seen = f"{calls.documents} documents had calls in the last {_hours(calls)}: too few to say"
        return [ok("cost", seen)]
    return [_cost(calls), *_prefixes(calls)]


def _cost(calls: Calls) -> Finding:
    thousands = calls.documents / 1_000
    whole = f"by the {calls.documents:,} of the last {_hours(calls)}"
    share = f"; {calls.from_cache / calls.calls:.0%} of their calls were answered by the cache"
    if calls.cost_usd:
        seen = f"1,000 documents cost ${calls.cost_usd / thousands:,.2f} {whole}{_most(calls)}"
        return ok("cost", seen + share)
    if calls.prompt_tokens:
        return warning(
            "cost",
            f"1,000 documents take {calls.prompt_tokens / thousands:,.0f} tokens of prompts and "
            f"{calls.completion_tokens / thousands:,.0f} of answers, {whole}; no price is set",
            "set MILLRACE_PRICE_PROMPT, MILLRACE_PRICE_CACHED and MILLRACE_PRICE_COMPLETION",
        )
    seen = (
        f"1,000 documents take {calls.engine_s / thousands:,.1f} s of the engine {whole}, and no "
        f"tokens{_most(calls)}"
    )
    return ok("cost", seen + share)


def _prefixes(calls: Calls) -> list[Finding]:
    if calls.known_prompt < _FEW_TOKENS:
        return []
    hits = calls.cached / calls.known_prompt
    seen = f"{hits:.0%} of {calls.known_prompt:,} prompt tokens had been computed before"
    if hits >= _LOW:
        return [ok("prefixes", seen)]
    advice = (
        "the levels of a document share their beginning: let fewer documents be open "
        "(MILLRACE_MAX_OPEN_DOCUMENTS) or give the engine more cache "
        "(MILLRACE_VLLM_GPU_MEMORY_UTILIZATION); of a server, see that prefix caching is on"
    )
    return [warning("prefixes", seen, advice)]


def _most(calls: Calls) -> str:
    """The level that takes most of it."""
    whole = sum(calls.levels.values())
    if not whole:
        return ""
    level = max(calls.levels, key=lambda one: calls.levels[one])
    return f", {calls.levels[level] / whole:.0%} of it for {level}"


def _hours(calls: Calls) -> str:
    return "hour" if calls.hours == 1 else f"{calls.hours:g} hours"
