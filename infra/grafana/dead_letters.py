"""Dead letters: what could not be processed, why, and what is still to be done about it?"""
# ruff: noqa: S608 - the conditions are constants

from typing import Final

from infra.grafana.choices import LETTER_KIND, LETTER_STAGE
from infra.grafana.panel import Dashboard, Panel, PromQl, Row, Sql
from infra.grafana.promql import rate
from schemas import metrics

_CHOSEN: Final = (
    "$__timeFilter(failed_at) AND $__conditionalAll(stage IN (${stage:sqlstring}), $stage) "
    "AND $__conditionalAll(kind IN (${kind:sqlstring}), $kind)"
)

_FIGURES: Final = (
    Panel(
        "How many letters came?",
        "Records that a stage refused, each counted once however often it was tried again.",
        "short", "stat",
        (Sql(f"SELECT count() AS letters FROM run_letters WHERE {_CHOSEN}"),), width=6, height=4,
    ),
    Panel(
        "How many of them wait?",
        "Letters that nobody has sent on their way again.",
        "short", "stat",
        (Sql(
            f"SELECT countIf(redriven_at IS NULL) AS letters FROM run_letters WHERE {_CHOSEN}"
        ),),
        width=6, height=4,
    ),
    Panel(
        "How long has the oldest waited?",
        "Since it was refused for the last time; empty when none waits.",
        "s", "stat",
        (Sql(
            f"""
            SELECT dateDiff('second', minOrNullIf(failed_at, redriven_at IS NULL), now()) AS seconds
            FROM run_letters WHERE {_CHOSEN}
            """
        ),),
        width=6, height=4,
    ),
    Panel(
        "How many come back?",
        "Letters that were refused more than once: sending them again does not help.",
        "short", "stat",
        (Sql(f"SELECT countIf(attempt > 1) AS letters FROM run_letters WHERE {_CHOSEN}"),),
        width=6, height=4,
    ),
)  # fmt: skip

_WHY: Final = (
    Panel(
        "When do letters come, and from which stage?",
        "By the time of their last refusal.",
        "short", "timeseries",
        (Sql(
            f"""
            SELECT $__timeInterval(failed_at) AS time, stage AS series, count() AS letters
            FROM run_letters WHERE {_CHOSEN} GROUP BY time, series ORDER BY time, series
            """,
            by_series=True,
        ),),
        stacked=True,
    ),
    Panel(
        "How many come a second at this moment?",
        "As the stages count them, by kind: also those that are not in ClickHouse yet.",
        "ops", "timeseries", (PromQl(rate(metrics.DEAD_LETTERS, "kind"), "{{kind}}"),),
    ),
    Panel(
        "Why are records refused?",
        "Letters by kind of refusal; docs/ingest.md says what each means.",
        "short", "bars",
        (Sql(
            f"""
            SELECT kind, count() AS letters FROM run_letters WHERE {_CHOSEN}
            GROUP BY kind ORDER BY letters DESC, kind
            """
        ),),
    ),
    Panel(
        "Where did the refused records come from?",
        "Letters by the topic that the record lay on, and the stage that read it.",
        "short", "table",
        (Sql(
            f"""
            SELECT source_topic, stage, kind, count() AS letters,
                   countIf(redriven_at IS NULL) AS waiting, max(failed_at) AS last
            FROM run_letters WHERE {_CHOSEN}
            GROUP BY source_topic, stage, kind
            ORDER BY letters DESC, source_topic, stage, kind LIMIT 100
            """
        ),),
    ),
)  # fmt: skip

_EACH: Final = (
    Panel(
        "Which records were refused?",
        "The newest 200 letters: what was wrong, and where the record lies.",
        "none", "table",
        (Sql(
            f"""
            SELECT failed_at, stage, kind, message, document_id, run_id, source_topic,
                   source_partition, source_offset, attempt, redriven_at, letter_id
            FROM run_letters WHERE {_CHOSEN} ORDER BY failed_at DESC, letter_id LIMIT 200
            """
        ),),
        width=24, height=12,
    ),
)  # fmt: skip

DEAD_LETTERS: Final = Dashboard(
    "millrace-dead-letters",
    "Dead letters",
    "What could not be processed, why, and what is still to be done about it?",
    (Row("All in all", _FIGURES), Row("Why", _WHY), Row("Each letter", _EACH)),
    (LETTER_STAGE, LETTER_KIND),
    since="now-7d",
)
