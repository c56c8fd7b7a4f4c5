"""A run is removed with all that belongs to it."""

from io import StringIO

import pytest

from infra.clickhouse import runs
from infra.clickhouse.client import Client
from millrace.settings import Settings
from schemas.run import LIVE
from streams.sink import columns
from tests.integration.runs.conftest import Command
from tests.integration.runs.rows import begin_replay, call, fill, letter_of, use

pytestmark = pytest.mark.integration


class TestDrop:
    def test_nothing_of_it_is_left_and_the_others_are_as_they_were(
        self, command: Command, client: Client
    ) -> None:
        for name in (LIVE, "gone", "kept"):
            for table in ("documents", "dead_letters"):
                use(client, name, table)
            client.insert("inference_calls", columns.INFERENCE_CALLS, [call(f"c-{name}", name)])
        letters = [letter_of(name, f"l-{name}") for name in (LIVE, "gone", "kept")]
        client.insert("dead_letters", columns.DEAD_LETTERS, letters)
        for name in ("gone", "kept"):
            command("runs", "create", name)
        before = everything(client)

        ended = command("runs", "drop", "gone", "--yes")

        assert ended.status == 0, ended.err
        assert ended.out == (
            "dropped run gone: 1 document, 0 of them for review; 1 event; 1 dead letter; 1 call, "
            "cost $0.25\n"
        )
        assert any("gone" in row for row in before)
        assert everything(client) == [row for row in before if "gone" not in row]

    def test_the_promoted_one_stays(self, command: Command, client: Client) -> None:
        fill(client, LIVE, "a")

        ended = command("runs", "drop", LIVE, "--yes")

        assert (ended.status, ended.err.count("\n")) == (1, 1)
        assert "run live is promoted: promote another one first" in ended.err
        assert runs.is_used(client, LIVE)

    @pytest.mark.parametrize(("answer", "status", "kept"), [("n", 130, 1), ("y", 0, 0)])
    def test_at_a_terminal_it_is_asked_for(
        self,
        command: Command,
        client: Client,
        monkeypatch: pytest.MonkeyPatch,
        answer: str,
        status: int,
        kept: int,
    ) -> None:
        command("runs", "create", "next")
        at_terminal = StringIO(f"{answer}\n")
        monkeypatch.setattr(at_terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", at_terminal)

        ended = command("runs", "drop", "next")

        assert ended.status == status
        assert "Remove run next (0 documents" in ended.err
        assert len(runs.run_rows(client)) == kept

    def test_a_script_is_not_asked(self, command: Command, client: Client) -> None:
        command("runs", "create", "next")

        assert command("runs", "drop", "next").status == 0
        assert runs.run_rows(client) == []

    def test_one_that_a_replay_goes_into_stays(
        self, command: Command, client: Client, mine: Settings
    ) -> None:
        command("runs", "create", "next")
        begin_replay(mine, "next", finished=False)

        ended = command("runs", "drop", "next", "--yes")

        assert (ended.status, ended.err.count("\n")) == (1, 1)
        assert (
            "a replay into run next is unfinished: end it with `millrace replay --re" in ended.err
        )
        assert len(runs.run_rows(client)) == 1

    def test_one_that_is_not_there_is_refused(self, command: Command) -> None:
        ended = command("runs", "drop", "nope", "--yes")

        assert (ended.status, ended.err.count("\n")) == (2, 1)
        assert "no run 'nope': there are live" in ended.err


def everything(client: Client) -> list[str]:
    """All rows of all tables that know of runs, as text."""
    tables = (
        "documents FINAL", "inference_calls FINAL", "inference_calls_by_time FINAL",
        "dead_letters FINAL", "runs FINAL", "promotions",
    )  # fmt: skip
    return sorted(
        f"{table} {row}" for table in tables for row in client.query(f"SELECT * FROM {table}")
    )
