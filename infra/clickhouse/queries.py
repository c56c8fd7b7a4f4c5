"""What the command asks of the tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.clickhouse.client import Client

_GROUPS = ("entities", "events", "arguments", "relationships", "findings")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many documents of a range of offsets stand where."""

    validated: int
    review: int
    dead_lettered: int


def outcomes(client: Client, offsets: Mapping[int, tuple[int, int]]) -> Outcomes:
    """Count what became of the records of ``documents.ingest`` in ``offsets``.

    Args:
        client: a connection.
        offsets: per partition the first offset and the one after the last.
    """
    ranges = [(partition, first, end) for partition, (first, end) in offsets.items()]
    bound = {"ranges": ranges}
    within = (
        "arrayExists(r -> r.1 = source_partition AND source_offset >= r.2 AND source_offset < r.3,"
        " {ranges:Array(Tuple(UInt32, UInt64, UInt64))})"
    )
    rows = client.query(
        "SELECT status, count() AS documents FROM current_documents "  # noqa: S608 - a constant
        f"WHERE source_topic = 'documents.ingest' AND {within} GROUP BY status",
        bound,
    )
    found = {str(row["status"]): int(row["documents"]) for row in rows}
    letters = client.query(
        "SELECT count() AS letters FROM dead_letters FINAL "  # noqa: S608 - a constant
        f"WHERE source_topic = 'documents.ingest' AND {within}",
        bound,
    )
    return Outcomes(found.get("validated", 0), found.get("review", 0), int(letters[0]["letters"]))


def document(client: Client, document_id: str) -> dict[str, Any] | None:
    """A document as it counts now, its events and all that belongs to them; None if not there."""
    bound = {"id": document_id}
    rows = client.query("SELECT * FROM current_documents WHERE document_id = {id:String}", bound)
    if not rows:
        return None
    found = rows[0]
    for group in _GROUPS:
        found[group] = client.query(
            f"SELECT * EXCEPT (run_id, document_id, revision, status, observed_at) "  # noqa: S608
            f"FROM current_{group} WHERE document_id = {{id:String}} "
            f"ORDER BY {'finding_id' if group == 'findings' else 'span_start'}",
            bound,
        )
    return found


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
               e.time_text AS time_text, e.time_start AS time_start, e.place AS place,
               e.polarity AS polarity, e.confidence AS confidence, e.salience AS salience,
               e.status AS status, a.participants AS participants
        FROM current_events AS e
        INNER JOIN (
            SELECT document_id, title FROM current_documents
            WHERE document_id IN {ids:Array(String)}
        ) AS d ON d.document_id = e.document_id
        LEFT JOIN (
            SELECT document_id, event_id,
                   groupArray(concat(role, ': ', text)) AS participants
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
