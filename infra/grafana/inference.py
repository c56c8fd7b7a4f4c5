"""Inference: how full are the engines, what do they answer, what does it cost?"""
# ruff: noqa: S608 - the conditions are constants

from typing import Final

from infra.grafana.choices import RUN
from infra.grafana.panel import Dashboard, Panel, PromQl, Row, Sql
from infra.grafana.promql import quantile, rate, share
from schemas import metrics

_CALLS: Final = "run_id = ${run:sqlstring} AND $__timeFilter(called_at)"
_FROM_CACHE: Final = share(
    rate(metrics.CALLS, where='answered_by="cache",outcome="completed"'),
    rate(metrics.CALLS, where='outcome="completed"'),
)
_OF_PREFIX: Final = share(
    rate(metrics.TOKENS, where='kind="cached"'), rate(metrics.TOKENS, where='kind="prompt"')
)

_NOW: Final = (
    Panel(
        "How many tokens a second?",
        "Tokens of prompts and answers together. The local engine has none.",
        "ops", "stat", (PromQl(rate(metrics.TOKENS, where='kind!="cached"')),), width=6, height=4,
    ),
    Panel(
        "How full are the engines?",
        "Tasks in flight of those that may be, or tokens, whichever is fuller; of the fullest "
        "tier. Low with tasks waiting: the window is too small; low without: the flow before is "
        "slow.",
        "percentunit", "stat", (PromQl(f"max({metrics.BATCH_FILL.name})"),), width=6, height=4,
    ),
    Panel(
        "What share of answers comes from the cache?",
        "Tasks that no engine had to answer again.",
        "percentunit", "stat", (PromQl(_FROM_CACHE),), width=6, height=4,
    ),
    Panel(
        "What do 1,000 documents cost?",
        "Cost of the chosen run's calls for 1,000 documents by the prices that are set; nothing "
        "where none are.",
        "currencyUSD", "stat",
        (Sql(
            f"""
            SELECT 1000 * sum(cost_usd) / nullIf(uniq(document_id), 0) AS cost
            FROM run_calls WHERE {_CALLS}
            """
        ),),
        width=6, height=4,
    ),
)  # fmt: skip

_THROUGHPUT: Final = (
    Panel(
        "How many tokens of each kind a second?",
        "cached: tokens of prompts that the engine had computed before.",
        "ops", "timeseries", (PromQl(rate(metrics.TOKENS, "kind"), "{{kind}}"),),
    ),
    Panel(
        "How many calls a second, and how do they end?",
        "By tier, level and outcome; answers from the cache are among them.",
        "ops", "timeseries",
        (PromQl(
            rate(metrics.CALLS, "tier", "level", "outcome"), "{{tier}} {{level}}: {{outcome}}"
        ),),
    ),
    Panel(
        "How full is the batch of each tier?",
        "1 is as full as the settings allow.",
        "percentunit", "timeseries",
        (PromQl(f"avg by (tier) ({metrics.BATCH_FILL.name})", "{{tier}}"),),
    ),
    Panel(
        "How many tasks wait, and how many are worked on?",
        "Waiting by level; a long queue with a full batch: the engine is the bottleneck.",
        "short", "timeseries",
        (
            PromQl(f"sum by (tier, level) ({metrics.WAITING.name})", "{{tier}} {{level}} waits"),
            PromQl(f"sum by (tier) ({metrics.IN_FLIGHT.name})", "{{tier}} in flight"),
        ),
    ),
)  # fmt: skip

_CACHES: Final = (
    Panel(
        "How much do the caches spare?",
        "answers: tasks answered without an engine. prefixes: tokens of prompts that an engine had "
        "computed before. A drop says that prompts, model or routing changed.",
        "percentunit", "timeseries",
        (PromQl(_FROM_CACHE, "answers"), PromQl(_OF_PREFIX, "prefixes")),
    ),
    Panel(
        "How many documents are begun and not finished?",
        "By tier. At its limit (`max_open_documents`) no further ones are begun.",
        "short", "timeseries",
        (PromQl(f"sum by (tier) ({metrics.OPEN_DOCUMENTS.name})", "{{tier}}"),),
    ),
)  # fmt: skip

