"""What there is of each run, and what one run has that another lacks."""

import json
from datetime import UTC

import pytest

from infra.clickhouse import coverage, runs
from infra.clickhouse.client import Client
from millrace.runs.choice import as_text, present_specification
from millrace.settings import Settings
from schemas.run import LIVE
from streams.sink import columns
from tests.integration.runs.conftest import Command
from tests.integration.runs.rows import (
    call,
    fill,
    letter_of,
    promoted_run,
    put,
    version,
)
from tests.streams.tables_behaviour import document, tombstone

pytestmark = pytest.mark.integration

HOSTILE = "x' OR 1=1; DROP TABLE runs --"


class TestFigures:
    @pytest.fixture(autouse=True)
    def filled(self, client: Client, command: Command) -> None:
        """Five documents, one of them deleted and one of them twice; one in the other run."""
        fill(client, LIVE, "a", "b")
        fill(client, LIVE, "b", text=2)
        fill(client, LIVE, "c", status="review")
        fill(client, LIVE, "d", "e")
        put(client, tombstone("e", version(2)))
        fill(client, "other", "a")
        calls = [
            call("1", LIVE),
            call("1", LIVE),
            call("2", LIVE, level="detail", document_id="b", cost_usd=0.5),
            call("3", LIVE, level="detail", from_cache=True, cost_usd=None),
            call("4", "other", cost_usd=None, prompt_tokens=None, cached_tokens=None),
        ]
        client.insert("inference_calls", columns.INFERENCE_CALLS, calls)
        client.insert("dead_letters", columns.DEAD_LETTERS, [letter_of("other", "l")])
        command("runs", "create", "other")
        command("runs", "create", "unused")

    def test_the_list_has_every_run(self, command: Command) -> None:
        found = {one["run_id"]: one for one in command("runs", "list", "--json").json()}

        told = ("promoted", "documents", "review", "events", "calls", "cost_usd", "dead_letters")
        assert {name: [one[each] for each in told] for name, one in found.items()} == {
            LIVE: [True, 4, 1, 4, 3, 0.75, 0],
            "other": [False, 1, 0, 1, 1, None, 1],
            "unused": [False, 0, 0, 0, 0, None, 0],
        }

    def test_the_list_for_people_marks_the_promoted_one(self, command: Command) -> None:
        lines = command("runs", "list").out.splitlines()

        assert lines[0].split()[:2] == ["run", "created"]
        marked = [line.split()[0] for line in lines if "(promoted)" in line]
        assert marked == [LIVE]

    def test_one_is_shown_with_its_calls_and_what_it_lacks(self, command: Command) -> None:
        found = command("runs", "show", "other", "--json").json()
        live = command("runs", "show", LIVE, "--json").json()
        text = command("runs", "show", "other").out

        assert (found["missing"], found["promoted"], found["differences"]) == (3, False, [])
        assert [(one["level"], one["prompt_tokens"]) for one in found["levels"]] == [
            ("summary", None)
        ]
        assert [
            (one["level"], one["calls"], one["from_cache"], one["prompt_tokens"], one["cost_usd"])
            for one in live["levels"]
        ] == [("summary", 1, 0, 900, 0.25), ("detail", 2, 1, 900, 0.5)]
        assert [one["seq"] for one in live["promotions"]] == [1]
        assert "1 document, 0 of them for review; 1 event; 1 dead letter; 1 call, cost –" in text
        assert (
            "run other lacks 3 of the documents of live: bring them with `millrace replay "
            "documents.ingest --missing-from live --run other`"
        ) in text

    def test_what_a_level_took_is_known_for_forecasts(self, client: Client) -> None:
        found = coverage.calls_by_level(client, LIVE)

        assert [(one.level, one.calls_per_document, one.cost_per_document) for one in found] == [
            ("summary", 1.0, 0.25), ("detail", 1.0, 0.5),
        ]  # fmt: skip
        assert [one.cost_per_document for one in coverage.calls_by_level(client, "other")] == [None]

    def test_a_specification_that_cannot_be_read_is_named(
        self, command: Command, client: Client
    ) -> None:
        text = as_text(present_specification(Settings())).replace('"tier":', '"colour":')
        runs.write_run(client, "odd", text)

        shown, listed = command("runs", "show", "odd"), command("runs", "list", "--json").json()

        assert (shown.status, shown.err.count("\n")) == (1, 1)
        assert "run odd in the table runs: not a valid specification: " in shown.err
        assert "colour: unknown key" in shown.err
        assert [one["answered_by"] for one in listed if one["run_id"] == "odd"] == [
            "specification cannot be read"
        ]

    def test_a_document_is_shown_as_a_run_has_it(self, command: Command) -> None:
        assert command("show", "a", "--json", "--run", "other").json()["run_id"] == "other"
        assert command("show", "a", "--json").json()["run_id"] == LIVE
        assert "no document 'b' in run other" in command("show", "b", "--run", "other").err
        assert "no run 'nope': there are live, other, unused" in (
            command("show", "a", "--run", "nope").err
        )


