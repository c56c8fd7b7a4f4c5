"""Which documents a run has and lacks, and what its documents took."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

from infra.clickhouse.client import Client
from schemas.topics import LEVELS

# A document's version begins with when its text was ingested: what is left of generation and
# revision (schemas/version.py).
_TEXT = "bitShiftRight(version, 48)"
_IN_BASE = "run_id = {base:String}"
_IN_RUN = "run_id = {run:String}"
_MISSING = f"""
SELECT document_id
FROM documents
WHERE run_id IN ({{base:String}}, {{run:String}})
GROUP BY document_id
HAVING countIf({_IN_BASE}) > 0
    AND NOT argMaxIf(deleted, version, {_IN_BASE})
    AND (countIf({_IN_RUN}) = 0 OR maxIf({_TEXT}, {_IN_BASE}) > maxIf({_TEXT}, {_IN_RUN}))
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class LevelCalls:
    """What a level takes in one pass of a document: calls, and US dollars where these are known."""

    level: str
    calls_per_document: float
    cost_per_document: float | None


def missing_documents(client: Client, base: str, run_id: str) -> list[str]:
    """The documents that ``base`` has and ``run_id`` lacks, or has of an older text, by id.

    One that was deleted in either is not missing.
    """
    rows = client.query(f"{_MISSING} ORDER BY document_id", {"base": base, "run": run_id})
    return [str(row["document_id"]) for row in rows]


def count_missing(client: Client, base: str, run_id: str) -> int:
    """How many documents ``missing_documents`` names."""
    (found,) = client.query(
        f"SELECT count() AS documents FROM ({_MISSING})",  # noqa: S608 - a constant
        {"base": base, "run": run_id},
    )
    return int(found["documents"])


def documents_with_status(client: Client, run_id: str, status: str) -> list[str]:
    """The ids of a run's documents that are ``validated`` or up for ``review``."""
    rows = client.query(
        "SELECT document_id FROM documents FINAL WHERE run_id = {run:String} "
        "AND NOT deleted AND status = {status:String} ORDER BY document_id",
        {"run": run_id, "status": status},
    )
    return [str(row["document_id"]) for row in rows]


def tombstones(client: Client) -> dict[str, int]:
    """Documents that were deleted in any run: by id the highest version of a deletion."""
    rows = client.query(
        "SELECT document_id, max(version) AS version FROM documents WHERE deleted "
        "GROUP BY document_id"
    )
    return {str(row["document_id"]): int(row["version"]) for row in rows}


def calls_by_level(client: Client, run_id: str) -> list[LevelCalls]:
    """What one pass of a run's documents took, level by level in the order of flow.

    Of several passes of a document the newest counts: its calls of a level come together, and those
    of a minute before are of another. Cost is that of the calls that were paid. No entry without
    calls.
    """
    rows = client.query(
        """
        SELECT level, uniqExact(document_id) AS documents,
               countIf(called_at > newest - INTERVAL 1 MINUTE) AS calls,
               avgIf(cost_usd, NOT from_cache AND isNotNull(cost_usd)) AS cost_of_one
        FROM
        (
            SELECT level, document_id, from_cache, cost_usd, called_at,
                   max(called_at) OVER (PARTITION BY level, document_id) AS newest
            FROM inference_calls_by_time FINAL WHERE run_id = {run:String}
        )
        GROUP BY level ORDER BY indexOf({levels:Array(String)}, level)
        """,
        {"run": run_id, "levels": list(LEVELS)},
    )
    return [_level_calls(row) for row in rows]


def _level_calls(row: Mapping[str, Any]) -> LevelCalls:
    calls_per_document = row["calls"] / row["documents"]
    cost = row["cost_of_one"]
    return LevelCalls(
        level=str(row["level"]),
        calls_per_document=calls_per_document,
        cost_per_document=None if cost is None or isnan(cost) else cost * calls_per_document,
    )
