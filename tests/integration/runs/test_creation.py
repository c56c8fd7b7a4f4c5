"""Runs are made, made anew, and frozen once they are used."""

import json
from pathlib import Path

import pytest

from infra.clickhouse import runs
from infra.clickhouse.client import Client
from millrace.settings import Settings
from tests.integration.runs.conftest import Command
from tests.integration.runs.rows import (
    begin_replay,
    fill,
    put,
    use,
    version,
)
from tests.streams.tables_behaviour import document

pytestmark = pytest.mark.integration


class TestCreate:
    def test_it_says_what_differs_and_what_comes_next(
        self, command: Command, client: Client, tmp_path: Path
    ) -> None:
        changes = tmp_path / "news.toml"
        changes.write_text('name = "news"\n[limits]\nmain_events = 2\n')

        ended = command("runs", "create", "short", "--profile-override", str(changes))

        assert ended.status == 0, ended.err
        assert ended.out.splitlines() == [
            "run short is made",
            "differs from the promoted run live:",
            '  profile news is {"limits":{"main_events":2}}, not none',
            "Next: `millrace replay documents.ingest --run short`",
        ]
        (row,) = runs.run_rows(client)
        assert json.loads(row.specification)["profiles"][0]["name"] == "news"

    def test_the_same_again_changes_nothing(self, command: Command, client: Client) -> None:
        command("runs", "create", "again")
        (before,) = runs.run_rows(client)

        ended = command("runs", "create", "again")

        assert ended.status == 0, ended.err
        assert ended.out.startswith("run again is there already, the same\n")
        assert runs.run_rows(client) == [before]

    def test_it_may_be_another_until_it_is_used(self, command: Command, client: Client) -> None:
        command("runs", "create", "free")
        put(client, document("gone", version(1), run_id="free", deleted=True))

        ended = command("runs", "create", "free", "--prompt-version", "9")

        assert ended.out.startswith("run free is changed: it was not used yet\n"), ended.err
        (row,) = runs.run_rows(client)
        assert json.loads(row.specification)["prompt_version"] == "9"

    @pytest.mark.parametrize("by", ["documents", "inference_calls", "dead_letters", "replay"])
    def test_once_used_it_is_frozen(
        self, command: Command, client: Client, mine: Settings, by: str
    ) -> None:
        command("runs", "create", "used")
        if by == "replay":
            begin_replay(mine, "used", finished=True)
        else:
            use(client, "used", by)
        before = runs.run_rows(client)

        ended = command("runs", "create", "used", "--prompt-version", "9")
        same = command("runs", "create", "used")

        assert (ended.status, ended.err.count("\n")) == (1, 1)
        assert "run used is frozen, for it was used: its prompt_version is 1, not 9" in ended.err
        assert same.status == 0, same.err
        assert runs.run_rows(client) == before

    def test_a_dropped_one_may_be_made_otherwise(
        self, command: Command, client: Client, mine: Settings
    ) -> None:
        command("runs", "create", "anew")
        fill(client, "anew", "a")
        begin_replay(mine, "anew", finished=True, ago_s=60)
        command("runs", "drop", "anew", "--yes")

        for label in ("8", "9"):
            ended = command("runs", "create", "anew", "--prompt-version", label)
            assert ended.status == 0, ended.err

        (row,) = runs.run_rows(client)
        assert json.loads(row.specification)["prompt_version"] == "9"