class TestCoverage:
    def test_a_run_lacks_what_it_has_not_or_has_of_an_older_text(self, client: Client) -> None:
        fill(client, LIVE, "same", "absent", "deleted")
        fill(client, LIVE, "newer", text=2)
        put(client, tombstone("deleted", version(2)))
        put(client, document("same", version(1, generation=7), run_id="b"))
        fill(client, "b", "newer", "only-here")

        assert coverage.missing_documents(client, LIVE, "b") == ["absent", "newer"]
        assert coverage.missing_documents(client, "b", LIVE) == ["only-here"]
        assert coverage.count_missing(client, LIVE, "b") == 2

    def test_what_was_deleted_in_the_run_since_is_not_missing(self, client: Client) -> None:
        fill(client, LIVE, "deleted", "ingested-again")
        fill(client, LIVE, "ingested-again", text=3)
        rows = [
            document(name, version(2), run_id="b", deleted=True)
            for name in ("deleted", "ingested-again")
        ]
        put(client, *rows)

        assert coverage.missing_documents(client, LIVE, "b") == ["ingested-again"]
        assert coverage.tombstones(client) == {"deleted": version(2), "ingested-again": version(2)}

    def test_documents_are_found_by_status(self, client: Client) -> None:
        fill(client, LIVE, "a", "b", status="review")
        fill(client, LIVE, "a", text=2)
        fill(client, "b", "c", status="review")

        assert coverage.documents_with_status(client, LIVE, "review") == ["b"]
        assert coverage.documents_with_status(client, LIVE, "validated") == ["a"]

    def test_any_specification_comes_back_as_it_was(self, client: Client) -> None:
        text = json.dumps(
            {"a": "tab \t, line\nend, quotes ' \" `, \\N \\' {run:String} 東京 🎉 \0"}
        )

        runs.write_run(client, "odd", text)

        found = runs.find_run(client, "odd")
        assert found is not None
        assert (found.specification, found.created_at.tzinfo) == (text, UTC)
        runs.write_run(client, "odd", text.replace("東京", "raw \t \n \\ '"))
        again = runs.find_run(client, "odd")
        assert again is not None
        assert again.specification == text.replace("東京", "raw \t \n \\ '")

    def test_hostile_names_are_only_names(self, client: Client) -> None:
        fill(client, LIVE, "a")
        runs.write_run(client, HOSTILE, "{}")

        assert coverage.missing_documents(client, LIVE, HOSTILE) == ["a"]
        assert coverage.missing_documents(client, HOSTILE, LIVE) == []
        assert coverage.documents_with_status(client, HOSTILE, HOSTILE) == []
        assert runs.is_used(client, HOSTILE) is False
        runs.append_promotion(client, HOSTILE)
        assert promoted_run(client) == HOSTILE
        runs.drop_run(client, HOSTILE)
        assert runs.run_rows(client) == []
        assert coverage.documents_with_status(client, LIVE, "validated") == ["a"]
