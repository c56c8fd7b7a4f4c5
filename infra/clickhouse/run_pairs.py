"""Two runs side by side: which documents each has, and what they say of those that may differ.

Where documents of a profile are asked for, those count that have it in either run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from infra.clickhouse.client import Client

# Documents of the first run that a page looks at: what two rows of each take bounds the memory.
PAGE_DOCUMENTS: Final = 1_000

Rows = tuple[dict[str, Any], dict[str, Any]]

_OF_RUNS: Final = "run_id IN ({a:String}, {b:String}) AND NOT deleted"
_IS_A: Final = "run_id = {a:String}"
_IS_B: Final = "run_id = {b:String}"
_OF_PROFILE: Final = "({profile:String} = '' OR has(groupArray(profile), {profile:String}))"
_SAME_TEXT: Final = "uniqExact(cityHash64(text)) = 1"
_SAME_REVISION: Final = "uniqExact(revision) = 1"
_READ: Final = (
    "events.event_id", "events.kind", "events.trigger", "events.span_start", "events.span_end",
    "events.time_text", "events.time_start", "events.time_end", "events.place", "events.polarity",
    "arguments.event_id", "arguments.role", "arguments.text", "arguments.span_start",
    "arguments.span_end", "relationships.kind", "relationships.source_event_id",
    "relationships.target_event_id", "relationships.evidence",
)  # fmt: skip

_TAKEN: Final = ("prompt_tokens", "cached_tokens", "completion_tokens", "cost_usd")


@dataclass(frozen=True, slots=True)
class RunPair:
    """Two runs to be compared; documents of all profiles where ``profile`` is empty."""

    a: str
    b: str
    profile: str = ""

    @property
    def bound(self) -> dict[str, object]:
        """The parameters of statements."""
        return {"a": self.a, "b": self.b, "profile": self.profile}


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """Documents that have this in common, with the events and relationships of all of them.

    A status is empty where that run does not have them. ``is_same_text`` and ``is_same_revision``
    are False unless both do.
    """

    status_a: str
    status_b: str
    is_same_text: bool
    is_same_revision: bool
    documents: int
    events_a: int
    events_b: int
    relationships_a: int
    relationships_b: int


@dataclass(frozen=True, slots=True)
class Spending:
    """The model calls of a run; tokens and US dollars are None where no engine counted them.

    Answers from the cache take neither. ``calls_without_cost`` are those others of whose cost
    nothing is known.
    """

    calls: int
    from_cache: int
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    calls_without_cost: int


def run_names(client: Client) -> list[str]:
    """Every run, in order: those that were created, were promoted, or have documents."""
    rows = client.query(
        "SELECT DISTINCT run_id FROM (SELECT run_id FROM runs UNION ALL "
        "SELECT run_id FROM promotions UNION ALL SELECT DISTINCT run_id FROM documents) "
        "ORDER BY run_id"
    )
    return [str(row["run_id"]) for row in rows]


def counts(client: Client, pair: RunPair) -> list[DocumentCounts]:
    """All documents of both runs by what they have in common; deleted ones are left out."""
    rows = client.query(
        f"""
        SELECT status_a, status_b, is_same_text, is_same_revision, count() AS documents,
               sum(a_events) AS events_a, sum(b_events) AS events_b,
               sum(a_links) AS relationships_a, sum(b_links) AS relationships_b
        FROM
        (
            SELECT anyIf(status, {_IS_A}) AS status_a, anyIf(status, {_IS_B}) AS status_b,
                   count() = 2 AND {_SAME_TEXT} AS is_same_text,
                   count() = 2 AND {_SAME_REVISION} AS is_same_revision,
                   sumIf(length(events.event_id), {_IS_A}) AS a_events,
                   sumIf(length(events.event_id), {_IS_B}) AS b_events,
                   sumIf(length(relationships.kind), {_IS_A}) AS a_links,
                   sumIf(length(relationships.kind), {_IS_B}) AS b_links
            FROM documents FINAL WHERE {_OF_RUNS} GROUP BY document_id HAVING {_OF_PROFILE}
        )
        GROUP BY status_a, status_b, is_same_text, is_same_revision
        """,  # noqa: S608 - constants
        pair.bound,
    )
    return [DocumentCounts(**row) for row in rows]


def only_in(client: Client, pair: RunPair, run: str, limit: int) -> list[str]:
    """The first ids, in order, of documents that this one of the two runs has alone."""
    rows = client.query(
        f"""
        SELECT document_id FROM documents FINAL WHERE {_OF_RUNS} GROUP BY document_id
        HAVING groupArray(run_id) = [{{run:String}}] AND {_OF_PROFILE}
        ORDER BY document_id LIMIT {{limit:UInt32}}
        """,  # noqa: S608 - constants
        {**pair.bound, "run": run, "limit": limit},
    )
    return [str(row["document_id"]) for row in rows]


def spending(client: Client, pair: RunPair, run: str) -> Spending:
    """What the model calls of one of the two runs took, for the documents that are compared."""
    (row,) = client.query(
        f"""
        SELECT count() AS calls, countIf(from_cache) AS from_cache,
               sumIf(prompt, is_paid) AS prompt_tokens, sumIf(cached, is_paid) AS cached_tokens,
               sumIf(completion, is_paid) AS completion_tokens, sumIf(cost, is_paid) AS cost_usd,
               countIf(is_paid AND isNull(cost)) AS calls_without_cost
        FROM
        (
            SELECT from_cache, NOT from_cache AS is_paid, prompt_tokens AS prompt,
                   cached_tokens AS cached, completion_tokens AS completion, cost_usd AS cost
            FROM inference_calls FINAL
            WHERE run_id = {{run:String}} AND ({{profile:String}} = '' OR document_id IN
            (
                SELECT document_id FROM documents FINAL WHERE {_OF_RUNS}
                AND profile = {{profile:String}}
            ))
        )
        """,  # noqa: S608 - constants
        {**pair.bound, "run": run},
    )
    if row["calls"] == row["from_cache"]:
        # Nothing was asked of an engine.
        row |= dict.fromkeys(_TAKEN, 0)
    return Spending(**row)


def pages(client: Client, pair: RunPair, size: int = PAGE_DOCUMENTS) -> Iterator[list[Rows]]:
    """What both runs say of each document that they have of one text and tell differently.

    In the order of document ids; a page is what differs among ``size`` documents of the first run.
    """
    after, more = "", True
    while more:
        last = _last_of_page(client, pair, after, size)
        yield _page(client, pair, after, last)
        after, more = last or "", last is not None


def _last_of_page(client: Client, pair: RunPair, after: str, size: int) -> str | None:
    """The id that ends a page; None for the last one. Rows not merged yet make a page shorter."""
    rows = client.query(
        "SELECT document_id FROM documents WHERE run_id = {a:String} AND document_id > "
        "{after:String} ORDER BY run_id, document_id LIMIT 1 OFFSET {skip:UInt32}",
        {**pair.bound, "after": after, "skip": size - 1},
    )
    return str(rows[0]["document_id"]) if rows else None


def _page(client: Client, pair: RunPair, after: str, last: str | None) -> list[Rows]:
    within = f"{_OF_RUNS} AND document_id > {{after:String}}"
    if last is not None:
        within += " AND document_id <= {last:String}"
    columns = ", ".join(f"`{name}`" for name in _READ)
    rows = client.query(
        f"""
        SELECT document_id, {_IS_B} AS is_b, {columns} FROM documents FINAL
        WHERE {within} AND document_id IN
        (
            SELECT document_id FROM documents FINAL WHERE {within} GROUP BY document_id
            HAVING count() = 2 AND NOT {_SAME_REVISION} AND {_SAME_TEXT} AND {_OF_PROFILE}
        )
        ORDER BY document_id, is_b
        """,  # noqa: S608 - constants
        {**pair.bound, "after": after, "last": last or ""},
    )
    found = [list(both) for _, both in groupby(rows, key=itemgetter("document_id"))]
    # One of the two may have been deleted between the inner statement and the outer.
    return [(both[0], both[1]) for both in found if len(both) == 2]


def texts(client: Client, run: str, document_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Title, text, language, profile and status of documents in a run, by their ids."""
    rows = client.query(
        "SELECT document_id, title, text, language, profile, status FROM documents FINAL "
        "WHERE run_id = {run:String} AND document_id IN {ids:Array(String)} AND NOT deleted",
        {"run": run, "ids": document_ids},
    )
    return {str(row["document_id"]): row for row in rows}
