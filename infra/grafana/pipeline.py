"""Pipeline: does everything flow, how long does it take, what fails?"""
# ruff: noqa: S608 - the conditions are constants

from typing import Final

from infra.grafana.choices import COMPLETED, PROFILE, RUN, STATUS
from infra.grafana.panel import Dashboard, Panel, PromQl, Row, Sql
from infra.grafana.promql import observations, quantile, rate, share
from schemas import metrics

_LAG: Final = f"max by (stage, topic) ({metrics.LAG.name})"

_NOW: Final = (
    Panel(
        "How many records wait?",
        "Records of all topics that the stages reading them have not committed. Growing for "
        "minutes: more comes in than is done; the panels below say at which stage.",
        "short", "stat", (PromQl(f"sum({_LAG})"),), width=6, height=4,
    ),
    Panel(
        "How old is the oldest of them?",
        "Age of the oldest record that a stage has not committed; 0 when nothing waits.",
        "s", "stat", (PromQl(f"max({metrics.OLDEST_SECONDS.name})"),), width=6, height=4,
    ),
    Panel(
        "How many documents are finished a second?",
        "Documents whose rows the sink has written, replays not counted.",
        "ops", "stat", (PromQl(observations(metrics.END_TO_END_SECONDS)),), width=6, height=4,
    ),
    Panel(
        "What share of records is refused?",
        "Records that became dead letters, of all that the stages were done with.",
        "percentunit", "stat",
        (PromQl(share(rate(metrics.DEAD_LETTERS), rate(metrics.RECORDS))),), width=6, height=4,
    ),
)  # fmt: skip

_FLOW: Final = (
    Panel(
        "How many records is each stage done with a second?",
        "In a steady flow all lines are level: the lowest is the stage that holds up the others.",
        "ops", "timeseries", (PromQl(rate(metrics.RECORDS, "stage"), "{{stage}}"),),
    ),
    Panel(
        "How far is each stage behind?",
        "Records that a stage has not committed yet, of all topics that it reads.",
        "short", "timeseries", (PromQl(f"sum by (stage) ({_LAG})", "{{stage}}"),),
    ),
    Panel(
        "How long does the oldest record wait at each stage?",
        "Rising as fast as time itself: the stage stands still.",
        "s", "timeseries",
        (PromQl(f"max by (stage) ({metrics.OLDEST_SECONDS.name})", "{{stage}}"),),
    ),
    Panel(
        "How long does a stage work on one record (p95)?",
        "95 of 100 records take less, without the time that they wait in Kafka.",
        "s", "timeseries", (PromQl(quantile(0.95, metrics.STAGE_SECONDS, "stage"), "{{stage}}"),),
    ),
)  # fmt: skip

_END_TO_END: Final = (
    Panel(
        "How long is a document on its way now?",
        "From its record on documents.ingest to its row in ClickHouse, as the sink sees it.",
        "s", "timeseries",
        tuple(
            PromQl(quantile(part, metrics.END_TO_END_SECONDS), f"p{part * 100:g}")
            for part in (0.5, 0.95, 0.99)
        ),
    ),
    Panel(
        "How long were the finished documents on their way?",
        "From arrival to extraction, by the rows themselves: also of times that nobody measured. "
        "Replays are left out.",
        "s", "timeseries",
        (Sql(
            f"""
            SELECT $__timeInterval(completed_at) AS time,
                   quantile(0.5)(seconds) AS p50,
                   quantile(0.95)(seconds) AS p95,
                   quantile(0.99)(seconds) AS p99
            FROM
            (
                SELECT completed_at,
                       (toUnixTimestamp64Milli(completed_at) - toUnixTimestamp64Milli(ingested_at))
                           / 1000 AS seconds
                FROM run_documents WHERE {COMPLETED} AND replayed_from = ''
            )
            GROUP BY time ORDER BY time
            """
        ),),
    ),
    Panel(
        "How many documents were finished?",
        "Documents of the chosen run by the time of their extraction, and what became of them.",
        "short", "timeseries",
        (Sql(
            f"""
            SELECT $__timeInterval(completed_at) AS time, status AS series, count() AS documents
            FROM run_documents WHERE {COMPLETED} GROUP BY time, series ORDER BY time, series
            """,
            by_series=True,
        ),),
        stacked=True,
    ),
    Panel(
        "How many rows are written a second?",
        "By table, as the sink inserts them; a repeated message counts again.",
        "rowsps", "timeseries", (PromQl(rate(metrics.SINK_ROWS, "table"), "{{table}}"),),
    ),
)  # fmt: skip

_FAILURES: Final = (
    Panel(
        "Which stages refuse records, and why?",
        "Dead letters a second. The dashboard Dead letters shows each of them.",
        "ops", "timeseries",
        (PromQl(rate(metrics.DEAD_LETTERS, "stage", "kind"), "{{stage}}: {{kind}}"),),
    ),
    Panel(
        "How many processes work for each stage?",
        "Members of its consumer group. At 0 nobody does: its lag grows.",
        "short", "timeseries", (PromQl(f"max by (stage) ({metrics.MEMBERS.name})", "{{stage}}"),),
    ),
    Panel(
        "Which stages are not ready?",
        "0 where a process waits for Kafka, for partitions or for its engine, 1 where it works.",
        "bool", "timeseries", (PromQl(f"min by (stage) ({metrics.READY.name})", "{{stage}}"),),
    ),
    Panel(
        "Which inserts fail?",
        "Inserts a second that ClickHouse did not take: unavailable ones are repeated, of refused "
        "ones the messages at fault become dead letters.",
        "ops", "timeseries",
        (PromQl(rate(metrics.SINK_FAILURES, "table", "kind"), "{{table}}: {{kind}}"),),
    ),
    Panel(
        "How long does an insert take (p95)?",
        "By table, with its repeats. Above a second the sink becomes the bottleneck.",
        "s", "timeseries",
        (PromQl(quantile(0.95, metrics.SINK_INSERT_SECONDS, "table"), "{{table}}"),),
    ),
)  # fmt: skip

PIPELINE: Final = Dashboard(
    "millrace-pipeline",
    "Pipeline",
    "Does everything flow, how long does it take, and what fails?",
    (
        Row("Now", _NOW),
        Row("Flow by stage", _FLOW),
        Row("End to end", _END_TO_END),
        Row("Failures", _FAILURES),
    ),
    (RUN, PROFILE, STATUS),
)
