"""Quality: can the extractions be relied on, and is one run better than another?"""
# ruff: noqa: S608 - the conditions are constants

from typing import Final

from infra.grafana.choices import (
    CHOSEN,
    IN_RUN,
    INTERVAL,
    KIND,
    OF_KIND,
    OTHER_RUN,
    PROFILE,
    RUN,
    STATUS,
    TIME,
)
from infra.grafana.panel import Dashboard, Panel, Row, Sql

_SHOW: Final = (
    "/d/millrace-events?var-document=${__value.raw}&${run:queryparam}&var-status=review"
    "&var-status=validated&${time:queryparam}&${__url_time_range}"
)
# Both runs, whatever became of their documents.
_BOTH: Final = (
    "run_id IN (${run:sqlstring}, ${other_run:sqlstring}) "
    "AND $__conditionalAll(profile IN (${profile:sqlstring}), $profile) "
    "AND $__timeFilter(${time:raw})"
)

_FIGURES: Final = (
    Panel(
        "What share of events is found word for word?",
        "Triggers that stand in the text exactly as the engine gave them.",
        "percentunit", "stat",
        (Sql(
            f"""
            SELECT countIf(grounding = 'exact') / nullIf(count(), 0) AS share
            FROM run_documents ARRAY JOIN events.grounding AS grounding, events.kind AS kind
            WHERE {CHOSEN} AND {OF_KIND}
            """
        ),),
        width=6, height=4,
    ),
    Panel(
        "What share of events is nowhere in the text?",
        "Ungrounded triggers: what an engine made up, or changed beyond recognition.",
        "percentunit", "stat",
        (Sql(
            f"""
            SELECT countIf(grounding = 'ungrounded') / nullIf(count(), 0) AS share
            FROM run_documents ARRAY JOIN events.grounding AS grounding, events.kind AS kind
            WHERE {CHOSEN} AND {OF_KIND}
            """
        ),),
        width=6, height=4,
    ),
    Panel(
        "What share of documents needs a person?",
        "Documents whose status is review, of all of the run, whatever status is chosen above.",
        "percentunit", "stat",
        (Sql(
            f"""
            SELECT countIf(status = 'review') / nullIf(count(), 0) AS share
            FROM run_documents WHERE {IN_RUN}
            """
        ),),
        width=6, height=4,
    ),
    Panel(
        "How sure is the engine?",
        "Mean confidence of the events.",
        "percentunit", "stat",
        (Sql(
            f"""
            SELECT avgOrNull(confidence) AS confidence
            FROM run_documents ARRAY JOIN events.confidence AS confidence, events.kind AS kind
            WHERE {CHOSEN} AND {OF_KIND}
            """
        ),),
        width=6, height=4,
    ),
)  # fmt: skip

_TRENDS: Final = (
    Panel(
        "How well are events grounded?",
        "Share of events by how their trigger was found in the text.",
        "percentunit", "timeseries",
        (Sql(
            f"""
            SELECT {INTERVAL},
                   countIf(grounding = 'exact') / count() AS exact,
                   countIf(grounding = 'normalized') / count() AS normalized,
                   countIf(grounding = 'fuzzy') / count() AS fuzzy,
                   countIf(grounding = 'ungrounded') / count() AS ungrounded
            FROM run_documents ARRAY JOIN events.grounding AS grounding, events.kind AS kind
            WHERE {CHOSEN} AND {OF_KIND} GROUP BY time ORDER BY time
            """
        ),),
        stacked=True,
    ),
    Panel(
        "How many documents need a person?",
        "Share of documents that went to review, by profile, whatever status is chosen above.",
        "percentunit", "timeseries",
        (Sql(
            f"""
            SELECT {INTERVAL}, profile AS series, avg(status = 'review') AS share
            FROM run_documents WHERE {IN_RUN} GROUP BY time, series ORDER BY time, series
            """,
            by_series=True,
        ),),
    ),
    Panel(
        "How does the confidence change?",
        "Mean confidence of events by kind.",
        "percentunit", "timeseries",
        (Sql(
            f"""
            SELECT {INTERVAL}, kind AS series, avg(confidence) AS confidence
            FROM run_documents ARRAY JOIN events.kind AS kind, events.confidence AS confidence
            WHERE {CHOSEN} AND {OF_KIND} GROUP BY time, series ORDER BY time, series
            """,
            by_series=True,
        ),),
    ),
    Panel(
        "How is the confidence spread?",
        "Events by tenths of confidence: a bar stands for its tenth and what is above, to the "
        "next.",
        "short", "bars",
        (Sql(
            f"""
            SELECT toString(least(floor(confidence * 10), 9) / 10) AS confidence_from,
                   count() AS events
            FROM run_documents ARRAY JOIN events.confidence AS confidence, events.kind AS kind
            WHERE {CHOSEN} AND {OF_KIND} GROUP BY confidence_from ORDER BY confidence_from
            """
        ),),
    ),
)  # fmt: skip

