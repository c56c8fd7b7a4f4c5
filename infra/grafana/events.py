"""Events: what happened, to whom, where, and which document says so?"""
# ruff: noqa: S608 - the conditions are constants

from typing import Final

from infra.grafana.choices import (
    CHOSEN,
    DOCUMENT,
    INTERVAL,
    KIND,
    OF_KIND,
    PROFILE,
    RUN,
    STATUS,
    TIME,
)
from infra.grafana.panel import Dashboard, Panel, Row, Sql, Unit

# Entities that are no names.
_FIGURE_KINDS: Final = "('date', 'time', 'number', 'percent', 'money', 'email', 'url', 'address')"
_ONE: Final = "run_id = ${run:sqlstring} AND document_id = ${document:sqlstring}"
_CHOOSE: Final = (
    "/d/millrace-events?var-document=${__value.raw}&${run:queryparam}&${profile:queryparam}"
    "&${kind:queryparam}&${status:queryparam}&${time:queryparam}&${__url_time_range}"
)


def _figure(title: str, description: str, unit: Unit, expression: str) -> Panel:
    """One figure of all chosen documents."""
    query = Sql(f"SELECT {expression} AS value FROM run_documents WHERE {CHOSEN}")
    return Panel(title, description, unit, "stat", (query,), width=6, height=4)


_FIGURES: Final = (
    _figure("How many documents?", "With and without events.", "short", "count()"),
    _figure(
        "How many events do they tell of?",
        "Main events, those that belong to one, and those that stand alone.",
        "short", "sum(length(events.event_id))",
    ),
    _figure(
        "How many relationships between events?",
        "What precedes, causes or belongs to what, within one document.",
        "short", "sum(length(relationships.relationship_id))",
    ),
    _figure(
        "What share of documents tells of no event?",
        "A jump says that something else is being read, or that the engine finds less.",
        "percentunit", "countIf(empty(events.event_id)) / nullIf(count(), 0)",
    ),
)  # fmt: skip

_WHAT: Final = (
    Panel(
        "What happens when?",
        "Events by kind, at the time of the documents that tell of them.",
        "short", "timeseries",
        (Sql(
            f"""
            SELECT {INTERVAL}, kind AS series, count() AS events
            FROM run_documents ARRAY JOIN events.kind AS kind
            WHERE {CHOSEN} AND {OF_KIND}
            GROUP BY time, series ORDER BY time, series
            """,
            by_series=True,
        ),),
        width=24, height=9, stacked=True,
    ),
    Panel(
        "Who and what is named most?",
        "Persons, organisations, places and the like by how often the documents name them.",
        "short", "bars",
        (Sql(
            f"""
            SELECT entity, count() AS mentions
            FROM run_documents
            ARRAY JOIN entities.text AS entity, entities.kind AS entity_kind
            WHERE {CHOSEN} AND entity_kind NOT IN {_FIGURE_KINDS}
            GROUP BY entity ORDER BY mentions DESC, entity LIMIT 15
            """
        ),),
    ),
    Panel(
        "Where do events happen?",
        "Events by the place that their text gives; those without one are left out.",
        "short", "bars",
        (Sql(
            f"""
            SELECT place, count() AS events
            FROM run_documents ARRAY JOIN events.place AS place, events.kind AS kind
            WHERE {CHOSEN} AND place != '' AND {OF_KIND}
            GROUP BY place ORDER BY events DESC, place LIMIT 15
            """
        ),),
    ),
    Panel(
        "Who takes part in which role?",
        "Words of the text by the role that they play in an event.",
        "short", "table",
        (Sql(
            f"""
            SELECT concat(role, ': ', text) AS participant, count() AS events
            FROM run_documents
            ARRAY JOIN arguments.role AS role, arguments.text AS text
            WHERE {CHOSEN} GROUP BY participant ORDER BY events DESC, participant LIMIT 50
            """
        ),),
    ),
    Panel(
        "How are events linked?",
        "Relationships by kind, and the kinds of events that they link.",
        "short", "table",
        (Sql(
            f"""
            SELECT relationship, source, target, count() AS links
            FROM
            (
                SELECT relationship,
                       events.kind[indexOf(events.event_id, source_id)] AS source,
                       events.kind[indexOf(events.event_id, target_id)] AS target
                FROM run_documents
                ARRAY JOIN relationships.kind AS relationship,
                           relationships.source_event_id AS source_id,
                           relationships.target_event_id AS target_id
                WHERE {CHOSEN}
            )
            GROUP BY relationship, source, target ORDER BY links DESC, relationship, source, target
            LIMIT 50
            """
        ),),
    ),
    Panel(
        "Which documents tell of them?",
        "The newest 200. In Grafana a document's id leads to the document itself, below.",
        "short", "table",
        (Sql(
            f"""
            SELECT document_id, title, profile, language, status, observed_at,
                   length(events.event_id) AS events,
                   length(relationships.relationship_id) AS relationships,
                   length(findings.rule) AS findings
            FROM run_documents
            WHERE {CHOSEN}
              AND $__conditionalAll(hasAny(events.kind, [${{kind:sqlstring}}]), $kind)
            ORDER BY ${{time:raw}} DESC, document_id LIMIT 200
            """
        ),),
        width=24, link_column="document_id", link=_CHOOSE,
    ),
)  # fmt: skip

