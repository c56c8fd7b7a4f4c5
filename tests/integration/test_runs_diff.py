"""Two runs compared, on a real ClickHouse engine and a database of its own."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.clickhouse import run_pairs
from infra.clickhouse.client import ClickHouse, Client
from infra.clickhouse.migrations import migrate
from infra.clickhouse.run_pairs import RunPair
from millrace.errors import UsageError
from millrace.runs.comparison import compare
from millrace.settings import Settings
from streams.sink import columns
from streams.sink.columns import Row
from tests.command import millrace
from tests.streams.tables_behaviour import NOON, document, tombstone, unique

pytestmark = pytest.mark.integration
PAIR = RunPair("live", "careful")
NONE: dict[str, Any] = {
    name: [] for name in columns.DOCUMENTS if name.startswith(("events.", "arguments."))
}


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    server = ClickHouse(settings.clickhouse_url, unique("diff").replace("-", "_"))
    migrate(server)
    client = Client(server)
    yield client
    client.command(f"DROP DATABASE {server.database} SYNC")
    client.close()


def live(document_id: str, **changes: Any) -> Row:
    return document(document_id, revision=f"live-{document_id}", **changes)


def careful(document_id: str, **changes: Any) -> Row:
    own: dict[str, Any] = {"run_id": "careful", "revision": f"careful-{document_id}"}
    return document(document_id, **(own | changes))


def write(client: Client, *rows: Row) -> None:
    client.insert("documents", columns.DOCUMENTS, rows)


def call(run_id: str, number: int, **changes: object) -> Row:
    values: dict[str, object] = {
        "call_id": f"{run_id}-{number}", "run_id": run_id, "document_id": "a", "level": "summary",
        "tier": "standard", "engine": "openai", "model": "m", "prompt_version": "1",
        "prompt_tokens": 100, "cached_tokens": None, "completion_tokens": 10, "queue_ms": 1.0,
        "run_ms": 1.0, "from_cache": False, "outcome": "completed", "cost_usd": 0.5,
        "called_at": NOON,
    } | changes  # fmt: skip
    return tuple(values[column] for column in columns.INFERENCE_CALLS)


def test_documents_are_counted_by_which_run_has_them(client: Client) -> None:
    gone = list(tombstone("gone", 2))
    gone[columns.DOCUMENTS.index("run_id")] = "careful"
    write(
        client,
        live("old"), live("gone"), live("both"), live("edited"),
        careful("new"), careful("gone"), tuple(gone), careful("both"),
        careful("edited", text="Acme lost"),
    )  # fmt: skip

    found = compare(client, PAIR, 5)

    assert (found.only_a, found.only_b, found.other_text) == (2, 1, 1)
    assert (found.only_in_a, found.only_in_b) == (("gone", "old"), ("new",))
    assert (found.totals.documents, found.totals.documents_that_differ) == (1, 0)
    assert (found.a.documents, found.b.documents) == (4, 3)


def test_events_that_came_went_and_changed_are_told_with_the_text(client: Client) -> None:
    placed = {"events.place": ["Oslo"], "arguments.role": ["buyer"], "status": "review"}
    write(
        client,
        live("came", **NONE), live("went"), live("changed"), live("same"),
        careful("came"), careful("went", **NONE), careful("changed", **placed),
        careful("same", revision="live-same"),
    )  # fmt: skip

    found = compare(client, PAIR, 5)

    totals = found.totals
    assert (totals.added, totals.removed, totals.changed, totals.unchanged) == (1, 1, 1, 1)
    assert totals.changes == {"place": 1, "arguments": 1}
    assert (totals.documents, totals.documents_that_differ) == (4, 3)
    assert (totals.events_before, totals.events_after) == (3, 3)
    assert (found.to_review, found.to_validated) == (1, 0)
    assert [one.document_id for one in found.examples] == ["came", "went", "changed"]
    changed = found.examples[2]
    assert changed.text == "Acme won"
    assert (changed.status_a, changed.status_b) == ("validated", "review")
    assert changed.found.changed[0].after.participants == {("buyer", "Acme", 0, 4)}


def test_relationships_follow_the_events_that_they_join(client: Client) -> None:
    two = two_events(("e", "f"))
    linked = {
        "relationships.relationship_id": ["r"], "relationships.kind": ["causes"],
        "relationships.evidence": ["so"], "relationships.span_start": [0],
        "relationships.span_end": [4], "relationships.grounding": ["exact"],
        "relationships.confidence": [0.9],
    }  # fmt: skip
    joined = {"relationships.source_event_id": ["e"], "relationships.target_event_id": ["f"]}
    renamed = {"relationships.source_event_id": ["x"], "relationships.target_event_id": ["y"]}
    write(
        client,
        live("linked", **two, **linked, **joined), live("unlinked", **two, **linked, **joined),
        careful("linked", **two_events(("x", "y")), **linked, **renamed),
        careful("unlinked", **two),
    )  # fmt: skip

    totals = compare(client, PAIR, 0).totals

    assert (totals.links_removed, totals.links_unchanged, totals.links_added) == (1, 1, 0)


def two_events(ids: Sequence[str]) -> dict[str, Any]:
    """The columns of two events, one after the other, without arguments."""
    one = dict(zip(columns.DOCUMENTS, document("a"), strict=True))
    twice = {
        name: list(value) * 2
        for name, value in one.items()
        if name.startswith("events.") and isinstance(value, list)
    }
    spans = {"events.span_start": [0, 5], "events.span_end": [4, 8]}
    arguments: dict[str, Any] = {name: [] for name in one if name.startswith("arguments.")}
    return {**twice, **spans, "events.event_id": list(ids), **arguments}


def test_a_profile_counts_where_either_run_has_it(client: Client) -> None:
    write(
        client,
        live("a"), live("b", profile="email"), live("c", profile="email"),
        careful("a"), careful("b", profile="email"), careful("c"),
    )  # fmt: skip

    assert compare(client, RunPair("live", "careful", "email"), 5).totals.documents == 2
    assert compare(client, RunPair("live", "careful", "news"), 5).totals.documents == 2


def test_pages_hold_each_document_once_in_order(client: Client) -> None:
    ids = [f"{number:02}" for number in range(7)]
    # Rows of an older pass, not merged yet, must neither hide nor repeat one.
    write(client, *(live(one, **NONE) for one in ids))
    write(client, *(document(one, 2, revision="newer") for one in ids))
    write(client, *(careful(one) for one in ids))

    pages = list(run_pairs.pages(client, PAIR, size=3))

    assert [row["document_id"] for page in pages for row, _ in page] == ids
    assert max(map(len, pages)) <= 3
    assert all(row["events.kind"] == ["award"] for page in pages for row, _ in page)


def test_what_calls_took_is_told_by_run_and_unknown_is_not_nothing(client: Client) -> None:
    write(client, live("a"), careful("a"), document("a", run_id="free"))
    rows = [
        call("live", 1), call("live", 2), call("live", 3, from_cache=True),
        call("careful", 1, prompt_tokens=None, completion_tokens=None, cost_usd=None),
        call("free", 1, from_cache=True),
    ]  # fmt: skip
    client.insert("inference_calls", columns.INFERENCE_CALLS, [*rows, rows[0]])

    found = compare(client, PAIR, 0)
    free = compare(client, RunPair("live", "free"), 0).b.spending

    spent = found.a.spending
    assert (spent.calls, spent.from_cache) == (3, 1)
    assert (spent.prompt_tokens, spent.completion_tokens, spent.cost_usd) == (200, 20, 1.0)
    assert spent.cached_tokens is None
    assert found.b.spending.cost_usd is None
    assert (found.b.spending.calls_without_cost, spent.calls_without_cost) == (1, 0)
    assert (free.prompt_tokens, free.cost_usd) == (0, 0)


class TestBadInput:
    def test_a_run_that_is_not_there_is_named_beside_those_that_are(self, client: Client) -> None:
        write(client, live("a"), careful("a"))

        with pytest.raises(UsageError, match="no run 'carful'; there are careful, live"):
            compare(client, RunPair("live", "carful"), 5)

    def test_a_run_cannot_be_compared_with_itself(self, client: Client) -> None:
        with pytest.raises(UsageError, match="run 'live' is compared with itself: name two"):
            compare(client, RunPair("live", "live"), 5)

    def test_a_run_without_documents_has_nothing_to_compare(self, client: Client) -> None:
        write(client, live("a"), careful("a"))
        client.insert("runs", columns.RUNS, [("empty", "{}", NOON)])

        with pytest.raises(UsageError, match="run 'empty' has no documents: there is nothing"):
            compare(client, RunPair("live", "empty"), 5)
        with pytest.raises(UsageError, match="run 'live' has no documents of profile email"):
            compare(client, RunPair("live", "careful", "email"), 5)


def test_the_command_writes_json_a_page_and_a_table(client: Client, tmp_path: Path) -> None:
    write(client, live("a"), careful("a", **{"events.place": ["Oslo"]}))
    environment = {**os.environ, "MILLRACE_CLICKHOUSE_DATABASE": client.server.database}
    file = tmp_path / "diff.html"

    def diff(*options: str) -> Any:
        return millrace("runs", "diff", "live", "careful", *options, environment=environment)

    found = diff("--json").json()
    assert found["events"]["changed"] == 1
    assert found["samples"][0]["text"] == "Acme won"
    assert diff("--html", str(file)).status == 0
    assert "Acme <mark" in file.read_text("utf-8")
    assert "place: none → Oslo" in diff().out