_FINDINGS: Final = (
    Panel(
        "Which rules find most?",
        "Findings of the run's documents by rule, whatever status is chosen above.",
        "short", "bars",
        (Sql(
            f"""
            SELECT rule, count() AS findings
            FROM run_documents ARRAY JOIN findings.rule AS rule
            WHERE {IN_RUN} GROUP BY rule ORDER BY findings DESC, rule LIMIT 20
            """
        ),),
    ),
    Panel(
        "When do findings come?",
        "By severity, whatever status is chosen above.",
        "short", "timeseries",
        (Sql(
            f"""
            SELECT {INTERVAL}, severity AS series, count() AS findings
            FROM run_documents ARRAY JOIN findings.severity AS severity
            WHERE {IN_RUN} GROUP BY time, series ORDER BY time, series
            """,
            by_series=True,
        ),),
        stacked=True,
    ),
    Panel(
        "Which documents need a person, and why?",
        "The newest 100 of status review with what their rules say. A document's id leads to it.",
        "string", "table",
        (Sql(
            f"""
            SELECT document_id, title, profile, observed_at,
                   arrayStringConcat(arrayDistinct(findings.rule), ', ') AS rules
            FROM run_documents WHERE {IN_RUN} AND status = 'review'
            ORDER BY ${{time:raw}} DESC, document_id LIMIT 100
            """
        ),),
        width=24, link_column="document_id", link=_SHOW,
    ),
)  # fmt: skip

_RUNS: Final = (
    Panel(
        "How does this run compare with the other?",
        "Both runs over the same time and profiles, whatever status is chosen above.",
        "short", "table",
        (Sql(
            f"""
            SELECT run_id AS run, count() AS documents,
                   avg(status = 'review') AS review,
                   sum(length(events.event_id)) AS events,
                   sum(arrayCount(one -> one = 'exact', events.grounding))
                       / nullIf(events, 0) AS exact,
                   sum(arrayCount(one -> one = 'ungrounded', events.grounding))
                       / nullIf(events, 0) AS ungrounded,
                   sum(arraySum(events.confidence)) / nullIf(events, 0) AS confidence,
                   sum(length(relationships.relationship_id)) AS relationships,
                   sum(length(findings.rule)) AS findings,
                   1000 * sum(cost_usd) / count() AS cost_per_1000_documents
            FROM run_documents WHERE {_BOTH} GROUP BY run ORDER BY run
            """
        ),),
        column_units=(
            ("review", "percentunit"), ("exact", "percentunit"), ("ungrounded", "percentunit"),
            ("confidence", "percentunit"), ("cost_per_1000_documents", "currencyUSD"),
        ),
        width=24, height=5,
    ),
    Panel(
        "On how many documents do the two runs agree?",
        "Documents that both have: same, where the kinds of events and their places in the text "
        "are equal.",
        "short", "stat",
        (Sql(
            f"""
            SELECT countIf(runs = 2 AND alike) AS same,
                   countIf(runs = 2 AND NOT alike) AS different,
                   countIf(runs = 1) AS only_in_one
            FROM
            (
                SELECT count() AS runs, min(reading) = max(reading) AS alike
                FROM
                (
                    SELECT cityHash64(document_id) AS document,
                           cityHash64(arraySort(arrayZip(events.span_start, events.kind)))
                               AS reading
                    FROM run_documents WHERE {_BOTH}
                )
                GROUP BY document
            )
            """
        ),),
    ),
    Panel(
        "Which documents do they read differently?",
        "The 100 whose number of events differs most. A document's id leads to it.",
        "short", "table",
        (Sql(
            f"""
            SELECT document_id,
                   sumIf(length(events.event_id), run_id = ${{run:sqlstring}}) AS events,
                   sumIf(length(events.event_id), run_id = ${{other_run:sqlstring}})
                       AS events_of_other
            FROM run_documents WHERE {_BOTH}
            GROUP BY document_id
            HAVING count() = 2 AND events != events_of_other
            ORDER BY abs(toInt64(events) - toInt64(events_of_other)) DESC, document_id LIMIT 100
            """
        ),),
        link_column="document_id", link=_SHOW,
    ),
)  # fmt: skip

QUALITY: Final = Dashboard(
    "millrace-quality",
    "Quality",
    "Can the extractions be relied on, and is one run better than another?",
    (
        Row("All in all", _FIGURES),
        Row("Over time", _TRENDS),
        Row("What the rules find", _FINDINGS),
        Row("Run against run", _RUNS),
    ),
    (RUN, OTHER_RUN, PROFILE, KIND, STATUS, TIME),
    since="now-30d",
)