_DOCUMENT: Final = (
    Panel(
        "Which events does the chosen document tell of?",
        "In the order of its text. Choose a document by its id in the table above.",
        "none", "table",
        (Sql(
            f"""
            SELECT trigger, kind, parent != '' AS part_of_another, summary, time_text, time_start,
                   place, polarity, grounding, confidence,
                   arrayStringConcat(arrayMap(
                       one -> concat(one.2, ': ', one.3),
                       arrayFilter(one -> one.1 = event_id,
                           arrayZip(arguments.event_id, arguments.role, arguments.text))
                   ), '; ') AS participants
            FROM run_documents
            ARRAY JOIN events.event_id AS event_id, events.parent_event_id AS parent,
                       events.trigger AS trigger, events.kind AS kind, events.summary AS summary,
                       events.time_text AS time_text, events.time_start AS time_start,
                       events.place AS place, events.polarity AS polarity,
                       events.grounding AS grounding, events.confidence AS confidence,
                       events.span_start AS span_start
            WHERE {_ONE} ORDER BY span_start
            """
        ),),
        width=24, column_units=(("confidence", "percentunit"), ("part_of_another", "bool")),
    ),
    Panel(
        "What does the chosen document say?",
        "Its text as it came in, its title and source.",
        "string", "table",
        (Sql(f"SELECT title, source, observed_at, text FROM run_documents WHERE {_ONE}"),),
        width=24,
    ),
    Panel(
        "How are its events linked?",
        "Relationships of the chosen document, with the words that they rest on.",
        "none", "table",
        (Sql(
            f"""
            SELECT events.trigger[indexOf(events.event_id, source_id)] AS source, relationship,
                   events.trigger[indexOf(events.event_id, target_id)] AS target, evidence,
                   confidence
            FROM run_documents
            ARRAY JOIN relationships.kind AS relationship,
                       relationships.source_event_id AS source_id,
                       relationships.target_event_id AS target_id,
                       relationships.evidence AS evidence,
                       relationships.confidence AS confidence
            WHERE {_ONE} ORDER BY source, target
            """
        ),),
        column_units=(("confidence", "percentunit"),),
    ),
    Panel(
        "What should a reader of it know?",
        "Findings of the chosen document: what a rule found wrong or doubtful.",
        "string", "table",
        (Sql(
            f"""
            SELECT severity, rule, message FROM run_documents
            ARRAY JOIN findings.severity AS severity, findings.rule AS rule,
                       findings.message AS message
            WHERE {_ONE} ORDER BY severity, rule, message
            """
        ),),
    ),
)  # fmt: skip

EVENTS: Final = Dashboard(
    "millrace-events",
    "Events",
    "What happened, to whom, where, and which document says so?",
    (
        Row("All in all", _FIGURES),
        Row("What happened", _WHAT),
        Row("One document", _DOCUMENT),
    ),
    (RUN, PROFILE, KIND, STATUS, TIME, DOCUMENT),
    since="now-30d",
)
