"""What the model calls of the last hours took."""

from typing import Any

from infra.clickhouse.client import Client

# A call that is repeated after a crash is a row that has not been merged away yet.
_RECENT = (
    "(SELECT * FROM inference_calls FINAL "
    "WHERE called_at > now64(3) - toIntervalMinute({minutes:UInt32}))"
)


def totals(client: Client, minutes: int) -> dict[str, Any]:
    """Documents, calls, tokens, cost in US dollars and time in the engine (s) of that time.

    ``cache_hits`` are the calls that the cache answered, ``known_prompt`` the prompt tokens of
    calls whose cached tokens are known, ``cached`` these.
    Answers from the cache cost neither tokens nor time.
    """
    return client.query(
        f"""
        SELECT uniqExact(run_id, document_id) AS documents, count() AS calls,
               countIf(from_cache) AS cache_hits,
               sumIf(ifNull(prompt_tokens, 0), NOT from_cache) AS prompt,
               sumIf(ifNull(completion_tokens, 0), NOT from_cache) AS completion,
               sumIf(ifNull(prompt_tokens, 0), NOT from_cache AND isNotNull(cached_tokens))
                   AS known_prompt,
               sumIf(ifNull(cached_tokens, 0), NOT from_cache) AS cached,
               sumIf(ifNull(cost_usd, 0), NOT from_cache) AS dollars,
               sumIf(run_ms, NOT from_cache) / 1000 AS engine_s
        FROM {_RECENT}
        """,  # noqa: S608 - a constant
        {"minutes": minutes},
    )[0]


def levels(client: Client, minutes: int) -> dict[str, tuple[float, float]]:
    """Of each level its cost in US dollars and its time in the engine in seconds."""
    rows = client.query(
        f"""
        SELECT level, sumIf(ifNull(cost_usd, 0), NOT from_cache) AS dollars,
               sumIf(run_ms, NOT from_cache) / 1000 AS engine_s
        FROM {_RECENT} GROUP BY level ORDER BY level
        """,  # noqa: S608 - a constant
        {"minutes": minutes},
    )
    return {str(row["level"]): (float(row["dollars"]), float(row["engine_s"])) for row in rows}