_LATENCY: Final = (
    Panel(
        "How long until the first token?",
        "From a call to the first token of its answer, where the engine tells; by tier.",
        "s", "timeseries",
        tuple(
            PromQl(
                quantile(part, metrics.FIRST_TOKEN_SECONDS, "tier"),
                f"{{{{tier}}}} p{part * 100:g}",
            )
            for part in (0.5, 0.95)
        ),
    ),
    Panel(
        "How long does a call take (p95)?",
        "In the engine, by tier and level.",
        "s", "timeseries",
        (PromQl(quantile(0.95, metrics.CALL_SECONDS, "tier", "level"), "{{tier}} {{level}}"),),
    ),
    Panel(
        "How long does a task wait for its turn (p95)?",
        "From the moment it was read to its call.",
        "s", "timeseries",
        (PromQl(quantile(0.95, metrics.QUEUE_SECONDS, "tier", "level"), "{{tier}} {{level}}"),),
    ),
    Panel(
        "How long did the calls of this run take?",
        "p50 and p95 of the calls that reached an engine, by the rows of inference_calls.",
        "ms", "timeseries",
        (Sql(
            f"""
            SELECT $__timeInterval(called_at) AS time,
                   quantile(0.5)(run_ms) AS p50, quantile(0.95)(run_ms) AS p95
            FROM run_calls WHERE {_CALLS} AND NOT from_cache GROUP BY time ORDER BY time
            """
        ),),
    ),
)  # fmt: skip

_HEALTH: Final = (
    Panel(
        "What do engines fail on?",
        "Failures a second of engines or their servers, by kind.",
        "ops", "timeseries",
        (PromQl(rate(metrics.ENGINE_FAILURES, "tier", "kind"), "{{tier}}: {{kind}}"),),
    ),
    Panel(
        "How often is a task tried again, and after what?",
        "Attempts after the first, by what failed before.",
        "ops", "timeseries",
        (PromQl(rate(metrics.RETRIES, "tier", "after"), "{{tier}} after {{after}}"),),
    ),
    Panel(
        "Which servers get no calls at the moment?",
        "1 while a server failed again and again and is left alone for a while.",
        "bool", "timeseries",
        (PromQl(
            f"max by (tier, server) ({metrics.BREAKER_OPEN.name})", "{{tier}} {{server}}"
        ),),
    ),
    Panel(
        "What did each model do, and for how much?",
        "All calls of the chosen run. Tokens and cost are empty where an engine does not count "
        "them or no price is set; documents are counted to within 2%.",
        "short", "table",
        (Sql(
            f"""
            SELECT tier, level, model, count() AS calls,
                   avg(outcome != 'completed') AS failed, avg(from_cache) AS cached,
                   sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS answer_tokens,
                   sum(cost_usd) AS cost,
                   1000 * sum(cost_usd) / uniqHLL12(document_id) AS cost_per_1000_documents
            FROM run_calls WHERE {_CALLS}
            GROUP BY tier, level, model ORDER BY calls DESC, tier, level, model
            """
        ),),
        column_units=(
            ("failed", "percentunit"), ("cached", "percentunit"), ("cost", "currencyUSD"),
            ("cost_per_1000_documents", "currencyUSD"),
        ),
    ),
)  # fmt: skip

INFERENCE: Final = Dashboard(
    "millrace-inference",
    "Inference",
    "How full are the engines, how fast do they answer, and what does it cost?",
    (
        Row("Now", _NOW),
        Row("Throughput", _THROUGHPUT),
        Row("Caches", _CACHES),
        Row("Latency", _LATENCY),
        Row("Health and cost", _HEALTH),
    ),
    (RUN,),
)
