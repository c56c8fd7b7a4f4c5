"""Runs and promotions in the tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from infra.clickhouse.client import Client
from infra.clickhouse.migrations import expand
from schemas.run import LIVE

# Of two promotions of one moment the later counts; more of them is nobody's practice.
_TIES = 10
# Partitions of ``documents`` are runs; of the others the rows of a run are marked as deleted.
_DROPPED: Final = (
    "ALTER TABLE documents {on_cluster} DROP PARTITION ",
    *(
        f"DELETE FROM {table} {{on_cluster}} WHERE run_id = "  # noqa: S608 - constants
        for table in ("inference_calls", "inference_calls_by_time", "dead_letters", "runs")
    ),
)


@dataclass(frozen=True, slots=True)
class PromotedRun:
    """The run of the newest promotion; ``specification`` (JSON) is None where it has no row."""

    run_id: str
    specification: str | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A row of ``runs``; ``specification`` is JSON."""

    run_id: str
    specification: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Promotion:
    """A row of ``promotions``."""

    seq: int
    run_id: str
    promoted_at: datetime


def promoted_run(client: Client) -> PromotedRun:
    """The run that views show and that newly ingested documents get."""
    (found,) = client.query(
        "WITH (SELECT argMax(run_id, seq) FROM promotions) AS promoted "
        "SELECT promoted AS run_id, groupArray(specification) AS specifications "
        "FROM (SELECT specification FROM runs FINAL WHERE run_id = promoted)"
    )
    specifications = found["specifications"]
    # Before the first migration wrote the promotion of `live`, there is none.
    return PromotedRun(found["run_id"] or LIVE, specifications[0] if specifications else None)


def run_rows(client: Client) -> list[RunRow]:
    """The runs that have been written, the oldest first."""
    rows = client.query(
        "SELECT run_id, specification, created_at FROM runs FINAL ORDER BY created_at, run_id"
    )
    return [RunRow(**row) for row in rows]


def find_run(client: Client, run_id: str) -> RunRow | None:
    """A run by its name; None where it has not been written."""
    rows = client.query(
        "SELECT run_id, specification, created_at FROM runs FINAL WHERE run_id = {run:String}",
        {"run": run_id},
    )
    return RunRow(**rows[0]) if rows else None


def is_used(client: Client, run_id: str) -> bool:
    """Whether documents, calls or dead letters belong to a run.

    A deletion alone is no use of it: it is written to every run that is there.
    """
    (found,) = client.query(
        """
        SELECT
            (SELECT count() > 0 FROM (
                SELECT 1 FROM documents WHERE run_id = {run:String} AND NOT deleted LIMIT 1))
            OR (SELECT count() > 0 FROM (
                SELECT 1 FROM inference_calls_by_time WHERE run_id = {run:String} LIMIT 1))
            OR (SELECT count() > 0 FROM (
                SELECT 1 FROM dead_letters WHERE run_id = {run:String} LIMIT 1)) AS used
        """,
        {"run": run_id},
    )
    return bool(found["used"])


def write_run(client: Client, run_id: str, specification: str) -> None:
    """Write a run, in place of what it was before; ``specification`` is JSON."""
    # No insert of rows: for that the client imports pandas where it is there, in a second.
    client.command(
        "INSERT INTO runs SELECT {run:String}, {specification:String}, now64(3)",
        {"run": run_id, "specification": specification},
    )


def promotions(client: Client) -> list[Promotion]:
    """All promotions, the newest first."""
    rows = client.query("SELECT seq, run_id, promoted_at FROM promotions ORDER BY seq DESC")
    return [Promotion(**row) for row in rows]


def append_promotion(client: Client, run_id: str) -> int:
    """Promote a run by one insert; gives the number of the promotion.

    Where another run was promoted in the same moment under the same number, this one is appended
    again, so that views never have to choose between two.
    """
    number = 0
    for _ in range(_TIES):
        client.command(
            "INSERT INTO promotions SELECT max(seq) + 1, {run:String}, now64(3) FROM promotions",
            {"run": run_id},
        )
        (newest,) = client.query(
            "SELECT seq, uniqExact(run_id) AS runs FROM promotions "
            "GROUP BY seq ORDER BY seq DESC LIMIT 1"
        )
        number = int(newest["seq"])
        if newest["runs"] == 1:
            break
    return number


def drop_run(client: Client, run_id: str) -> None:
    """Remove all that belongs to a run but its promotions; other runs stay as they were.

    Its name goes last: what broke off in the middle is found and done again.
    """
    for statement in _DROPPED:
        sql = expand(statement, client.server) + "{run:String}"
        client.command(sql, {"run": run_id})
