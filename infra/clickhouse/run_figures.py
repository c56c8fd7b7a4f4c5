"""How much there is of each run: documents, events, dead letters, calls and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.clickhouse.client import Client
from schemas.topics import LEVELS

# Runs are partitions, and rows of one key lie in one: each is merged by itself.
_BY_PARTITION = "SETTINGS do_not_merge_across_partitions_select_final = 1"


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What there is of a run; ``documents`` are those not deleted, ``review`` some of them.

    ``calls`` are those that were made, answers of the cache included; ``cost_usd`` is what is known
    of their cost, None where nothing is.
    """

    documents: int = 0
    review: int = 0
    events: int = 0
    dead_letters: int = 0
    calls: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """The calls of a level: how many of them the cache answered, tokens and cost of the others.

    Tokens and cost (US dollars) are None where no call knows them.
    """

    level: str
    documents: int
    calls: int
    from_cache: int
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None


def figures(client: Client, run_id: str | None = None) -> dict[str, RunFigures]:
    """Of each run that has any rows what there is of it, or of one run alone."""
    parts = (
        """
        SELECT run_id, countIf(NOT deleted) AS documents,
               countIf(NOT deleted AND status = 'review') AS review,
               sumIf(length(events.event_id), NOT deleted) AS events
        FROM documents FINAL
        """,
        "SELECT run_id, count() AS dead_letters FROM dead_letters FINAL",
        """
        SELECT run_id, count() AS calls,
               sum(if(from_cache, 0, cost_usd)) AS cost_usd
        FROM inference_calls_by_time FINAL
        """,
    )
    found: dict[str, dict[str, Any]] = {}
    for part in parts:
        where = "" if run_id is None else "WHERE run_id = {run:String}"
        sql = f"{part} {where} GROUP BY run_id {_BY_PARTITION if 'documents FINAL' in part else ''}"
        for row in client.query(sql, {} if run_id is None else {"run": run_id}):
            found.setdefault(row["run_id"], {}).update(row)
    return {name: _figures(row) for name, row in found.items()}


def _figures(row: Mapping[str, Any]) -> RunFigures:
    return RunFigures(**{name: value for name, value in row.items() if name != "run_id"})


def level_figures(client: Client, run_id: str) -> list[LevelFigures]:
    """What the calls of a run took, level by level in the order of flow; no entry without calls."""
    rows = client.query(
        """
        SELECT level, uniqExact(document_id) AS documents, count() AS calls,
               countIf(one.from_cache) AS from_cache,
               sum(if(one.from_cache, 0, one.prompt_tokens)) AS prompt_tokens,
               sum(if(one.from_cache, 0, one.cached_tokens)) AS cached_tokens,
               sum(if(one.from_cache, 0, one.completion_tokens)) AS completion_tokens,
               sum(if(one.from_cache, 0, one.cost_usd)) AS cost_usd
        FROM inference_calls_by_time AS one FINAL WHERE run_id = {run:String}
        GROUP BY level ORDER BY indexOf({levels:Array(String)}, level)
        """,
        {"run": run_id, "levels": list(LEVELS)},
    )
    return [LevelFigures(**row) for row in rows]


def count_documents(client: Client, run_id: str) -> int:
    """How many documents a run has, without those deleted."""
    (found,) = client.query(
        "SELECT count() AS documents FROM documents FINAL "
        "WHERE run_id = {run:String} AND NOT deleted",
        {"run": run_id},
    )
    return int(found["documents"])
