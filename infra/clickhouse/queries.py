"""What the command asks of the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from infra.clickhouse.client import Client
from schemas.topics import DOCUMENTS_INGEST as _FIRST_TOPIC

# Of a Nested group's rows: as they stand in the text.
_ORDER = {
    "entities": ("span_start", "mention_id"),
    "events": ("span_start", "event_id"),
    "arguments": ("span_start", "argument_id"),
    "relationships": ("span_start", "relationship_id"),
    "findings": ("finding_id",),
}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many documents of a range of offsets stand where."""

    validated: int
    review: int
    dead_lettered: int


def outcomes(client: Client, offsets: Mapping[int, tuple[int, int]]) -> Outcomes:
    """Count what became of the records of ``documents.ingest`` in ``offsets``.

    A document that a later stage dead-lettered is found by the origin in the letter's message; one
    that was repeated after a crash may have several letters, and counts once.

    Args:
        client: a connection.
        offsets: per partition the first offset and the one after the last.
    """
    bound = {"ranges": [(partition, first, end) for partition, (first, end) in offsets.items()]}
    rows = client.query(
        "SELECT status, count() AS documents FROM current_documents "  # noqa: S608 - constants
        f"WHERE source_topic = '{_FIRST_TOPIC}' "
        f"AND {_within('source_partition', 'source_offset')} GROUP BY status",
        bound,
    )
    found = {str(row["status"]): int(row["documents"]) for row in rows}
    letters = client.query(
        f"""
        SELECT uniqExact(partition, position) AS letters FROM
        (
            SELECT source_topic = '{_FIRST_TOPIC}' AS is_first,
                   JSONExtractRaw(ifNull(value, ''), 'origin') AS origin,
                   is_first ? source_partition
                            : JSONExtractUInt(origin, 'source_partition') AS partition,
                   is_first ? source_offset
                            : JSONExtractUInt(origin, 'source_offset') AS position
            FROM dead_letters FINAL
            WHERE is_first OR JSONExtractString(origin, 'source_topic') = '{_FIRST_TOPIC}'
        )
        WHERE {_within("partition", "position")}
        """,  # noqa: S608 - constants
        bound,
    )
    return Outcomes(found.get("validated", 0), found.get("review", 0), int(letters[0]["letters"]))


def _within(partition: str, position: str) -> str:
    """The condition that a record lies in the bound ranges."""
    return (
        f"arrayExists(one -> one.1 = {partition} AND {position} >= one.2 AND {position} < one.3,"
        " {ranges:Array(Tuple(UInt32, UInt64, UInt64))})"
    )


def document(client: Client, document_id: str, run_id: str | None = None) -> dict[str, Any] | None:
    """A document as it counts now, its events and all that belongs to them; None if not there.

    One row of one query, so that text and events are of one extraction. It is what the promoted run
    has of it, or ``run_id``.
    """
    promoted = "(SELECT argMax(run_id, seq) FROM promotions)"
    rows = client.query(
        "SELECT *, coalesce(published_at, ingested_at) AS observed_at "  # noqa: S608 - constants
        f"FROM documents FINAL WHERE run_id = {promoted if run_id is None else '{run:String}'} "
        "AND NOT deleted AND document_id = {id:String}",
        {"id": document_id} if run_id is None else {"id": document_id, "run": run_id},
    )
    if not rows:
        return None
    found = {name: value for name, value in rows[0].items() if "." not in name}
    for group, order in _ORDER.items():
        found[group] = sorted(_unnested(rows[0], group), key=itemgetter(*order))
    return found


def _unnested(row: Mapping[str, Any], group: str) -> list[dict[str, Any]]:
    """The rows of a Nested group from its columns."""
    columns = {
        name.removeprefix(f"{group}."): values
        for name, values in row.items()
        if name.startswith(f"{group}.")
    }
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def calls(client: Client, document_id: str, run_id: str) -> list[dict[str, Any]]:
    """The model calls for a document in a run with their cost, also for earlier texts of it.

    In the order of time. Tokens and cost are None where the engine does not count them.
    """
    return client.query(
        "SELECT call_id, level, tier, engine, model, prompt_version, prompt_tokens, cached_tokens,"
        " completion_tokens, queue_ms, run_ms, from_cache, outcome, cost_usd, called_at "
        "FROM inference_calls FINAL "
        "WHERE document_id = {id:String} AND run_id = {run:String} ORDER BY called_at, call_id",
        {"id": document_id, "run": run_id},
    )


def letters(client: Client, document_id: str) -> list[dict[str, Any]]:
    """The dead letters that name a document, without their contents, newest first."""
    return client.query(
        "SELECT letter_id, stage, kind, message, failed_at FROM dead_letters FINAL "
        "WHERE document_id = {id:String} ORDER BY failed_at DESC",
        {"id": document_id},
    )


def event_table(client: Client, document_ids: list[str]) -> list[dict[str, Any]]:
    """Events of some documents with who took part, in the order of documents and text."""
    return client.query(
        """
        SELECT e.document_id AS document_id, d.title AS title, e.kind AS kind,
               e.trigger AS trigger, e.parent_event_id AS parent_event_id,
               e.time_text AS time_text, e.time_start AS time_start, e.time_end AS time_end,
               e.place AS place, e.polarity AS polarity, e.salience AS salience,
               a.participants AS participants
        FROM current_events AS e
        INNER JOIN (
            SELECT document_id, title FROM current_documents
            WHERE document_id IN {ids:Array(String)}
        ) AS d ON d.document_id = e.document_id
        LEFT JOIN (
            SELECT document_id, event_id,
                   arrayMap(one -> (one.2, one.3), arraySort(
                       groupArray((span_start, role, text)))) AS participants
            FROM current_arguments WHERE document_id IN {ids:Array(String)}
            GROUP BY document_id, event_id
        ) AS a ON a.document_id = e.document_id AND a.event_id = e.event_id
        WHERE e.document_id IN {ids:Array(String)}
        ORDER BY e.document_id, e.span_start
        """,
        {"ids": document_ids},
    )


def present(client: Client, document_ids: list[str]) -> int:
    """How many of the documents are there."""
    rows = client.query(
        "SELECT count() AS documents FROM current_documents "
        "WHERE document_id IN {ids:Array(String)}",
        {"ids": document_ids},
    )
    return int(rows[0]["documents"])
