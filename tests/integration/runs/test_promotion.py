"""A run is promoted and taken back, also under readers that query in a loop."""

import threading

import pytest

from infra.clickhouse import runs
from infra.clickhouse.client import Client
from millrace.runs.choice import as_text, present_specification
from millrace.settings import Settings
from processors.lexical.identity import model_revision
from schemas.run import LIVE
from tests.integration.runs.conftest import Command
from tests.integration.runs.rows import fill, promoted_run, put, version
from tests.streams.tables_behaviour import document

pytestmark = pytest.mark.integration


class TestPromote:
    @pytest.fixture(autouse=True)
    def filled(self, client: Client, command: Command) -> None:
        fill(client, LIVE, "a", "b", "c")
        command("runs", "create", "next")

    def test_views_show_it_then_and_back_again(self, command: Command, client: Client) -> None:
        fill(client, "next", "a", "b", "c", "d")

        ended = command("runs", "promote", "next")

        assert ended.status == 0, ended.err
        assert ended.out.splitlines() == [
            "run next is promoted in place of live (number 2)",
            "documents on their way stay in live: once they are through, `millrace replay "
            "documents.ingest --missing-from live --run next` brings them over",
            "`millrace runs promote --back` undoes it",
        ]
        assert shown(client) == {("next", 4)}
        back = command("runs", "promote", "--back")
        assert back.out.startswith("run live is promoted in place of next (number 3)\n")
        assert "run live lacks 1 of the documents of next" in back.out
        assert shown(client) == {(LIVE, 3)}

    def test_one_that_is_promoted_already_stays_so(self, command: Command, client: Client) -> None:
        ended = command("runs", "promote", LIVE)

        assert (ended.status, ended.out) == (0, "run live is promoted already\n")
        assert len(runs.promotions(client)) == 1

    @pytest.mark.parametrize("force", [(), ("--force",)])
    def test_an_empty_one_is_refused(
        self, command: Command, client: Client, force: tuple[str, ...]
    ) -> None:
        put(client, document("a", version(2), run_id="next", deleted=True))

        ended = command("runs", "promote", "next", *force)

        assert (ended.status, ended.err.count("\n")) == (1, 1)
        assert "run next has no documents, views would be empty: bring it level" in ended.err
        assert promoted_run(client) == LIVE

    def test_one_that_lacks_documents_is_refused_unless_forced(
        self, command: Command, client: Client
    ) -> None:
        fill(client, "next", "a")

        refused = command("runs", "promote", "next")

        assert (refused.status, promoted_run(client)) == (1, LIVE)
        assert (
            "run next lacks 2 of the documents of live: bring them with `millrace replay "
            "documents.ingest --missing-from live --run next`, or promote it as it is with --force"
        ) in refused.err
        forced = command("runs", "promote", "next", "--force")
        assert (forced.status, promoted_run(client)) == (0, "next")
        assert "run next lacks 2 of the documents of live" in forced.out

    def test_one_that_is_not_there_is_refused_with_those_that_are(
        self, command: Command, client: Client
    ) -> None:
        ended = command("runs", "promote", "nope")

        assert (ended.status, ended.err.count("\n")) == (2, 1)
        assert "no run 'nope': there are live, next" in ended.err
        assert promoted_run(client) == LIVE

    def test_back_needs_one_before(self, command: Command, client: Client) -> None:
        ended = command("runs", "promote", "--back")

        assert (ended.status, promoted_run(client)) == (1, LIVE)
        assert "no run was promoted before live that is still there" in ended.err

    def test_back_leaves_out_what_was_dropped(self, command: Command, client: Client) -> None:
        for name in ("middle", "next"):
            command("runs", "create", name)
            fill(client, name, "a", "b", "c")
            command("runs", "promote", name)
        command("runs", "drop", "middle", "--yes")

        command("runs", "promote", "--back")

        assert promoted_run(client) == LIVE

    def test_one_of_another_model_is_promoted_with_a_remark(
        self, command: Command, client: Client, mine: Settings
    ) -> None:
        other = present_specification(mine).model_copy(update={"engine": "openai", "model": "m8"})
        runs.write_run(client, "other", as_text(other))
        fill(client, "other", "a", "b", "c")

        ended = command("runs", "promote", "other")

        assert ended.status == 0
        assert (
            "the settings here do not fit run other: tier standard is local/lexical@"
            f"{model_revision()}, not openai/m8" in ended.err
        )

    def test_readers_see_the_one_run_or_the_other(self, command: Command, client: Client) -> None:
        fill(client, "next", *(f"n{number}" for number in range(40)), "a", "b", "c")
        whole = {(LIVE, 3), ("next", 43)}
        stop = threading.Event()
        seen: list[list[frozenset[tuple[str, int]]]] = [[] for _ in range(4)]

        def read(found: list[frozenset[tuple[str, int]]], view: str) -> None:
            reader = Client(client.server)
            while not stop.is_set():
                found.append(frozenset(shown(reader, view)))
            reader.close()

        views = ("current_documents", "current_events") * 2
        readers = [
            threading.Thread(target=read, args=(found, view))
            for found, view in zip(seen, views, strict=True)
        ]
        for reader in readers:
            reader.start()
        try:
            for _ in range(2):
                assert command("runs", "promote", "next").status == 0
                assert command("runs", "promote", "--back").status == 0
        finally:
            stop.set()
            for reader in readers:
                reader.join()

        for found in seen:
            assert {one for answer in found for one in answer} == whole
            assert {len(answer) for answer in found} == {1}


def shown(client: Client, view: str = "current_documents") -> set[tuple[str, int]]:
    """The runs that a view shows, with how many rows."""
    rows = client.query(f"SELECT run_id, count() AS rows FROM {view} GROUP BY run_id")
    return {(row["run_id"], row["rows"]) for row in rows}
